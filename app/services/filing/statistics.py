"""Statistics (统计): filed applications of a campaign, counted in one statement by state, category, topic and level."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, cast, func, literal, select, union_all

from app.context import View
from app.database import Query
from app.models import Application, ApplicationVersion, Committee, Unit
from app.models.enums import Role
from app.rows import row_type
from app.services.filing import campaigns
from app.services.filing.visibility import OUTWARD_STATUS
from app.services.pages import Expression, Rows
from app.services.policies import require_role

DIMENSIONS: dict[str, Expression] = {
    "status": OUTWARD_STATUS,
    "category": ApplicationVersion.content["form", "category"].astext,
    "topic": ApplicationVersion.topic,
    "honour_level": Unit.honour_level,
    "committee_kind": Committee.kind,
}


@row_type
class CountRow:
    """The number of filed applications that have one value of a dimension; none where nothing was chosen."""

    dimension: str
    code: str | None
    count: int


def _counted(name: str, by: Expression) -> Rows:
    """Count the applications that were once filed, as they were filed."""
    code = cast(by, Text)
    return (
        select(literal(name, Text).label("dimension"), code.label("code"), func.count().label("count"))
        .select_from(Application)
        .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
        .join(Unit, Unit.id == Application.unit_id)
        .join(Committee, Committee.id == Application.committee_id)
        .where(Application.campaign_id == bindparam("campaign_id", type_=Uuid))
        .group_by(code)
    )


_COUNTS = Query(
    union_all(*(_counted(name, by) for name, by in DIMENSIONS.items())).order_by("dimension", "code"), CountRow
)


async def read(view: View, campaign_id: UUID) -> Mapping[str, list[CountRow]]:
    """Count by every dimension; NotFound unless there is the campaign. Office only."""
    require_role(view.actor.role, Role.OFFICE)
    await campaigns.find(view, campaign_id)
    found: dict[str, list[CountRow]] = defaultdict(list)
    for row in await view.rows(_COUNTS, campaign_id=campaign_id):
        found[row.dimension].append(row)
    return found
