"""Several at once, of which the first failure ends all."""

import asyncio
from collections.abc import Awaitable, Callable

AT_ONCE = 8


async def several(work: Callable[[], Awaitable[None]]) -> None:
    """Do the same in several tasks, which share what there is to do; raise the first failure itself."""
    tasks = [asyncio.ensure_future(work()) for _ in range(AT_ONCE)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
