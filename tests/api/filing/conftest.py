import pytest_asyncio

from tests.world import World
from tests.world.submitted import Submitted, submitted_over_http


@pytest_asyncio.fixture(loop_scope="session")
async def submitted(world: World) -> Submitted:
    return await submitted_over_http(world)
