"""Bytes through the application, with the headers that keep a browser from doing anything but save them."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Send

from app.api.http.output import FOR_A_MINUTE
from app.file_names import FileName
from app.services.files import StoredFile, key_of
from app.storage import Storage

_SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "none",
}
_REVALIDATED = {"Cache-Control": "private, no-cache"}
"""A browser may keep what came by a ticket, and asks before it shows it again."""
_PUBLIC = {"Cache-Control": FOR_A_MINUTE, "Cross-Origin-Resource-Policy": "cross-origin"}


class Download(StreamingResponse):
    """Bytes as they come from the store, whose line is given back when the reader has them, or has gone."""

    def __init__(self, pieces: AsyncGenerator[bytes], headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(pieces, headers=headers, media_type=media_type)
        self._pieces = pieces

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._pieces):
            await super().stream_response(send)


def attachment(name: FileName) -> str:
    """Say under which name to save an answer, and under which one in ASCII."""
    return f"attachment; filename=\"{name.plain}\"; filename*=UTF-8''{quote(name.said, safe='')}"


IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="The `ETag` of the bytes you have.", max_length=1000, examples=['"9f"']),
]


def bytes_of(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers bytes."""
    content = {media: {"schema": {"type": "string", "format": "binary"}} for media in media_types}
    return {200: {"description": "The bytes.", "content": content}, 304: {"description": "You have these very bytes."}}


def is_known(known: str | None, sha256: str) -> bool:
    """The caller has the bytes with this digest already."""
    return known is not None and (known.strip() == "*" or sha256 in known)


def made(content: bytes, media_type: str, name: FileName) -> Response:
    """Answer bytes that were made for this request."""
    return Response(content, headers=saved(name), media_type=media_type)


def saved(name: FileName) -> dict[str, str]:
    """Return the headers of bytes that are saved under this name."""
    return _SAFE | {"Content-Disposition": attachment(name)}


async def deliver(request: Request, stored: StoredFile, known: str | None, *, is_public: bool = False) -> Response:
    """Answer the bytes, or that the caller has them; no database connection is held meanwhile.

    Only what is published is kept, for any site to show: of all else the `ETag` is for callers that keep it themselves.
    """
    keeping = _REVALIDATED if request.state.caller.by_ticket else _PUBLIC if is_public else {}
    headers = _SAFE | keeping | {"ETag": f'"{stored.sha256}"'}
    if is_known(known, stored.sha256):
        return Response(status_code=304, headers=headers)
    storage: Storage = request.app.state.storage
    headers["Content-Disposition"] = attachment(stored.name)
    size, pieces = await storage.stream(key_of(stored.id), sha256=stored.sha256)
    return Download(pieces, headers | {"Content-Length": str(size)}, stored.media_type)
