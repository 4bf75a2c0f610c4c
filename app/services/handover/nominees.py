"""Nominees: applications as they may be put forward (择优推荐), with an award or without one, and once more."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, and_, case, func, select

from app.context import View
from app.database import Query, bound_id, bound_ids
from app.models import Application, Award, Campaign, Commendation, Nomination
from app.models.enums import ApplicationStatus, AwardStatus, CommendationStatus
from app.rows import row_type
from app.services.filing import campaigns
from app.services.filing.visibility import VETOED
from app.services.policies.handover.nominations import REPLACED_OR_WITHDRAWN, Nominee

_award = (
    select(Award.id)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .where(Award.application_id == Application.id, Award.status == AwardStatus.AWARDED)
    .where(Commendation.status == CommendationStatus.PUBLISHED)
    .order_by((Award.id == bound_ids("award_ids").any_()).desc(), Award.awarded_at, Award.id)
    .limit(1)
    .correlate(Application)
    .scalar_subquery()
)
"""The award that is asked for if it is in force, or else the first one in force."""

_its = Nomination.application_id == Application.id
_stands = and_(*(Nomination.status != status for status in REPLACED_OR_WITHDRAWN))
_current_revision = select(Nomination.revision).where(_its, _stands).correlate(Application).scalar_subquery()
_last = select(Nomination.id).where(_its).order_by(Nomination.revision.desc()).limit(1)


@row_type
class NomineeRow:
    """An application and its nominations so far: the current revision, their number, and the last of them."""

    application_id: UUID
    campaign_id: UUID
    status: ApplicationStatus
    settings_digest: str
    award_id: UUID | None
    current_revision: int | None
    revisions: int
    replaces: UUID | None
    vetoed: str | None


@row_type
class AwardedApplication:
    """The application that an award is for; None: it is for a committee."""

    application_id: UUID | None


_NOMINEES = Query(
    select(
        Application.id.label("application_id"),
        Application.campaign_id,
        Application.status,
        Campaign.settings_digest,
        _award.label("award_id"),
        _current_revision.label("current_revision"),
        select(func.count(type_=Integer)).where(_its).correlate(Application).scalar_subquery().label("revisions"),
        _last.correlate(Application).scalar_subquery().label("replaces"),
        case((VETOED, Application.number)).label("vetoed"),
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .where(Application.id == bound_ids("application_ids").any_()),
    NomineeRow,
)
_AWARD = Query(select(Award.application_id).where(Award.id == bound_id("award_id")), AwardedApplication)


@dataclass(frozen=True, slots=True)
class NomineeRecord:
    """An application and its nominations, and what the rules need of it."""

    row: NomineeRow
    facts: Nominee


async def read(view: View, awards: Mapping[UUID, UUID | None]) -> dict[UUID, NomineeRecord]:
    """Read applications that may be put forward, each with an award that is asked for, and what the rules need."""
    asked = [award_id for award_id in awards.values() if award_id]
    rows = await view.rows(_NOMINEES, application_ids=list(awards), award_ids=asked)
    assert len(rows) == len(awards), "their nominations are visible, or they are locked"
    return {row.application_id: NomineeRecord(row, await _nominee(view, row)) for row in rows}


async def _nominee(view: View, row: NomineeRow) -> Nominee:
    settings = await campaigns.settings_of(view, row.settings_digest)
    return Nominee(
        accepted=row.status is ApplicationStatus.ACCEPTED,
        awarded=row.award_id is not None,
        nominate_accepted=settings.commendation.nominate_accepted,
        current_revision=row.current_revision,
        receiver=settings.city,
        vetoed=row.vetoed,
    )


async def of_award(view: View, award_id: UUID | None) -> UUID | None:
    """Return the application that an award is for; None where there is none."""
    row = await view.one(_AWARD, award_id=award_id)
    return row.application_id if row else None
