"""The stamped scan of a seal in force, compared with others, as parts of statements about an application."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, acting_as
from app.models import Application, Endorsement, File
from app.models.enums import Role
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
