"""Booklets of cases (案例汇编) as data: a cover, the contents, and each case with its texts and pictures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from app.printing.plain import Plain

BESIDE = 2
"""Pictures that stand beside each other."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a case under its heading."""

    heading: str
    said: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case: what it was awarded, lines of a label and a value, its texts, and the captions of its pictures."""

    title: str
    honours: Sequence[str]
    facts: Sequence[Sequence[str]]
    texts: Sequence[Text]
    captions: Sequence[str]

    @property
    def said(self) -> str:
        """All words of the case."""
        facts = (word for fact in self.facts for word in fact)
        texts = (word for text in self.texts for word in (text.heading, text.said))
        return "".join((self.title, *self.honours, *facts, *texts, *self.captions))


@dataclass(frozen=True, slots=True)
class Booklet(Plain):
    """A booklet: on the cover its title in lines, the occasion, and who publishes it when; then its cases in order.

    The pictures come beside it, in the order of the cases and of their captions.
    """

    cover: Sequence[str]
    occasion: str
    issuer: Sequence[str]
    contents: str
    cases: Sequence[Case]

    @property
    def title(self) -> str:
        """The title in one line."""
        return "".join(self.cover)

    @property
    def written(self) -> str:
        """The booklet as JSON, in which form it reaches its writer."""
        return json.dumps(asdict(self) | {"title": self.title}, ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it back, as a writer needs it."""
        plain = {name: value for name, value in json.loads(written).items() if name in cls.__slots__}
        return cls(**plain | {"cases": [_case(**each) for each in plain["cases"]]})

    @property
    def text(self) -> str:
        """All words of the booklet, in which a font may lack a character."""
        return "".join((self.title, self.occasion, *self.issuer, self.contents, *(each.said for each in self.cases)))

    @property
    def rows(self) -> dict[str, str]:
        """The words of each case, by its number and title."""
        return {f"{number}．{each.title}": each.said for number, each in enumerate(self.cases, 1)}

    def illustrated(self, pictures: Sequence[bytes]) -> Iterator[tuple[Case, Sequence[bytes]]]:
        """Go through the cases, each with its pictures."""
        left = iter(pictures)
        for case in self.cases:
            yield case, [next(left) for _ in case.captions]


def _case(texts: Sequence[dict[str, str]], **rest: Any) -> Case:
    return Case(texts=[Text(**each) for each in texts], **rest)
