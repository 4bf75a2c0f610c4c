"""Programmes for everybody (系列活动): the notice, its published campaigns in their order, and what each commends."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.context import View
from app.database import Query, bound_id
from app.models import Campaign, Commendation
from app.rows import row_type
from app.services.commending import commendations
from app.services.filing import campaigns, programmes
from app.services.filing.programmes import MemberRow, ProgrammeRow
from app.services.policies.filing.notice import CampaignSettings


@row_type
class CommendationOfCampaign:
    """A public commendation by itself."""

    id: UUID
    campaign_id: UUID


_COMMENDATIONS = Query(
    select(Commendation.id, Commendation.campaign_id)
    .join(Campaign, Campaign.id == Commendation.campaign_id)
    .where(Campaign.programme_id == bound_id("programme_id"), commendations.VISIBLE)
    .order_by(Commendation.id),
    CommendationOfCampaign,
)


@dataclass(frozen=True, slots=True)
class PublicMember:
    """A published campaign of a programme with its settings, and its public commendations, oldest first."""

    row: MemberRow
    settings: CampaignSettings
    commendation_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class PublicProgramme:
    """A programme as anybody may read it."""

    row: ProgrammeRow
    campaigns: Sequence[PublicMember]


async def read(view: View, programme_id: UUID) -> PublicProgramme:
    """One programme as anybody may read it; NotFound while none of its campaigns is published."""
    row = await programmes.find(view, programme_id)
    commended: dict[UUID, list[UUID]] = defaultdict(list)
    for each in await view.rows(_COMMENDATIONS, programme_id=programme_id):
        commended[each.campaign_id].append(each.id)
    members = [
        PublicMember(each, await campaigns.settings_of(view, each.settings_digest), commended[each.id])
        for each in await programmes.members_of(view, programme_id)
    ]
    return PublicProgramme(row, members)
