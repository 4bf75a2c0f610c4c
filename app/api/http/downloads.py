"""Bytes through the application, with the headers that keep a browser from doing anything but save them."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Request, Response

from app.api.http.output import FOR_A_MINUTE
from app.services.files import StoredFile, key_of
from app.storage import Storage

_SAFE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "none",
}
_PUBLIC = {"Cache-Control": FOR_A_MINUTE, "Cross-Origin-Resource-Policy": "cross-origin"}

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


async def deliver(request: Request, stored: StoredFile, known: str | None, *, is_public: bool = False) -> Response:
    """Answer the bytes, or that the caller has them; no database connection is held meanwhile.

    Only what is published is kept, for any site to show: of all else the `ETag` is for callers that keep it themselves.
    """
    headers = _SAFE | (_PUBLIC if is_public else {}) | {"ETag": f'"{stored.sha256}"'}
    if is_known(known, stored.sha256):
        return Response(status_code=304, headers=headers)
    storage: Storage = request.app.state.storage
    headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}"
    return Response(
        await storage.get(key_of(stored.id), sha256=stored.sha256), headers=headers, media_type=stored.media_type
    )
