from collections.abc import AsyncIterator

import pytest

from app.imaging import ImagingPool


@pytest.fixture(scope="session")
async def pool() -> AsyncIterator[ImagingPool]:
    async with ImagingPool() as pool:
        yield pool
