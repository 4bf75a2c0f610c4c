"""Notices under a red head as data, in the layout of official documents (GB/T 9704-2012)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from app.printing.official import laid
from app.printing.plain import Plain


@dataclass(frozen=True, slots=True)
class Grade:
    """The rows of a list under a heading, which is empty where the list has one part alone."""

    heading: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Annex:
    """A list that follows the text: its title, its columns with their widths in millimetres, and its parts."""

    title: str
    columns: Sequence[tuple[str, int]]
    parts: Sequence[Grade]


@dataclass(frozen=True, slots=True)
class Notice(Plain):
    """A notice: what stands above the red line, the text, who signs it when, and who gets copies of it."""

    head: str
    number: str
    title: str
    addressees: str
    paragraphs: Sequence[str]
    annexes: Sequence[Annex]
    signature: Sequence[str]
    copies: str
    printed_by: str
    printed_on: str

    @property
    def written(self) -> str:
        """The notice as JSON, with what a template need not find out again."""
        titles = [self.title, *(each.title for each in self.annexes)]
        return json.dumps(asdict(self) | laid(titles, self.signature) | {"listed": self.listed}, ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it back, as a writer needs it."""
        plain = {name: value for name, value in json.loads(written).items() if name in cls.__slots__}
        return cls(**plain | {"annexes": [_annex(**each) for each in plain["annexes"]]})

    @property
    def listed(self) -> list[str]:
        """The names of the annexes as the text lists them: with a number where there are several."""
        titles = [each.title for each in self.annexes]
        return titles if len(titles) == 1 else [f"{number}. {title}" for number, title in enumerate(titles, 1)]

    @property
    def text(self) -> str:
        """All words of the notice."""
        lines = (self.head, self.number, self.title, self.addressees, *self.paragraphs, *self.signature, self.copies)
        headings = (part.heading for annex in self.annexes for part in annex.parts)
        columns = (label for annex in self.annexes for label, _ in annex.columns)
        titles = (annex.title for annex in self.annexes)
        return "".join((*lines, self.printed_by, self.printed_on, *titles, *headings, *columns, *self.rows.values()))

    @property
    def rows(self) -> dict[str, str]:
        """The rows of its lists, each by its first words."""
        listed = (row for annex in self.annexes for part in annex.parts for row in part.rows)
        return {" ".join(row[:2]): "".join(row) for row in listed}


def _annex(title: str, columns: Sequence[Sequence[str | int]], parts: Sequence[dict[str, object]]) -> Annex:
    return Annex(title, [(str(label), int(width)) for label, width in columns], [Grade(**part) for part in parts])  # type: ignore[arg-type]
