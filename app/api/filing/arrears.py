"""List of what committees still owe, over HTTP."""

from typing import Any, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from app.api.filing.applications import Label
from app.api.filing.campaigns import CampaignId
from app.api.filing.prints import PAPER, Format, Printing, drawn
from app.api.http.dependencies import Paging, Reads, Viewer
from app.api.http.output import Out, Page
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.rows import values_of
from app.services.filing import arrears
from app.services.filing.arrears import Arrears, ArrearsRecord
from app.services.policies.filing.prints import PrintFormat
from app.services.policies.people.vocabularies import CommitteeKind

router = Router("/campaigns/{campaign_id}/arrears", tags=["progress"], in_a_seat=True)


class OwingCommittee(Out):
    """A committee that still owes something."""

    committee_id: UUID = Field(description="The committee.")
    committee_code: Label = Field(description="代码", examples=["QT"])
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    committee_kind: CommitteeKind


class ToRing(Out):
    """The people of a committee, to be rung."""

    leader_name: Label | None = Field(description="主管领导; null while nobody is named.", examples=["李文博"])
    leader_title: Label | None = Field(description="主管领导职务", examples=["党工委副书记"])
    liaison_name: Label | None = Field(description="专门人员（联络员）", examples=["张静"])
    liaison_phone: Label | None = Field(description="联络员电话", examples=["0315-3724062"])


class Owed(Out):
    """Things that a committee still owes in a campaign."""

    summary: str = Field(
        description="未完成事项, all of them in words.", max_length=300, examples=["未报送实施计划；草稿未提交2件"]
    )
    plan_owed: bool = Field(description="实施计划未报送: the plan is asked for, and not handed in.", examples=[True])
    plan_overdue: bool = Field(description="实施计划逾期: its deadline has passed.", examples=[False])
    missing: int = Field(description="距最低件数还差: applications to the minimum.", ge=0, examples=[1])
    applications_overdue: bool = Field(
        description="上报逾期: less than the minimum, and the deadline has passed.", examples=[False]
    )
    drafted: int = Field(description="草稿未提交", ge=0, examples=[2])
    submitted: int = Field(description="已提交未盖章", ge=0, examples=[0])
    sealed: int = Field(description="已盖章未上报", ge=0, examples=[0])
    out_for_correction: int = Field(description="退回补正未重报", ge=0, examples=[0])


class ArrearsOut(ToRing, Owed, OwingCommittee):
    """A committee that still owes something, and whom to ring."""

    @classmethod
    def of(cls, record: ArrearsRecord) -> Self:
        return cls(**values_of(record.contact) | values_of(record.arrears.progress.row) | owed(record.arrears))


def owed(one: Arrears) -> dict[str, Any]:
    """Return the members of what a committee owes."""
    counts, assessed = one.progress.counts, one.progress.assessment
    return {
        "summary": one.in_words,
        "plan_owed": one.progress.plan_owed,
        "plan_overdue": assessed.plan_overdue,
        "missing": one.progress.missing,
        "applications_overdue": assessed.applications_overdue,
        "drafted": counts.drafted,
        "submitted": counts.submitted,
        "sealed": counts.sealed,
        "out_for_correction": counts.out_for_correction,
    }


class ArrearsPage(Page[ArrearsOut]):
    """One page of committees that owe something, by code."""


@router.get("")
async def list_arrears(campaign_id: CampaignId, view: Reads, page: Paging) -> ArrearsPage:
    """List the committees that still owe something: a plan, applications to the minimum, or steps of what was begun.

    The office reads all, a committee itself. Extensions and exemptions are taken into account. Of what is not filed
    the office learns numbers alone.
    """
    found = await arrears.search(view, campaign_id, **page.binds)
    return ArrearsPage.of(found, [ArrearsOut.of(each) for each in found.rows])


@router.get("/paper", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_arrears_paper(
    campaign_id: CampaignId, view_of: Viewer, press: Printing, form: Format = PrintFormat.PDF
) -> Response:
    """Download the list of who still owes what on paper, for the leader: by committee, with whom to ring."""
    async with view_of() as view:
        sheet = await arrears.paper(view, campaign_id)
    return await drawn(press, view.actor.id, sheet, form)
