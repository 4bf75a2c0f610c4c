"""The health of the parts this process depends on."""

import asyncio
from collections.abc import Awaitable

from app.database import Database
from app.storage import Storage

PATIENCE = 3.0


async def away(database: Database, storage: Storage) -> list[str]:
    """Return the names of the parts that do not answer in time."""
    parts = {"database": _asked(database), "store": storage.check()}
    answers = await asyncio.gather(*(_answers(part) for part in parts.values()))
    return [name for name, answered in zip(parts, answers, strict=True) if not answered]


async def _asked(database: Database) -> None:
    async with database.reading() as reader:
        await reader.fetch("SELECT 1")


async def _answers(part: Awaitable[None]) -> bool:
    try:
        await asyncio.wait_for(part, PATIENCE)
    except Exception:  # noqa: BLE001  # any failure means that it does not answer
        return False
    return True
