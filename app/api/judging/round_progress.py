"""The progress of a round over HTTP."""

from dataclasses import asdict
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.api.judging.cases import Label, Number
from app.context import View
from app.models.enums import RoundStatus
from app.rows import values_of
from app.services.judging import round_progress
from app.services.judging.round_progress import CaseProgress, JudgeProgress

router = Router("/rounds/{round_id}/progress", tags=["round-progress"])
Figure = Annotated[float, Field(ge=0, le=100)]


class JudgeProgressOut(Out):
    """Progress of one judge."""

    reviewer_id: UUID = Field(description="The judge.")
    reviewer_name: Label = Field(description="评委", examples=["王敏"])
    assigned: int = Field(description="Cases that are theirs to review.", ge=0, examples=[50])
    begun: int = Field(description="Those of which a review is at least saved.", ge=0, examples=[30])
    submitted: int = Field(description="Those of which it is submitted.", ge=0, examples=[28])
    outstanding: list[Number] = Field(
        description="The numbers of the cases that still want their review.", max_length=10_000, examples=[[17, 23]]
    )
    to_remind: bool = Field(
        description="True if they owe reviews and the round takes scores now: 需要催办.", examples=[True]
    )
    last_activity_at: Instant | None = Field(
        description="Time of the last change to one of their reviews; null before."
    )

    @classmethod
    def of(cls, one: JudgeProgress) -> Self:
        return cls(**values_of(one.row) | {"outstanding": one.outstanding, "to_remind": one.to_remind})


class CaseProgressOut(Out):
    """Progress of one case."""

    application_id: UUID = Field(description="The application.")
    application_number: Label = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    case_number: Number | None = Field(description="Its number in the round; null until that is opened.", examples=[17])
    wanted: int = Field(description="Reviews wanted of a case.", ge=1, examples=[5])
    assigned: int = Field(description="Judges who have it.", ge=0, examples=[5])
    submitted: int = Field(description="Reviews submitted.", ge=0, examples=[4])
    unassigned: int = Field(description="Reviews wanted that nobody has been given.", ge=0, examples=[0])
    lacking: int = Field(description="Reviews wanted that are not submitted.", ge=0, examples=[1])
    spread: Figure | None = Field(
        description="分歧: standard deviation of the submitted totals; null below two.", examples=[6.4]
    )
    largest_difference: Figure | None = Field(
        description="分歧: the highest total less the lowest; null below two.", examples=[14.5]
    )

    @classmethod
    def of(cls, one: CaseProgress, wanted: int) -> Self:
        return cls(wanted=wanted, **values_of(one.row) | asdict(one.figures))


class RoundProgressTotals(Out):
    """The figures of all cases together."""

    cases: int = Field(description="Cases of the round.", ge=0, examples=[40])
    complete: int = Field(description="Those that have all the reviews wanted.", ge=0, examples=[31])
    assigned: int = Field(description="Reviews given to judges.", ge=0, examples=[200])
    submitted: int = Field(description="Reviews submitted.", ge=0, examples=[187])
    unassigned: int = Field(description="Reviews wanted that nobody has been given.", ge=0, examples=[0])
    lacking: int = Field(description="Reviews wanted that are not submitted.", ge=0, examples=[13])


class RoundProgressOut(Out):
    """Progress of a round: every judge, every case, and the totals. Assignments that do not count are left out."""

    round_id: UUID = Field(description="The round.")
    status: RoundStatus = Field(description="State.")
    at: Instant = Field(description="The instant of these figures.")
    closes_at: Instant = Field(description="End of the time for scoring, exclusive.")
    totals: RoundProgressTotals = Field(description="All cases together.")
    judges: list[JudgeProgressOut] = Field(description="The panel, by name.", max_length=1000)
    cases: list[CaseProgressOut] = Field(description="The cases, by number.", max_length=10_000)

    @classmethod
    async def read(cls, view: View, round_id: UUID) -> Self:
        found = await round_progress.read(view, round_id)
        cases = [CaseProgressOut.of(each, found.round.reviews_wanted) for each in found.cases]
        return cls(
            round_id=round_id,
            status=found.round.status,
            at=view.now,
            closes_at=found.round.closes_at,
            totals=_totals(cases),
            judges=[JudgeProgressOut.of(each) for each in found.judges],
            cases=cases,
        )


def _totals(cases: list[CaseProgressOut]) -> RoundProgressTotals:
    sums = {
        name: sum(getattr(each, name) for each in cases) for name in ("assigned", "submitted", "unassigned", "lacking")
    }
    return RoundProgressTotals(cases=len(cases), complete=sum(each.lacking == 0 for each in cases), **sums)


@router.get("")
async def read_round_progress(
    round_id: Annotated[UUID, Path(description="The round.")], view: Reads
) -> RoundProgressOut:
    """Read how far the judging is: who still owes what, which cases lack reviews, where judges disagree. Office only.

    Assignments that were withdrawn count nowhere here.
    """
    return await RoundProgressOut.read(view, round_id)
