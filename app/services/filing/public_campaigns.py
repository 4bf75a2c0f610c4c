"""Campaigns for everybody (活动公告): the notice, its phases and deadlines, its documents, and whom to ask."""

from dataclasses import dataclass
from uuid import UUID

from app.context import View
from app.services.filing import campaigns, documents, programmes
from app.services.filing.campaigns import CampaignRow
from app.services.filing.documents import DocumentRow
from app.services.filing.programmes import ProgrammeRow
from app.services.policies.filing.notice import CampaignSettings


@dataclass(frozen=True, slots=True)
class PublicCampaign:
    """A published campaign with its programme, and the documents that anybody may read."""

    row: CampaignRow
    settings: CampaignSettings
    programme: ProgrammeRow | None
    documents: list[DocumentRow]


async def read(view: View, campaign_id: UUID) -> PublicCampaign:
    """One campaign as anybody may read it; NotFound while it is a draft."""
    row = await campaigns.find(view, campaign_id)
    settings = CampaignSettings.model_validate(row.settings)
    programme = await programmes.find(view, row.programme_id) if row.programme_id else None
    return PublicCampaign(row, settings, programme, await documents.public(view, campaign_id))
