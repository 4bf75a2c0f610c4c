"""The cases of a round over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Paging, Reads
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.judging.rounds import RoundId, RoundOut
from app.context import View
from app.findings import FindingOut
from app.models.enums import Language
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.judging import entries
from app.services.judging.entries import EntriesAddition, EntryRecord
from app.services.judging.rounds import LARGEST_SEED

router = Router("/rounds/{round_id}", tags=["rounds"])
EntryId = Annotated[UUID, Path(description="The application that is judged.")]
Label = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=40)]


class EntryOut(Out):
    """A case of a round, as the office sees it: its applicant, and places in its texts that reveal the applicant."""

    id: ResourceId
    application_id: UUID = Field(description="The application.")
    application_number: Number = Field(description="申报编号", examples=["2015-QT-001"])
    version: int = Field(description="The version that is judged: the one that was filed.", ge=1, examples=[2])
    case_number: int | None = Field(
        description="The number judges know it by, drawn at the opening; null before.", ge=1, examples=[17]
    )
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    category: Number | None = Field(description="A category code of the campaign.", examples=["qingman"])
    unit_id: UUID = Field(description="申报单位")
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_id: UUID = Field(description="推荐单位")
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    entered_at: Instant = Field(description="Time at which it was selected or entered.")
    findings: list[FindingOut] = Field(
        description="Places where a blind round's texts reveal the applicant; pointers are into the judged version.",
        max_length=100,
    )

    @classmethod
    def of(cls, record: EntryRecord, language: Language) -> Self:
        return cls(findings=[finding.worded(language) for finding in record.findings], **values_of(record.row))


class EntryPage(Page[EntryOut]):
    """One page of a round's cases, in the order they entered."""


class AppearanceOut(Out):
    """A case in the order of appearance (出场顺序)."""

    place: int = Field(description="出场顺序, which is its number in the round, too.", ge=1, le=100_000, examples=[3])
    application_id: UUID = Field(description="The application.")
    application_number: Number = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    lot: Annotated[str, Field(min_length=64, max_length=64)] = Field(
        description="Its lot: SHA-256, in hexadecimal, of the seed, a slash and `application_id`.", examples=["0f" * 32]
    )


class AppearancesOut(Out):
    """The order of appearance in a live round (现场展示、答辩), and what anybody needs to draw it again."""

    round_id: UUID = Field(description="The round.")
    seed: int = Field(description="Seed of the draw.", ge=0, le=LARGEST_SEED, examples=[20150914])
    drawn_at: Instant | None = Field(description="Time of the opening, which drew it; null before.")
    appearances: list[AppearanceOut] = Field(
        description="The cases in their order; none before the opening.", max_length=10_000
    )

    @classmethod
    async def read(cls, view: View, round_id: UUID) -> Self:
        record = await entries.order(view, round_id)
        shown = [AppearanceOut(lot=lot, **values_of(row)) for row, lot in record.rows]
        drawn = record.round
        return cls(round_id=drawn.id, seed=drawn.seed, drawn_at=drawn.opened_at, appearances=shown)


@router.get("/appearances")
async def read_appearances(round_id: RoundId, view: Reads) -> AppearancesOut:
    """Read the order in which the cases of a live round are shown (出场顺序), drawn at its opening. Office only.

    The cases that entered together follow by their lots, which anybody can compute from the seed; those that came later
    follow them, drawn likewise. A round that is judged in writing has none: 404.
    """
    return await AppearancesOut.read(view, round_id)


@router.get("/entries")
async def list_entries(round_id: RoundId, view: Reads, page: Paging) -> EntryPage:
    """List the cases of a round. Office only.

    A draft lists those that were selected one by one; all others enter when the round is opened. In a blind round the
    name of the unit, the committee or the leader, or the phone, is pointed out wherever the texts say it.
    """
    found = await entries.search(view, round_id, **page.binds)
    return EntryPage.of(found, [EntryOut.of(record, view.language) for record in found.rows])


@router.post("/entries", raises=[WrongState, RulesViolated])
async def add_entries(round_id: RoundId, body: EntriesAddition, ctx: Ctx) -> RoundOut:
    """Let accepted applications into a round: all that are named, or none. Office only.

    Into a draft whose cases are selected one by one; or late into an open round of any intake, under the
    next case numbers.
    """
    await entries.add(ctx, round_id, body)
    return await RoundOut.read(ctx, round_id)


@router.delete("/entries/{application_id}", raises=[WrongState, RulesViolated])
async def remove_entry(round_id: RoundId, application_id: EntryId, version: IfMatch, ctx: Ctx) -> RoundOut:
    """Take a case out of a round, as long as no judge was ever given it. `If-Match` is the round's. Office only."""
    await entries.remove(ctx, round_id, application_id, version)
    return await RoundOut.read(ctx, round_id)
