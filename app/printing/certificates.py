"""Certificates (荣誉证书) as data: each is a lying page of A4."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from app.printing.paper import BROAD
from app.printing.plain import Plain

TEXT_WIDTH, TEXT_HEIGHT = BROAD - 27, 76
"""Millimetres of the place for the text."""
SIZES = (24, 22, 20, 18, 16, 14, 12, 10)
"""Points of its characters, of which the largest is taken in which all of it stands in its place."""
PITCH = 1.7
"""Height of a line in sizes."""
POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: its heading, its paragraphs, of which the first may address somebody, and what proves it."""

    title: str
    paragraphs: Sequence[str]
    number: str
    code: str
    proof: str
    signature: Sequence[str]

    @property
    def size(self) -> int:
        """The size of the text, by the same rule in every format."""
        return next((size for size in SIZES if self._height(size) <= TEXT_HEIGHT), SIZES[-1])

    def _height(self, size: int) -> float:
        on_a_line = int(TEXT_WIDTH / (size * POINT)) - 1  # a line may end before a mark that must not begin one
        lines = sum(1 + (len(each) + 2) // on_a_line for each in self.paragraphs)
        return lines * size * POINT * PITCH


@dataclass(frozen=True, slots=True)
class Certificates(Plain):
    """The certificates of one file, in their order."""

    title: str
    items: Sequence[Certificate]

    @property
    def written(self) -> str:
        """The certificates as JSON, each with the size of its text."""
        items = [asdict(each) | {"size": each.size} for each in self.items]
        place = {"width": TEXT_WIDTH, "height": TEXT_HEIGHT, "pitch": PITCH}
        return json.dumps({"title": self.title, "items": items} | place, ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read them back, as a writer needs them."""
        plain = json.loads(written)
        items = [{name: each[name] for name in Certificate.__slots__} for each in plain["items"]]
        return cls(plain["title"], [Certificate(**each) for each in items])

    @property
    def text(self) -> str:
        return "".join((self.title, *self.rows.values()))

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.items]

    @property
    def rows(self) -> dict[str, str]:
        """All words of each, by its number."""
        return {
            each.number: "".join((each.title, *each.paragraphs, each.number, each.proof, *each.signature))
            for each in self.items
        }
