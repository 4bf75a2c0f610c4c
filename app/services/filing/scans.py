"""The stamped scans of seals in force: compared with others, and all of a campaign."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, View, acting_as
from app.database import Query, bound_id
from app.models import Application, ApplicationVersion, Endorsement, File
from app.models.enums import Role
from app.rows import row_type
from app.services.filing.visibility import OWN, VISIBLE
from app.services.policies.filing.applications import FILED_STATES

_other = aliased(Application)
_sealed, _elsewhere = aliased(Endorsement), aliased(Endorsement)
_scan, _same_scan = aliased(File), aliased(File)
_SEALED = and_(_sealed.application_id == Application.id, _sealed.voided_at.is_(None))
DAMAGED = exists().where(_SEALED, _scan.id == _sealed.file_id, _scan.damaged)
"""The stamped scan of its seal was painted of damaged data."""
SEEN_IN = func.array(
    select(_other.number)
    .join(_elsewhere, _elsewhere.application_id == _other.id)
    .join(_same_scan, _same_scan.id == _elsewhere.file_id)
    .join(_scan, _scan.sha256 == _same_scan.sha256)
    .join(_sealed, _sealed.file_id == _scan.id)
    .where(_SEALED, _elsewhere.voided_at.is_(None), _other.id != Application.id)
    .where(
        or_(
            and_(acting_as(Role.COMMITTEE), _other.committee_id == ACTOR_COMMITTEE),
            and_(
                acting_as(Role.OFFICE),
                *(or_(*(each.status == status for status in FILED_STATES)) for each in (Application, _other)),
            ),
        )
    )
    .order_by(_other.number)
    .correlate(Application)
    .scalar_subquery()
)
"""Applications that the same scan seals: of the committee's, or of those that the office has as they were filed."""


@row_type
class ScanRow:
    """The stamped scan of a seal, and where its bytes are."""

    application_id: UUID
    file_id: UUID
    media_type: str
    sha256: str
    size: int


_CAMPAIGN_ID, _COMMITTEE_ID = (bound_id(name) for name in ("campaign_id", "committee_id"))
_SCANS = Query(
    select(Endorsement.application_id, Endorsement.file_id, File.media_type, File.sha256, File.size)
    .ext(distinct_on(Endorsement.application_id))
    .join(Application, Application.id == Endorsement.application_id)
    .join(File, File.id == Endorsement.file_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .where(VISIBLE, Application.campaign_id == _CAMPAIGN_ID)
    .where(_COMMITTEE_ID.is_(None) | (Application.committee_id == _COMMITTEE_ID))
    .where(
        or_(
            and_(OWN, Endorsement.voided_at.is_(None)),
            and_(
                acting_as(Role.OFFICE),
                Endorsement.digest == ApplicationVersion.digest,
                Endorsement.endorsed_at <= Application.filed_at,
            ),
        )
    )
    .order_by(Endorsement.application_id, Endorsement.id.desc()),
    ScanRow,
)


async def of_campaign(view: View, campaign_id: UUID, committee_id: UUID | None) -> Sequence[ScanRow]:
    """The scan in force of each visible application; for the office the one with which it was filed."""
    return await view.rows(_SCANS, campaign_id=campaign_id, committee_id=committee_id)
