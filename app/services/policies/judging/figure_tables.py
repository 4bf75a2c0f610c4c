"""The regulation of imported figures (外部得分): what a table of them needs, and how a figure becomes points."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from app.algorithms.scores import exact
from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus
from app.services.policies import REQUIRED, UNKNOWN_REFERENCE
from app.services.policies.filing.beginnings import UNKNOWN_SOURCE
from app.services.policies.filing.figure_settings import FigureSource
from app.services.policies.judging.entries import NOT_ACCEPTED
from app.services.policies.people.imports import repetitions

NEGATIVE_FIGURE = Rule("negative_figure", "数值不能为负（{figure}）。", "A figure is not negative ({figure}).")
ABOVE_FULL_POINTS = Rule(
    "above_full_points", "百分制得分不能超过 100（{figure}）。", "Points are at most 100 ({figure})."
)
EVIDENCE_NEEDED = Rule(
    "evidence_needed",
    "“{name}”须附佐证文件（如平台截图、证明）。",
    "“{name}” needs a document that proves the figures, such as a picture of the page or a certificate.",
)
NOT_EVIDENCE = Rule(
    "not_evidence",
    "这不是“外部得分佐证”类文件，或已移除。",
    "It is no document of the kind `evidence`, or was removed.",
)
REPLACED_MEANWHILE = Rule(
    "replaced_meanwhile",
    "现行的“{name}”数据不是所要替换的这一份，请重新读取。",
    "The table of “{name}” in force is not the one that this is to replace: read it again.",
)
FIGURES_USED = Rule(
    "figures_used",
    "现行数据已用于 {count} 个综合成绩，予以固定；确需另行导入的，请确认，并另做综合成绩。",
    "{count} composite results are made of the table in force, which stays with them: confirm that there is to be "
    "another, of which another result is made.",
)

FULL = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the member that names its case, the case if there is one and its state, and the figure."""

    member: str
    case: UUID | None
    status: ApplicationStatus | None
    figure: float


@dataclass(frozen=True, slots=True)
class Present:
    """The table in force, and how many composite results are made of it."""

    id: UUID | None = None
    used: int = 0


@dataclass(frozen=True, slots=True)
class Replacement:
    """The table in force as an import names it, and why it is to be replaced."""

    replaces: UUID | None
    reason: str | None
    despite_use: bool


def import_findings(
    source: FigureSource | None,
    rows: Sequence[Row],
    evidence: Sequence[UUID],
    known_evidence: Collection[UUID],
) -> list[Finding]:
    """Return all that is wrong with a table, each row's at the row, also where there is no such source."""
    return [
        *_of_source(source, evidence),
        *(NOT_EVIDENCE(f"/evidence/{place}") for place, each in enumerate(evidence) if each not in known_evidence),
        *(finding for place, row in enumerate(rows) for finding in _of_row(f"/figures/{place}", row, source)),
        *repetitions((f"/figures/{place}/{row.member}", row.case) for place, row in enumerate(rows)),
    ]


def replacement_findings(name: str, present: Present, said: Replacement) -> list[Finding]:
    """Refuse to replace another table than was read, one without a reason, or unconfirmed one that is used."""
    if said.replaces != present.id:
        return [REPLACED_MEANWHILE("/replaces", name=name)]
    if present.id is None:
        return []
    used = present.used and not said.despite_use
    return [
        *([] if said.reason else [REQUIRED("/reason", label="理由")]),
        *([FIGURES_USED("/despite_use", count=present.used)] if used else []),
    ]


def points_of(source: FigureSource, figures: Mapping[UUID, Fraction]) -> dict[UUID, Fraction]:
    """Return the exact points of each case out of a hundred; where all have nothing, nobody gets any."""
    full = _full_marks(source, figures)
    return {case: min(figure / full, Fraction(1)) * FULL if full else Fraction(0) for case, figure in figures.items()}


def decimal(figure: float) -> str:
    """Write a figure as it is kept: a whole one without a decimal point."""
    return str(int(figure) if float(figure).is_integer() else figure)


def fractions(figures: Mapping[str, str]) -> dict[UUID, Fraction]:
    """Read figures as they are kept."""
    return {UUID(case): Fraction(figure) for case, figure in figures.items()}


def _full_marks(source: FigureSource, figures: Mapping[UUID, Fraction]) -> Fraction:
    """Return the figure that is full marks."""
    if source.scale == "share_of_best":
        return max(figures.values(), default=Fraction(0))
    return Fraction(source.full_marks or FULL)


def _of_source(source: FigureSource | None, evidence: Sequence[UUID]) -> Iterator[Finding]:
    if source is None:
        yield UNKNOWN_SOURCE("/source")
    elif source.evidence_required and not evidence:
        yield EVIDENCE_NEEDED("/evidence", name=source.name)


def _of_row(pointer: str, row: Row, source: FigureSource | None) -> Iterator[Finding]:
    if row.status is None:
        yield UNKNOWN_REFERENCE(f"{pointer}/{row.member}")
    elif row.status is not ApplicationStatus.ACCEPTED:
        yield NOT_ACCEPTED(f"{pointer}/{row.member}")
    if row.figure < 0:
        yield NEGATIVE_FIGURE(f"{pointer}/figure", figure=decimal(row.figure))
    elif source and source.scale == "points" and exact(row.figure) > FULL:
        yield ABOVE_FULL_POINTS(f"{pointer}/figure", figure=decimal(row.figure))
