"""Server-sent events (HTML, §9.2) without a task or a connection to the database per listener while nothing happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import Response
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

MEDIA_TYPE = "text/event-stream"
RETRY = b"retry: 3000\n\n"
"""Milliseconds until a browser asks again after the end of a stream."""
SIGN_OF_LIFE = b": \n\n"
"""A comment, which proxies and routers take for traffic and browsers for nothing."""
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""nginx passes on at once what it would collect."""
Opened = AbstractAsyncContextManager[AsyncIterator[bytes]]


class EventStream(Response):
    """An answer that goes on until its source ends or its reader has gone; `leave` makes the source end."""

    media_type = MEDIA_TYPE

    def __init__(self, opened: Opened, leave: Callable[[], None]) -> None:
        super().__init__(headers=UNBUFFERED)
        del self.headers["content-length"]
        self._opened, self._leave = opened, leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opened as pieces:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if not scope["state"].get("head"):
                await self._stream(pieces, receive, send)
        await send({"type": "http.response.body", "body": b""})

    async def _stream(self, pieces: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_gone(receive, self._leave))
        try:
            await send({"type": "http.response.body", "body": RETRY, "more_body": True})
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece or SIGN_OF_LIFE, "more_body": True})
        finally:
            gone.cancel()


async def _gone(receive: Receive, leave: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    leave()


def event(name: str, data: BaseModel, position: object) -> bytes:
    """Write one event; a reader that was cut off asks for what came after the last position it got."""
    return f"id: {position}\nevent: {name}\ndata: {data.model_dump_json()}\n\n".encode()


def documented(events: dict[str, type[BaseModel]], example: str) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers these events: of each the schema of its data, under `$defs`."""
    named = {name: {"$ref": f"#/components/schemas/{kind.__name__}"} for name, kind in events.items()}
    description = "Events of `$defs`, each with a line `event:` and its data as JSON in one line `data:`."
    schema = {"type": "string", "description": description, "$defs": named}
    content = {MEDIA_TYPE: {"schema": schema, "example": example}}
    return {200: {"description": "Events, as long as you listen.", "content": content}}
