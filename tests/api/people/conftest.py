from collections.abc import AsyncIterator

import pytest_asyncio
from fastapi import FastAPI

from app.settings import Settings
from tests.world import World
from tests.world.sign_ons import Town, with_sign_on


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town_hall(app: FastAPI, settings: Settings) -> AsyncIterator[Town]:
    """A deployment with single sign-on, for all tests of a process: to start one takes a second."""
    async with with_sign_on(app, settings) as town:
        yield town


@pytest_asyncio.fixture(loop_scope="session")
async def town(world: World, town_hall: Town) -> Town:
    """That deployment in an empty system, which knows nothing of its provider yet."""
    return town_hall.emptied(world)
