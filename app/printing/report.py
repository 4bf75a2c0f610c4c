"""A report as data, in the layout of official documents: sections of text, each with charts and a table."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from app.printing.chart import Chart
from app.printing.official import laid
from app.printing.plain import Plain


@dataclass(frozen=True, slots=True)
class Section:
    """A section under its heading; the columns of its table have a label and a width in millimetres."""

    heading: str
    paragraphs: Sequence[str]
    charts: Sequence[Chart] = ()
    columns: Sequence[tuple[str, int]] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report(Plain):
    """A report: its title, whom it addresses, what opens it, its sections, and who signs it when."""

    title: str
    addressees: str
    opening: Sequence[str]
    sections: Sequence[Section]
    signature: Sequence[str]

    @property
    def written(self) -> str:
        """The report as JSON, with what a template need not find out again."""
        return json.dumps(asdict(self) | laid([self.title], self.signature), ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it back, as a writer needs it."""
        plain = {name: value for name, value in json.loads(written).items() if name in cls.__slots__}
        return cls(**plain | {"sections": [_section(**each) for each in plain["sections"]]})

    @property
    def charts(self) -> list[Chart]:
        """All charts in their order."""
        return [chart for section in self.sections for chart in section.charts]

    @property
    def text(self) -> str:
        """All words of the report."""
        parts = [(each.heading, *each.paragraphs, *(label for label, _ in each.columns)) for each in self.sections]
        said = (self.title, self.addressees, *self.opening, *self.signature, *(word for part in parts for word in part))
        charts = (chart.text for chart in self.charts)
        return "".join((*said, *charts, *self.rows.values()))

    @property
    def rows(self) -> dict[str, str]:
        """The rows of its tables and the bars of its charts, each by its first words."""
        listed = {" ".join(row[:2]): "".join(row) for section in self.sections for row in section.rows}
        return listed | {place: text for chart in self.charts for place, text in chart.rows.items()}


def _section(charts: Sequence[dict[str, Any]], columns: Sequence[Sequence[Any]], **plain: Any) -> Section:
    widths = [(str(label), int(width)) for label, width in columns]
    return Section(**plain, charts=[Chart.of(each) for each in charts], columns=widths)
