"""Record of the statements sent to PostgreSQL, for tests that count them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from app.database import Database


@contextmanager
def noted(database: Database) -> Iterator[list[str]]:
    """Every statement from here on, of reads and of changes, but BEGIN and COMMIT."""
    sent: list[str] = []
    fetch = asyncpg.Connection.fetch

    async def noting(self: Any, query: str, *args: Any, **options: Any) -> Any:
        sent.append(query)
        return await fetch(self, query, *args, **options)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg.Connection, "fetch", noting)
        yield sent
    event.remove(engine, "before_cursor_execute", note)


@dataclass
class Counting:
    """A reader that counts the statements it is given."""

    reader: Any
    count: int = 0

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        self.count += 1
        return list(await self.reader.fetch(query, *args))
