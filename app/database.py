"""PostgreSQL as the services see it: short transactions for changes, compiled statements for reads, one clock.

Reads run on the driver's own connections: the statement is written with SQLAlchemy and compiled once, which costs half
the CPU of executing it through SQLAlchemy. A fair gate stands before each pool, because newcomers overtake in both.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import asyncpg
from sqlalchemy import Insert, Select, Update, make_url, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from app.problems import Unavailable

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # the dialect is not annotated
Row = dict[str, Any]


@dataclass(slots=True)
class Clock:
    """The database's clock, moved by an offset for demonstrations; tests may stop it."""

    offset: timedelta = timedelta()
    stopped_at: datetime | None = None


class Reader(Protocol):
    """The one method of a driver's connection that reads need."""

    async def fetch(self, query: str, *args: Any) -> list[Any]: ...


class Query:
    """A statement, compiled once at import, run with named parameters, answered as dictionaries."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        assert "POSTCOMPILE" not in compiled.string, "in_() is expanded at each execution: use any_() or or_()"
        self.sql = compiled.string
        self._values = dict(compiled.params)
        self._names = list(compiled.positiontup or ())

    async def rows(self, reader: Reader, **params: Any) -> list[Row]:
        values = self._values | params
        records = await reader.fetch(self.sql, *[values[name] for name in self._names])
        return [dict(record) for record in records]

    async def one(self, reader: Reader, **params: Any) -> Row | None:
        rows = await self.rows(reader, **params)
        return rows[0] if rows else None


class Gate:
    """First come, first served, as many as there are connections; a queue that is too long is refused at once."""

    def __init__(self, width: int, queue_limit: int) -> None:
        self._places = asyncio.Semaphore(width)
        self._waiting = 0
        self._limit = queue_limit

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        if self._waiting >= self._limit:
            raise Unavailable(retry_after=2)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


class Database:
    """Two pools on one PostgreSQL: `transaction()` changes, `reading()` cannot."""

    def __init__(self, url: str, *, pool_size: int = 10, queue_limit: int = 2000, clock: Clock | None = None) -> None:
        self._url = make_url(url).set(drivername="postgresql+asyncpg")
        self._size = pool_size
        self._reads = Gate(pool_size, queue_limit)
        self._changes = Gate(pool_size, queue_limit)
        self.clock = clock or Clock()
        self.engine: AsyncEngine = create_async_engine(
            self._url,
            pool_size=pool_size,
            max_overflow=0,
            connect_args={"timeout": 5, "server_settings": _SERVER_SETTINGS},
        )
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._url.set(drivername="postgresql").render_as_string(hide_password=False),
            min_size=1,
            max_size=self._size,
            timeout=5,
            init=_read_json,
            reset=_nothing_to_reset,
            server_settings=_SERVER_SETTINGS | {"default_transaction_read_only": "on"},
        )

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """A connection outside any transaction: each statement sees the latest commit."""
        assert self._pool is not None, "open() first"
        async with self._reads.entered(), self._pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when the block ends well, and rolls back when it does not."""
        session = AsyncSession(self.engine, expire_on_commit=False)
        async with self._changes.entered(), session, session.begin():
            yield session

    async def now(self, session: AsyncSession) -> datetime:
        """The one clock. Called first in a transaction, before any lock can be waited for."""
        connection = await session.connection()  # asked directly: the session's detour doubles the cost
        instant = await connection.scalar(_NOW, {"stopped_at": self.clock.stopped_at, "offset": self.clock.offset})
        assert isinstance(instant, datetime)
        return instant


async def driver_connection(session: AsyncSession) -> Reader:
    """The driver's connection inside the session's transaction, so that reads there see its changes."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    return cast(Reader, raw.driver_connection)


async def _read_json(connection: Any) -> None:
    """Decode jsonb as SQLAlchemy's own connections do, so that a read answers the same on both."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


async def _nothing_to_reset(_: Any) -> None:
    """Reads leave nothing behind on a connection; the default reset costs a round trip each."""


_NOW = text("SELECT coalesce(CAST(:stopped_at AS timestamptz), clock_timestamp() + CAST(:offset AS interval))")
_SERVER_SETTINGS = {
    "application_name": "pinpai",
    "timezone": "UTC",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",
}
