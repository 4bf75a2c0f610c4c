"""Statistics (统计): filed applications of a campaign, counted in one statement by state, category, topic and level."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Text, case, func, literal_column, select, union_all

from app.context import View
from app.database import Query, bound_id
from app.models import Application, Tally, Veto
from app.models.enums import ApplicationStatus, Role
from app.rows import row_type
from app.services.filing import campaigns, tallies
from app.services.policies import require_role

STATUS = "status"
VETO = "veto"
DIMENSIONS = (STATUS, "category", "topic", "honour_level", "committee_kind")
_OF_STATES = tallies.ONCE_FILED
_DIMENSION = case((_OF_STATES, STATUS), else_=Tally.dimension)
_OUTWARD = {status.value: status.outward.value for status in ApplicationStatus}
_CODE = func.nullif(case((_OF_STATES, case(_OUTWARD, value=Tally.code)), else_=Tally.code), literal_column("''"))


@row_type
class CountRow:
    """The number of filed applications that have one value of a dimension; none where nothing was chosen."""

    dimension: str
    code: str | None
    count: int


_tallied = (
    select(_DIMENSION.label("dimension"), _CODE.label("code"), func.sum(Tally.count).label("count"))
    .where(Tally.subject_id == bound_id("campaign_id"), Tally.dimension != tallies.UNFILED)
    .group_by(literal_column("1"), literal_column("2"))
    .having(func.sum(Tally.count) > 0)
)
_vetoed = (
    select(literal_column(f"'{VETO}'", Text), Veto.code, func.count())
    .join(Application, Application.filed_version_id == Veto.version_id)
    .where(Veto.campaign_id == bound_id("campaign_id"), Veto.found)
    .group_by(Veto.code)
)
_COUNTS = Query(
    union_all(_tallied, _vetoed).order_by(literal_column("1"), literal_column("2")),
    CountRow,
)
"""Applications that were once filed, as they were filed; and items of the veto list that were found of them."""


async def read(view: View, campaign_id: UUID) -> Mapping[str, list[CountRow]]:
    """Count by every dimension; NotFound unless there is the campaign. Office only."""
    require_role(view.actor.role, Role.OFFICE)
    await campaigns.find(view, campaign_id)
    found: dict[str, list[CountRow]] = defaultdict(list)
    for row in await view.rows(_COUNTS, campaign_id=campaign_id):
        found[row.dimension].append(row)
    return found
