"""Answers for everybody, made once: the same bytes are sent until anything at all is written in the database.

The database names its state by a snapshot of its transactions, which costs one short statement. It is the same as long
as no transaction ended that wrote something, so that no answer can be older than what it is made of.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from app.api.http.downloads import is_known
from app.api.http.output import FOR_A_MINUTE
from app.api.http.packing import takes_gzip
from app.context import View

MADE_ONCE: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Digest of the answer, in quotes.", "schema": {"type": "string"}}}},
    304: {"description": "You have these very bytes."},
}
"""The `responses=` of a route whose answers are made once."""
MOST_BYTES = 4 << 20
"""Of all kept answers of a process together."""
LASTS = timedelta(seconds=10)
"""However quiet the database: what an answer says may depend on the time of day."""


@dataclass(frozen=True, slots=True)
class Published:
    """An answer, with the state of the database that it was made of."""

    snapshot: str
    made_at: datetime
    packed: bytes
    digest: str

    @classmethod
    def of(cls, out: BaseModel, snapshot: str, made_at: datetime) -> "Published":
        body = out.model_dump_json(by_alias=True).encode()
        return cls(snapshot, made_at, gzip.compress(body, 6, mtime=0), sha256(body).hexdigest())

    def holds(self, snapshot: str, now: datetime) -> bool:
        return self.snapshot == snapshot and self.made_at <= now < self.made_at + LASTS

    def answer(self, request: Request, known: str | None) -> Response:
        """Answer the bytes, compressed if they may be, or that the caller has them."""
        headers = {"ETag": f'W/"{self.digest}"', "Cache-Control": FOR_A_MINUTE, "Vary": "Accept, Accept-Encoding"}
        if is_known(known, self.digest):
            return Response(status_code=304, headers=headers)
        if not takes_gzip(request.headers):
            return Response(gzip.decompress(self.packed), headers=headers, media_type="application/json")
        return Response(self.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type="application/json")


@dataclass(slots=True)
class Shelf:
    """The answers that a process keeps, by their addresses; those nobody asked for the longest time go first."""

    _kept: OrderedDict[str, Published] = field(default_factory=OrderedDict)
    _bytes: int = 0

    async def at(self, address: str, view: View, make: Callable[[], Any]) -> Published:
        """Return the answer at an address, made anew where it is not of the present state."""
        snapshot = await view.snapshot()
        found = self._kept.get(address)
        if found is None or not found.holds(snapshot, view.now):
            found = Published.of(await make(), snapshot, view.now)
            self._put(address, found)
        self._kept.move_to_end(address)
        return found

    def _put(self, address: str, answer: Published) -> None:
        former = self._kept.pop(address, None)
        self._bytes += len(answer.packed) - (len(former.packed) if former else 0)
        self._kept[address] = answer
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            self._bytes -= len(self._kept.popitem(last=False)[1].packed)
