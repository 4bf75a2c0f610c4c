"""List of what committees still owe in a programme, over HTTP."""

from typing import Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from app.api.filing.arrears import Owed, OwingCommittee, ToRing, owed
from app.api.filing.campaigns import Batch, Entry
from app.api.filing.prints import PAPER, Format, Printing, drawn
from app.api.filing.programmes import ProgrammeId
from app.api.http.dependencies import Paging, Reads, Viewer
from app.api.http.output import Page
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.rows import values_of
from app.services.filing import programme_arrears
from app.services.filing.programme_arrears import ArrearsOfCampaign, ProgrammeArrearsRecord
from app.services.policies.filing.prints import PrintFormat
from app.services.policies.filing.programmes import MOST_CAMPAIGNS

router = Router("/programmes/{programme_id}/arrears", tags=["progress"], in_a_seat=True)


class OwedInCampaign(Owed):
    """Things that a committee still owes in a campaign of the programme."""

    campaign_id: UUID = Field(description="The campaign.")
    entry: Entry
    batch: Batch

    @classmethod
    def of(cls, one: ArrearsOfCampaign) -> Self:
        campaign = one.campaign
        named = {"campaign_id": campaign.id, "entry": campaign.entry, "batch": campaign.batch}
        return cls(**named | owed(one.arrears))


class ProgrammeArrearsOut(ToRing, OwingCommittee):
    """A committee that still owes something in a programme, and whom to ring."""

    summary: str = Field(
        description="未完成事项 of all campaigns in words, each after its entry and batch.",
        max_length=20_000,
        examples=["品牌案例·第一批：未报送实施计划；草稿未提交2件。"],
    )
    filed: int = Field(
        description="合计上报件数: filed or accepted, in all campaigns, with those of committees merged into it.",
        ge=0,
        examples=[1],
    )
    missing: int = Field(
        description="距各项合计最低件数还差: to the minimum of the programme; 0 where none is owed.", ge=0, examples=[1]
    )
    by_campaign: list[OwedInCampaign] = Field(
        description="各活动未完成事项: the campaigns in which it owes something, in the programme's order.",
        max_length=MOST_CAMPAIGNS,
    )

    @classmethod
    def of(cls, record: ProgrammeArrearsRecord) -> Self:
        one = record.arrears
        figures = {"summary": one.in_words, "filed": one.filed, "missing": one.missing}
        shown = {"by_campaign": [OwedInCampaign.of(each) for each in one.campaigns]}
        return cls(**values_of(record.contact) | values_of(one.row) | figures | shown)


class ProgrammeArrearsPage(Page[ProgrammeArrearsOut]):
    """One page of committees that owe something in a programme, by code."""


@router.get("")
async def list_programme_arrears(programme_id: ProgrammeId, view: Reads, page: Paging) -> ProgrammeArrearsPage:
    """List the committees that still owe something in a published campaign of a programme, or in all together.

    The office reads all, a committee itself. It is what `/campaigns/{id}/arrears` says of each campaign, and how many
    cases are missing to the minimum of the programme. In a draft or a closed campaign nothing is owed.
    """
    found = await programme_arrears.search(view, programme_id, **page.binds)
    return ProgrammeArrearsPage.of(found, [ProgrammeArrearsOut.of(each) for each in found.rows])


@router.get("/paper", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_programme_arrears_paper(
    programme_id: ProgrammeId, view_of: Viewer, press: Printing, form: Format = PrintFormat.PDF
) -> Response:
    """Download the list on paper, for the leader; there is none while no campaign of the programme is published."""
    async with view_of() as view:
        sheet = await programme_arrears.paper(view, programme_id)
    return await drawn(press, view.actor.id, sheet, form)
