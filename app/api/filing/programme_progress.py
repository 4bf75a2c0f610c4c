"""Progress of a programme over HTTP."""

from typing import Self
from uuid import UUID

from pydantic import Field

from app.api.filing.applications import Label
from app.api.filing.campaigns import Batch, Entry
from app.api.filing.programmes import ProgrammeId
from app.api.http.dependencies import Paging, Reads
from app.api.http.output import Out, Page
from app.api.http.routing import Router
from app.rows import values_of
from app.services.filing import programme_progress
from app.services.filing.programme_progress import CommitteeProgress
from app.services.policies.filing.programmes import MOST_CAMPAIGNS
from app.services.policies.people.vocabularies import CommitteeKind

router = Router("/programmes/{programme_id}/progress", tags=["progress"], in_a_seat=True)


class FiledInCampaign(Out):
    """The number of cases that a committee has filed in a campaign of the programme."""

    campaign_id: UUID = Field(description="The campaign.")
    entry: Entry
    batch: Batch
    filed: int = Field(description="上报件数: filed or accepted.", ge=0, examples=[2])


class ProgrammeProgressOut(Out):
    """Progress of one committee in all campaigns of a programme."""

    committee_id: UUID = Field(description="The committee.")
    committee_code: Label = Field(description="代码", examples=["QT"])
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    committee_kind: CommitteeKind
    filed: int = Field(description="合计上报件数: filed or accepted, in all campaigns.", ge=0, examples=[3])
    minimum_filed: int = Field(
        description="合计最低上报件数 that holds for it, exemptions counted; 0: none.", ge=0, le=50, examples=[2]
    )
    missing: int = Field(
        description="距最低件数还差, with what committees merged with it have filed; 0 where none is owed.",
        ge=0,
        examples=[0],
    )
    by_campaign: list[FiledInCampaign] = Field(
        description="各活动上报件数, in the programme's order.", max_length=MOST_CAMPAIGNS
    )

    @classmethod
    def of(cls, one: CommitteeProgress) -> Self:
        numbers = {"filed": one.filed, "minimum_filed": one.minimum, "missing": one.missing}
        shown = [FiledInCampaign.model_validate(each) for each in one.campaigns]
        return cls(**values_of(one.row) | numbers | {"by_campaign": shown})


class ProgrammeProgressPage(Page[ProgrammeProgressOut]):
    """One page of committees with their numbers in a programme, by code."""


@router.get("")
async def list_programme_progress(programme_id: ProgrammeId, view: Reads, page: Paging) -> ProgrammeProgressPage:
    """List what every committee has filed in each campaign of a programme, and in all, and what it lacks.

    The office sees every committee, a committee itself and those merged into it.
    """
    found = await programme_progress.search(view, programme_id, **page.binds)
    return ProgrammeProgressPage.of(found, [ProgrammeProgressOut.of(each) for each in found.rows])
