"""PostgreSQL as the services see it: short transactions for changes, compiled statements for reads, one clock.

Reads run on the driver's own connections: the statement is written with SQLAlchemy and compiled once, which costs half
the CPU of executing it through SQLAlchemy. Each pool has a fair queue before it: the pools serve newcomers first.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, cast, overload
from uuid import UUID

import asyncpg
from sqlalchemy import BindParameter, CompoundSelect, Insert, Select, Update, Uuid, bindparam, make_url, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from app.models.enums import Role
from app.problems import Unavailable
from app.rows import R_co, builder

_DRIVER = "driver_connection"
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # the dialect is not annotated
_PARAMETER = re.compile(r"\$(\d+)(?P<asked>(?:::[A-Z ]+?(?:\[\])?)? IS NULL\b)?")
Row = dict[str, Any]
"""A row of a query without a type."""
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update


class Trouble(Enum):
    """A failure of the database that no statement of ours caused; every other failure is our fault."""

    AWAY = "away"
    """The server is not there, or goes: nothing it is asked can succeed for now."""
    AGAIN = "again"
    """The server gave up this attempt; the same request may succeed at once."""
    FULL = "full"
    """The server's disk is full."""


AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""A server that cannot be reached is any OSError: several addresses tried, no socket file, an unknown name."""
_TROUBLES = {
    "08": Trouble.AWAY,  # connection exceptions, the whole class
    "53300": Trouble.AWAY,  # too many connections
    "57P01": Trouble.AWAY,  # shutdown
    "57P02": Trouble.AWAY,  # crash
    "57P03": Trouble.AWAY,  # start
    "40001": Trouble.AGAIN,  # serialization failure
    "40P01": Trouble.AGAIN,  # deadlock
    "55P03": Trouble.AGAIN,  # lock time-out
    "57014": Trouble.AGAIN,  # statement time-out
    "53100": Trouble.FULL,  # disk full
}
"""SQLSTATEs, and one class of them."""


@dataclass(slots=True)
class Clock:
    """The database's clock, moved by an offset for demonstrations; tests may stop it."""

    offset: timedelta = timedelta()
    stopped_at: datetime | None = None

    def later(self, instant: datetime, seconds: float) -> datetime:
        """Return the instant of this clock at a number of seconds after the given one."""
        return instant if self.stopped_at else instant + timedelta(seconds=seconds)


class Reader(Protocol):
    """The one method of a driver's connection that reads need."""

    async def fetch(self, query: str, *args: Any) -> list[Any]: ...


def bound_id(name: str) -> BindParameter[UUID]:
    """Take an id as a parameter of a statement: `Unit.id == bound_id("unit_id")`."""
    return bindparam(name, type_=Uuid())


def bound_ids(name: str) -> BindParameter[Sequence[UUID]]:
    """Take several ids as one parameter: `Unit.id == bound_ids("unit_ids").any_()`."""
    return bindparam(name, type_=ARRAY(Uuid))


class Query(Generic[R_co]):
    """A statement, compiled once at its first use, run with named parameters, answered as rows of its type.

    Our own codes, the actor's role, and NULL for a filter that is not used are written into the SQL. A query has few
    such wordings, and PostgreSQL plans each once for what really applies, not every case of every caller each time.
    """

    @overload
    def __init__(self: "Query[Row]", statement: Statement) -> None: ...
    @overload
    def __init__(self, statement: Statement, row: type[R_co]) -> None: ...
    def __init__(self, statement: Statement, row: type[Any] = dict) -> None:
        self._statement: Statement | None = statement
        self._wordings: dict[Any, Wording] = {}
        self.built = builder(row, [column.name for column in statement.exported_columns])

    @cached_property
    def compiled(self) -> "Compiled":
        """The SQL: compiling all queries was a third of every process's start, and most processes use few."""
        statement, self._statement = self._statement, None  # 2 MB in all
        assert statement is not None
        compiled = statement.compile(dialect=_DIALECT)
        assert "POSTCOMPILE" not in compiled.string, "in_() is expanded at each execution: use any_() or or_()"
        return Compiled(compiled.string, tuple(compiled.positiontup or ()), dict(compiled.params))

    async def records(self, reader: Reader, **params: Any) -> list[Any]:
        """The driver's own records: for what builds its rows itself."""
        names = self.compiled.names
        values = self.compiled.constants | params
        kind = values.get("actor_role"), tuple([values[name] is None for name in names])
        wording = self._wordings.get(kind) or self._wordings.setdefault(kind, self._worded(*kind))
        return await reader.fetch(wording.sql, *[values[name] for name in wording.names])

    async def rows(self, reader: Reader, **params: Any) -> list[R_co]:
        return [self.built(record) for record in await self.records(reader, **params)]

    async def one(self, reader: Reader, **params: Any) -> R_co | None:
        rows = await self.rows(reader, **params)
        return rows[0] if rows else None

    def _worded(self, role: str | None, absent: Sequence[bool]) -> "Wording":
        """Write what is known, also whether a parameter is there; number the parameters that stay anew."""
        sql, positions, constants = self.compiled
        known = {name: f"'{value}'" for name, value in constants.items() if _is_code(value)}
        known |= {"actor_role": f"'{Role(role)}'"} if role else {}
        missing = {name for name, is_absent in zip(positions, absent, strict=True) if is_absent}
        names: list[str] = []

        def word(match: re.Match[str]) -> str:
            name = positions[int(match[1]) - 1]
            if match["asked"]:
                return str(name in missing).lower()
            if name in missing or name in known:
                return "NULL" if name in missing else known[name]
            if name not in names:
                names.append(name)
            return f"${names.index(name) + 1}"

        return Wording(_PARAMETER.sub(word, sql), names)


class Compiled(NamedTuple):
    """The SQL of a query, its parameters by position, and those of them that are constants."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """The SQL of a query in one situation, and the parameters it still has."""

    sql: str
    names: list[str]


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.replace("_", "").isalnum()


class FairQueue:
    """Queue for a number of places, first come, first served; refuses at once when it is too long."""

    def __init__(self, width: int, queue_limit: int) -> None:
        self._places = asyncio.Semaphore(width)
        self.waiting = 0
        self._limit = queue_limit

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        if self.waiting >= self._limit:
            raise Unavailable(retry_after=2)
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self._places.release()


def dsn_of(url: str, *, secret: bool = True) -> str:
    """The address as the driver and libpq read it, with its password or without.

    SQLAlchemy writes a space in the name of a folder as `+`, as forms do, and one in a password as it is; libpq takes
    `%20` alone.
    """
    plain = make_url(url).set(drivername="postgresql")
    shown = (plain if secret else plain._replace(password=None)).render_as_string(hide_password=False)
    address, mark, query = shown.partition("?")
    return address.replace(" ", "%20") + mark + query.replace("+", "%20")


OF_ANY_SIZE = 0
"""Every statement stays prepared: asyncpg plans one of more than 15 kB anew each time, and a list's has 16 kB."""


def engine_on(url: str, *, server_settings: dict[str, str] | None = None, **options: Any) -> AsyncEngine:
    """An engine whose driver reads the whole address: SQLAlchemy takes `sslmode` for an argument that there is not."""
    dsn = dsn_of(url)
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(
            dsn, timeout=5, server_settings=server_settings, max_cacheable_statement_size=OF_ANY_SIZE
        ),
        hide_parameters=True,
        **options,
    )


class Database:
    """Two pools on one PostgreSQL: `transaction()` changes, `reading()` cannot."""

    def __init__(self, url: str, *, pool_size: int = 10, queue_limit: int = 2000, clock: Clock | None = None) -> None:
        self._dsn = dsn_of(url)
        self._size = pool_size
        self._reads = FairQueue(pool_size, queue_limit)
        self._changes = FairQueue(pool_size, queue_limit)
        self.clock = clock or Clock()
        self.engine = engine_on(self._dsn, server_settings=_SERVER_SETTINGS, pool_size=pool_size, max_overflow=0)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    @property
    def waiting(self) -> tuple[int, int]:
        """The numbers of reads and of changes that wait for a connection."""
        return self._reads.waiting, self._changes.waiting

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._dsn,
            min_size=1,
            max_size=self._size,
            timeout=5,
            max_cacheable_statement_size=OF_ANY_SIZE,
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
            await _begin(session)
            yield session

    async def now(self, session: AsyncSession) -> datetime:
        """The one clock. Called first in a transaction, before any lock can be waited for."""
        connection = await session.connection()  # asked directly: the session's detour doubles the cost
        instant = await connection.scalar(_NOW, {"stopped_at": self.clock.stopped_at, "offset": self.clock.offset})
        assert isinstance(instant, datetime)
        return instant


async def _begin(session: AsyncSession) -> None:
    """Send BEGIN now: SQLAlchemy would with its own first statement, and ours may go past it to the driver."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    adapted: Any = raw.dbapi_connection
    try:
        await adapted._start_transaction()  # noqa: SLF001  # there is no public way that costs no round trip
    except Exception as error:
        await connection.invalidate()
        raise Unavailable(retry_after=1) from error
    session.info[_DRIVER] = raw.driver_connection


def driver_connection(session: AsyncSession) -> Reader:
    """The driver's connection inside the session's transaction, so that reads there see its changes."""
    return cast(Reader, session.info[_DRIVER])


def trouble_of(error: BaseException) -> Trouble | None:
    """Return the database's trouble; None when the request itself was wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Trouble.AWAY
    state = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
    known = _TROUBLES.get(state) or _TROUBLES.get(state[:2])
    return known or (Trouble.AWAY if isinstance(error, (Unavailable, *AWAY)) else None)


def is_away(error: BaseException) -> bool:
    """Return true when the server is absent or stops, and the request itself was not wrong."""
    return trouble_of(error) is Trouble.AWAY


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
