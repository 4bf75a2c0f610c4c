"""A chart as data: bars, or columns in the order of time, which say their numbers themselves."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from app.printing.plain import Plain

WIDTH = 156
"""Millimetres: the text of an official document is as wide."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of what its label says: its number in each series, and words beside the number."""

    label: str
    values: Sequence[int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart(Plain):
    """A chart with its title, what stands below it, the names of its series where it has several, and its bars.

    Series differ by lightness and hatching, so that they are told apart in grey. `upright` are columns.
    """

    title: str
    below: str
    bars: Sequence[Bar]
    series: Sequence[str] = ()
    upright: bool = False

    @property
    def written(self) -> str:
        """The chart as JSON, in which form it reaches its writer."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it back, as a writer needs it."""
        return cls.of(json.loads(written))

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Self:
        """Make it of plain members."""
        return cls(**plain | {"bars": [Bar(**bar) for bar in plain["bars"]]})

    @property
    def text(self) -> str:
        """All words of the chart."""
        return "".join((self.title, self.below, *self.series, *self.rows.values()))

    @property
    def rows(self) -> dict[str, str]:
        """The words of its bars, each by its label."""
        return {bar.label: bar.label + bar.note for bar in self.bars}
