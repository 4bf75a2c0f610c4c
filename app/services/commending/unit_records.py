"""The record of a unit: its cases in every campaign with their awards, and those to itself and to its people.

Each as far as its reader may see it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.context import View, acting_as
from app.database import bound_id
from app.models import Application, ApplicationVersion, Award, Campaign, Commendation, Partner, Unit
from app.models.enums import ApplicationStatus, AwardStatus, Role
from app.rows import row_type
from app.services.commending import commendations, recipients
from app.services.commending.awards import KIND_NAME, VISIBLE_STATUS
from app.services.filing import contents, visibility
from app.services.pages import Listing, Page, named

_FOR_OFFICE = acting_as(Role.OFFICE)
_CONTENT = ApplicationVersion.content


_each = func.jsonb_build_object(
    *named("id", Award.id),
    *named("kind", Award.kind),
    *named("kind_name", KIND_NAME),
    *named("grade", Award.grade),
    *named("status", VISIBLE_STATUS),
    *named("certificate_number", Award.certificate_number),
    *named("awarded_at", Award.awarded_at),
    *named("commendation_id", Commendation.id),
    *named("commendation_title", Commendation.title),
    *named("document_number", Commendation.document_number),
)
_awards = (
    select(func.coalesce(func.jsonb_agg(_each), literal_column("'[]'::jsonb", JSONB)))
    .select_from(Award)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .where(Award.application_id == Application.id, commendations.VISIBLE, commendations.AWARD_VISIBLE)
    .correlate(Application, Campaign)
    .scalar_subquery()
)

_UNIT_ID = bound_id("unit_id")
_version = aliased(ApplicationVersion)
_as_partner = select(Partner.application_id).where(Partner.unit_id == _UNIT_ID).scalar_subquery()
_filed_as_partner = (
    select(_version.id)
    .where(_version.partners.contains(func.jsonb_build_array(func.jsonb_build_object(*named("unit_id", _UNIT_ID)))))
    .where(_version.partners != literal_column("'[]'::jsonb", JSONB))
    .scalar_subquery()
)
_APPLIED = or_(
    Application.unit_id == _UNIT_ID,
    and_(~_FOR_OFFICE, Application.id == func.any(func.array(_as_partner))),
    and_(_FOR_OFFICE, Application.filed_version_id == func.any(func.array(_filed_as_partner))),
)
"""The unit's own cases, and those it is a partner of: for the office as they were filed."""


@row_type
class RecordedCase:
    """A case of a unit, or one it is a partner of, with its campaign and awards; the office reads it as filed."""

    id: UUID
    number: str
    campaign_id: UUID
    campaign_name: str
    year: int
    status: ApplicationStatus
    brand_name: str | None
    category: str | None
    filed_at: datetime | None
    unit_name: str
    partners: list[Mapping[str, object]]
    awards: list[Mapping[str, object]]


@row_type
class RecordedAward:
    """An award to a unit itself, or to one of its people, with its campaign."""

    id: UUID
    kind: str
    kind_name: str
    grade: str | None
    status: AwardStatus
    certificate_number: str | None
    awarded_at: datetime | None
    commendation_id: UUID
    commendation_title: str
    document_number: str | None
    campaign_id: UUID
    campaign_name: str
    year: int
    recipient: str
    name: str
    person_title: str | None


_CASES = Listing(
    select(
        Application.id,
        Application.number,
        Application.campaign_id,
        Campaign.name.label("campaign_name"),
        Campaign.year,
        visibility.STATUS.label("status"),
        *(
            case(
                (_FOR_OFFICE, ApplicationVersion.content["form", name].astext), else_=getattr(Application, name)
            ).label(name)
            for name in ("brand_name", "category")
        ),
        Application.filed_at,
        Unit.name.label("unit_name"),
        contents.PARTNERS,
        _awards.label("awards"),
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .outerjoin(ApplicationVersion, and_(_FOR_OFFICE, ApplicationVersion.id == Application.filed_version_id))
    .join(Unit, Unit.id == Application.unit_id)
    .where(_APPLIED, visibility.VISIBLE),
    Application.id,
    RecordedCase,
    newest_first=True,
)


_AWARDS = Listing(
    select(
        Award.id,
        Award.kind,
        KIND_NAME.label("kind_name"),
        Award.grade,
        VISIBLE_STATUS.label("status"),
        Award.certificate_number,
        Award.awarded_at,
        Commendation.id.label("commendation_id"),
        Commendation.title.label("commendation_title"),
        Commendation.document_number,
        Campaign.id.label("campaign_id"),
        Campaign.name.label("campaign_name"),
        Campaign.year,
        recipients.SORT,
        recipients.NAME,
        Award.person_title,
    )
    .join(Commendation, Commendation.id == Award.commendation_id)
    .join(Campaign, Campaign.id == Award.campaign_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .where(Award.to_unit_id == _UNIT_ID, commendations.VISIBLE, commendations.AWARD_VISIBLE),
    Award.id,
    RecordedAward,
    newest_first=True,
)


async def search(view: View, unit_id: UUID, *, after: UUID | None, limit: int) -> Page[RecordedCase]:
    """Return a unit's cases over the years, the newest first; the caller has checked that the actor sees the unit."""
    return await _CASES.page(view, after=after, limit=limit, unit_id=unit_id)


async def awards(view: View, unit_id: UUID, *, after: UUID | None, limit: int) -> Page[RecordedAward]:
    """Return the awards to a unit and to its people, the newest first; the caller has checked likewise."""
    return await _AWARDS.page(view, after=after, limit=limit, unit_id=unit_id)
