"""The cases of a round over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Paging, Reads
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.judging.rounds import RoundId, RoundOut
from app.findings import FindingOut
from app.models.enums import Language
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.judging import entries
from app.services.judging.entries import EntriesAddition, EntryRecord

router = Router("/rounds/{round_id}/entries", tags=["rounds"])
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


@router.get("")
async def list_entries(round_id: RoundId, view: Reads, page: Paging) -> EntryPage:
    """List the cases of a round. Office only.

    A draft lists those that were selected one by one; all others enter when the round is opened. In a blind round the
    name of the unit, the committee or the leader, or the phone, is pointed out wherever the texts say it.
    """
    found = await entries.search(view, round_id, **page.binds)
    return EntryPage.of(found, [EntryOut.of(record, view.language) for record in found.rows])


@router.post("", raises=[WrongState, RulesViolated])
async def add_entries(round_id: RoundId, body: EntriesAddition, ctx: Ctx) -> RoundOut:
    """Let accepted applications into a round: all that are named, or none. Office only.

    Into a draft whose cases are selected one by one; or late into an open round of any intake, under the
    next case numbers.
    """
    await entries.add(ctx, round_id, body)
    return await RoundOut.read(ctx, round_id)


@router.delete("/{application_id}", raises=[WrongState, RulesViolated])
async def remove_entry(round_id: RoundId, application_id: EntryId, version: IfMatch, ctx: Ctx) -> RoundOut:
    """Take a case out of a round, as long as no judge was ever given it. `If-Match` is the round's. Office only."""
    await entries.remove(ctx, round_id, application_id, version)
    return await RoundOut.read(ctx, round_id)
