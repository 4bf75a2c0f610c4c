"""Papers of every kind in one piece with their pictures, in which form they reach their writers."""

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Protocol, Self

from app.printing.booklet import Booklet
from app.printing.certificates import Certificates
from app.printing.chart import Chart
from app.printing.filled import Filled
from app.printing.notice import Notice
from app.printing.paper import Paper
from app.printing.report import Report


class Printable(Protocol):
    """A paper of any kind: as JSON, and the words of it in which a font may lack a character."""

    @property
    def title(self) -> str: ...
    @property
    def written(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def codes(self) -> Sequence[str]: ...
    @property
    def cells(self) -> Mapping[str, str]: ...
    @property
    def rows(self) -> Mapping[str, str]: ...
    @classmethod
    def read(cls, written: str) -> Self: ...


FILLED = "filled"
"""The kind that Word alone can lay out."""
KINDS: Mapping[str, type[Printable]] = {
    "paper": Paper,
    "booklet": Booklet,
    "certificates": Certificates,
    "notice": Notice,
    "chart": Chart,
    "report": Report,
    FILLED: Filled,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def kind_of(paper: Printable) -> str:
    """Name the kind of a paper, which is the name of its template."""
    return _NAMES[type(paper)]


def packed(paper: Printable, pictures: Sequence[bytes]) -> bytes:
    """Put a paper and its pictures into one piece: a line with its kind and their lengths, and then they."""
    parts = [paper.written.encode(), *pictures]
    head = {"kind": kind_of(paper), "lengths": [len(part) for part in parts]}
    return b"".join([json.dumps(head).encode(), b"\n", *parts])


def unpacked(data: bytes) -> tuple[Printable, list[bytes]]:
    """Take them apart again."""
    line, _, rest = data.partition(b"\n")
    head = json.loads(line)
    ends = [*accumulate(head["lengths"], initial=0)]
    written, *pictures = (rest[start:end] for start, end in pairwise(ends))
    return KINDS[head["kind"]].read(written.decode()), pictures
