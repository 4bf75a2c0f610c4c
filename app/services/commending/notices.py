"""公示 and 通报 on paper, with the awards that their reader may see."""

from uuid import UUID

from sqlalchemy import select

from app.context import View
from app.database import Query, bound_id
from app.file_names import numbered_code
from app.models import Application, ApplicationVersion, Award, Commendation
from app.models.enums import PaperKind
from app.printing.notice import Notice
from app.services.commending import awards, commendations, recipients
from app.services.commending.commendations import CommendationRow
from app.services.filing import campaigns
from app.services.filing.prints import Sheet
from app.services.policies import refuse
from app.services.policies.commending import notices as policy
from app.services.policies.commending.notices import Announced, Awarded
from app.services.policies.filing.notice import CampaignSettings

_LISTED = (
    select(
        *(Award.kind, Award.grade, recipients.SORT, recipients.NAME, Award.person_title),
        *(recipients.UNIT_NAME, recipients.COMMITTEE_NAME),
    )
    .select_from(Award)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .outerjoin(Application, Application.id == Award.application_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .where(Award.commendation_id == bound_id("commendation_id"), awards.VISIBLE)
    .order_by(*recipients.LISTED)
    .limit(policy.MOST + 1)
)
_PUBLICISED = Query(_LISTED, Awarded)
"""To the office all that were ever publicised, also what was dropped or revoked since."""
_PUBLISHED = Query(_LISTED.where(recipients.STANDS), Awarded)


async def publicity(view: View, commendation_id: UUID) -> Sheet:
    """Lay out the 公示: to the office always, to others while it lasts; NotFound unless visible."""
    row, settings, told = await _told(view, commendation_id, _PUBLICISED)
    refuse(policy.publicity_findings(view.actor.role, row.status, len(told.awarded)))
    return _sheet(policy.publicity_notice(settings, told), row, settings, PaperKind.PUBLICITY)


async def publication(view: View, commendation_id: UUID) -> Sheet:
    """Lay out the 通报: to the office also before its publication; NotFound unless visible."""
    row, settings, told = await _told(view, commendation_id, _PUBLISHED)
    refuse(policy.publication_findings(view.actor.role, row.status, len(told.awarded)))
    return _sheet(policy.publication_notice(settings, told), row, settings, PaperKind.PUBLICATION)


async def _told(
    view: View, commendation_id: UUID, listed: Query[Awarded]
) -> tuple[CommendationRow, CampaignSettings, Announced]:
    """Read a commendation with the awards that the notice lists."""
    row = (await commendations.read(view, commendation_id)).row
    settings = await campaigns.settings_of(view, row.settings_digest)
    awarded = await view.rows(listed, commendation_id=commendation_id)
    announced = Announced(
        *(row.title, row.preface, row.document_number, row.publicised_at),
        *(row.publicity_first_on, row.publicity_last_on, row.published_at),
        *(view.now.astimezone(settings.zone).year, awarded),
    )
    return row, settings, announced


def _sheet(notice: Notice, row: CommendationRow, settings: CampaignSettings, kind: PaperKind) -> Sheet:
    plain = numbered_code("commendation", row.document_number, settings.year, row.id)
    return Sheet(notice, policy.notice_name(notice, plain, kind), kind=kind, campaign_id=row.campaign_id)
