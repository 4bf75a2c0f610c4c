"""Filed cases by their names of today, as the office reads them beside figures that were frozen."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import View, acting_as
from app.database import Query, bound_id, bound_ids
from app.models import Application, ApplicationVersion, Committee, Unit
from app.models.enums import ApplicationStatus, Role
from app.rows import row_type
from app.services.filing.contents import APPLICANT
from app.services.filing.visibility import STATUS

_SELECTED = (
    select(
        Application.id.label("application_id"),
        Application.number.label("application_number"),
        ApplicationVersion.brand_name,
        ApplicationVersion.category,
        APPLICANT.label("unit_name"),
        Committee.name.label("committee_name"),
    )
    .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .where(acting_as(Role.OFFICE))
)
_IDS = bound_ids("ids")


@row_type
class NamedCase:
    """The names of a case."""

    application_id: UUID
    application_number: str
    brand_name: str | None
    category: str | None
    unit_name: str
    committee_name: str


@row_type
class FiledCase:
    """A case that a table names, and its state."""

    id: UUID
    number: str
    status: ApplicationStatus


_CASES = Query(_SELECTED.where(Application.id == _IDS.any_()), NamedCase)
_FILED = Query(
    select(Application.id, Application.number, STATUS.label("status"))
    .where(Application.campaign_id == bound_id("campaign_id"))
    .where(Application.filed_version_id.is_not(None), acting_as(Role.OFFICE))
    .where(or_(Application.id == _IDS.any_(), Application.number == bindparam("numbers", type_=ARRAY(Text)).any_())),
    FiledCase,
)


async def of(view: View, ids: Sequence[UUID]) -> dict[UUID, NamedCase]:
    """Return the names of these cases."""
    return {each.application_id: each for each in await view.rows(_CASES, ids=list(ids))}


async def filed(view: View, campaign_id: UUID, ids: Sequence[UUID], numbers: Sequence[str]) -> list[FiledCase]:
    """Return those of a campaign that were filed and have one of these ids or numbers."""
    return await view.rows(_FILED, campaign_id=campaign_id, ids=list(ids), numbers=list(numbers))
