"""Both programs in this process, asked the same: they must answer the same, and each statement they send is counted."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from itertools import islice
from typing import Any
from unittest.mock import patch

import httpx2
from asyncpg.protocol import Protocol

from app import serving
from app.embedded import Servers
from app.main import create_app
from app.settings import Settings
from benchmarks import bare
from benchmarks.operations import Call, Operation
from benchmarks.servers import driver_url

CARRIERS = ("query", "bind_execute", "bind_execute_many")
"""The driver's methods that send a statement; it prepares one only once per connection."""


async def compare(servers: Servers, operations: list[Operation]) -> dict[str, tuple[int, int]]:
    """Statements per request of ours and of the bare program, by operation."""
    settings = serving.over(Settings(), servers).model_copy(update={"pool_size": 1})
    async with AsyncExitStack() as stack:
        clients = []
        for app in (create_app(settings), bare.create_app(driver_url(servers.database_url), pool=1)):
            await stack.enter_async_context(app.router.lifespan_context(app))
            client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1")
            clients.append(await stack.enter_async_context(client))
        return {operation.name: await _compared(operation, *clients) for operation in operations}


async def _compared(operation: Operation, ours: httpx2.AsyncClient, yardstick: httpx2.AsyncClient) -> tuple[int, int]:
    """Ask each twice: the first time, statements are prepared and the campaign's settings are read."""
    calls = [next(operation.calls)] * 4 if operation.repeatable else [*islice(operation.calls, 4)]
    _, (count, answer), _, (bare_count, bare_answer) = [
        await _ask(client, call) for client, call in zip((ours, ours, yardstick, yardstick), calls, strict=True)
    ]
    if not operation.repeatable:
        answer, bare_answer = _shape(answer), _shape(bare_answer)
    assert answer == bare_answer, f"{operation.name}: the bare program does other work:\n{answer}\n{bare_answer}"
    return count, bare_count


async def _ask(client: httpx2.AsyncClient, call: Call) -> tuple[int, Any]:
    with _counted() as sent:
        response = await client.request(call.method, call.path, headers=call.headers)
    answer = response.raise_for_status().json()
    answer.get("deadline", {}).pop("seconds_left", None)
    return len(sent), answer


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
    """The members and their types, for answers about different applications."""
    if isinstance(value, dict):
        return {name: _shape(member) for name, member in value.items()}
    return [_shape(member) for member in value] if isinstance(value, list) else type(value)
