"""Programmes for everybody over HTTP, without signing in: the same bytes for all, which any cache may keep."""

from typing import Self
from uuid import UUID

from pydantic import Field

from app.api.filing.campaigns import Batch, Entry
from app.api.filing.programmes import ProgrammeId
from app.api.filing.public_campaigns import NoticeOfSeveral, PublicDeadline
from app.api.http.dependencies import Reads
from app.api.http.output import Out, ResourceId
from app.api.http.routing import Router
from app.models.enums import CampaignStatus
from app.rows import values_of
from app.services.commending import public_programmes
from app.services.commending.public_programmes import PublicMember, PublicProgramme
from app.services.policies.filing.programmes import MOST_CAMPAIGNS

router = Router("/public/programmes", tags=["public"])


class PublicCampaignOfProgramme(Out):
    """A published campaign in its place within a programme, with what it commends."""

    id: ResourceId
    name: str = Field(description="活动名称", max_length=200, examples=["文明创建品牌案例征集（第一批）"])
    entry: Entry
    batch: Batch
    status: CampaignStatus = Field(description="`published` or `closed`.", examples=["published"])
    plan_deadline: PublicDeadline | None = Field(
        description="实施计划登记的截止时间; null where no plans are asked for."
    )
    application_deadline: PublicDeadline = Field(description="案例申报的截止时间")
    commendation_ids: list[UUID] = Field(
        description="Its commendations that are publicised or published, oldest first.", max_length=1000
    )

    @classmethod
    def of(cls, member: PublicMember) -> Self:
        settings = member.settings
        return cls(
            plan_deadline=settings.plans and PublicDeadline.of(settings, settings.plans),
            application_deadline=PublicDeadline.of(settings, settings.applications),
            commendation_ids=list(member.commendation_ids),
            **values_of(member.row),
        )


class PublicProgrammeOut(NoticeOfSeveral):
    """A programme as anybody may read it: the notice, and its published campaigns with what they commend."""

    year: int = Field(description="年度", ge=2000, le=2100, examples=[2025])
    campaigns: list[PublicCampaignOfProgramme] = Field(
        description="The published campaigns, in the order of the notice.", max_length=MOST_CAMPAIGNS
    )

    @classmethod
    def of(cls, found: PublicProgramme) -> Self:
        shown = [PublicCampaignOfProgramme.of(each) for each in found.campaigns]
        return cls(**values_of(found.row), campaigns=shown)


@router.get("/{programme_id}", made_once=True)
async def read_public_programme(programme_id: ProgrammeId, view: Reads) -> PublicProgrammeOut:
    """Read a notice of several campaigns without signing in: its entries and batches in their order.

    Each has its deadlines, and the commendations that are public: read in this order, they are the list of the whole
    notice.
    """
    return PublicProgrammeOut.of(await public_programmes.read(view, programme_id))
