"""A proxy between Pinpai and the receiver: it passes messages on, with the faults that a test asks for."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from httpx2 import AsyncClient, TransportError

from tests.world.receiver import Behaviour, Received, dripping, read_message, silence, status

Pass = Callable[[], Awaitable[int]]
Fault = Callable[[Pass, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\n"


@dataclass
class Between:
    """Does the next of `faults` to the next message; passes it on, and its answer back, when there is none left."""

    port: int
    beyond: int
    faults: deque[Fault] = field(default_factory=deque)
    came: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)
    """Messages the receiver said it has, whatever Pinpai was told."""
    cut: bool = False
    """Nothing gets through."""
    talks: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._talk(reader, writer))
        self.talks.add(task)
        with contextlib.suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
            await task  # whichever side has had enough
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        message = await read_message(reader)
        self.came.append(message)
        if not self.cut:
            await (self.faults.popleft() if self.faults else faithfully)(lambda: self.hand_on(message), writer)

    async def hand_on(self, message: Received) -> int:
        """Give a message to the receiver, as it came; 502 when it is not there."""
        headers = {name: value for name, value in message.headers.items() if name.startswith("webhook-")}
        try:
            async with AsyncClient() as client:
                url = f"http://127.0.0.1:{self.beyond}{message.path}"
                answer = await client.post(url, content=message.body, headers=headers)
        except TransportError:
            return 502
        if answer.is_success:
            self.taken.append(message)
        return answer.status_code


@asynccontextmanager
async def standing_between(port: int, beyond: int) -> AsyncIterator[Between]:
    between = Between(port, beyond)
    listener = await asyncio.start_server(between.talk, "127.0.0.1", port)
    try:
        yield between
    finally:
        listener.close()
        for talk in between.talks:
            talk.cancel()


async def faithfully(go_on: Pass, writer: asyncio.StreamWriter) -> None:
    await status(await go_on())(writer)


def instead(answer: Behaviour) -> Fault:
    """The receiver never hears of it."""

    async def fault(_: Pass, writer: asyncio.StreamWriter) -> None:
        await answer(writer)

    return fault


def after(answer: Behaviour) -> Fault:
    """The receiver has it, and Pinpai is told otherwise."""

    async def fault(go_on: Pass, writer: asyncio.StreamWriter) -> None:
        await go_on()
        await answer(writer)

    return fault


def killing(kill: Callable[[], Awaitable[None]]) -> Fault:
    """The receiver has it, and is dead before it has said so."""

    async def fault(go_on: Pass, writer: asyncio.StreamWriter) -> None:
        await go_on()
        await kill()
        writer.close()

    return fault


never = after(silence)
drop_by_drop = after(dripping(HEAD + b"X-Slow: "))
