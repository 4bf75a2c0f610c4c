"""Both programs in this process, asked the same: each answers the same bytes, leaves the same rows, and sends as many
statements as are written down.
"""

import json
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Any
from unittest.mock import patch

import asyncpg
import httpx2
from asyncpg.protocol import Protocol

from app import serving
from app.embedded import Servers
from app.main import create_app
from app.models import Base
from app.settings import Settings
from benchmarks import bare
from benchmarks.operations import Call, Operation
from benchmarks.servers import driver_url

CARRIERS = ("query", "bind_execute", "bind_execute_many")
"""The driver's methods that send a statement; it prepares one only once per connection."""
PROGRAMS = ("pinpai", "bare")
REMAINING = re.compile(rb'(?<="seconds_left":)\d+')
"""The clock goes on between two answers."""


class Disagreement(Exception):
    """A difference between the two programs, or an undocumented effect of one of them."""


@dataclass(frozen=True)
class Done:
    """Effects of a request: the answer, the rows it left by table, and the statements that were sent."""

    answer: bytes
    rows: dict[str, Any]
    statements: int


@dataclass(frozen=True)
class Program:
    """One of the two, with a way to see what it leaves in the database."""

    client: httpx2.AsyncClient
    database: Any  # asyncpg's own annotation is a proxy without methods

    async def ask(self, call: Call) -> Done:
        before = await self.database.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        with _counted() as sent:
            response = await self.client.request(call.method, call.path, headers=call.headers)
        answer = REMAINING.sub(b"0", response.raise_for_status().content)
        return Done(answer, await self._rows_since(before), len(sent))

    async def _rows_since(self, transaction: int) -> dict[str, Any]:
        """The rows that this transaction or a later one wrote, as their columns and types: nobody else is here."""
        found: dict[str, Any] = {}
        for table in Base.metadata.sorted_tables:
            statement = f'SELECT to_jsonb(t) FROM "{table.name}" t WHERE xmin::text::bigint >= $1'
            rows = [_shape(json.loads(row[0])) for row in await self.database.fetch(statement, transaction)]
            found |= {table.name: rows} if rows else {}
        return found


async def compare(servers: Servers, operations: list[Operation]) -> None:
    """Raise Disagreement unless both programs do the same work, and each in the statements written down."""
    settings = serving.over(Settings(), servers).model_copy(update={"pool_size": 1})
    async with AsyncExitStack() as stack:
        database = await asyncpg.connect(driver_url(servers.owner_database_url))
        stack.push_async_callback(database.close)
        programs = []
        for app in (create_app(settings), bare.create_app(driver_url(servers.database_url), pool=1)):
            await stack.enter_async_context(app.router.lifespan_context(app))
            client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1")
            programs.append(Program(await stack.enter_async_context(client), database))
        for operation in operations:
            await _compare(operation, *programs)


async def _compare(operation: Operation, ours: Program, yardstick: Program) -> None:
    """Ask each twice: the first time, statements are prepared and the campaign's settings are read."""
    calls = [next(operation.calls)] * 4 if operation.repeatable else [*islice(operation.calls, 4)]
    _, done, _, bare_done = [
        await program.ask(call) for program, call in zip((ours, ours, yardstick, yardstick), calls, strict=True)
    ]
    _agree(f"{operation.name}, statements", operation.statements, (done.statements, bare_done.statements))
    _agree(f"{operation.name}, rows left", done.rows, bare_done.rows)
    if operation.repeatable:
        _agree(f"{operation.name}, answer", done.answer, bare_done.answer)
        return
    for program, call, written in (("pinpai", calls[1], done), ("bare", calls[3], bare_done)):
        read = await ours.ask(call.reading)
        _agree(f"{operation.name}, answer of {program} beside what is read afterwards", read.answer, written.answer)


def _agree(what: str, expected: Any, found: Any) -> None:
    if expected == found:
        return
    lines = [*unified_diff(_lines(expected), _lines(found), "expected", "found", lineterm="", n=1)]
    raise Disagreement("\n".join([f"{what}: not the same", *(lines or map(str, (expected, found)))]))


def _lines(value: Any) -> list[str]:
    """A value so that a difference is seen, member by member."""
    plain = json.loads(value) if isinstance(value, bytes) else value
    return json.dumps(plain, ensure_ascii=False, indent=1).splitlines()


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def counting(name: str) -> Any:
        carry = getattr(Protocol, name)

        def counted(protocol: Protocol, *args: Any, **kwargs: Any) -> Any:
            sent.append(name)
            return carry(protocol, *args, **kwargs)

        return counted

    with patch.multiple(Protocol, **{name: counting(name) for name in CARRIERS}):
        yield sent


def _shape(value: Any) -> Any:
    """The members and their types, for rows about different applications."""
    if isinstance(value, dict):
        return {name: _shape(member) for name, member in value.items()}
    return [_shape(member) for member in value] if isinstance(value, list) else type(value).__name__
