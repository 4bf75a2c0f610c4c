"""The intake of a round: which cases enter it when it is opened."""

from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, and_, bindparam, cast, column, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB

from app.context import Context
from app.database import Query, bound_id
from app.findings import Finding
from app.models import Application, Ranking, Round, RoundEntry
from app.models.enums import ApplicationStatus, RoundIntake
from app.rows import row_type
from app.services.filing.visibility import VETOED
from app.services.policies import UNKNOWN_REFERENCE

SOURCE_ID = bound_id("source_round_id")
_INTAKE, _LIMIT = bindparam("intake", type_=Text), bindparam("intake_limit", type_=Integer)
_DECIDED_BY = ("campaign_id", "source_round_id", "intake", "intake_limit")
"""The settings that decide which cases enter: bound, not joined, so that the best are looked up only once."""

_CAMPAIGN_ID, _ROUND_ID = bound_id("campaign_id"), bound_id("round_id")
_ranked = func.jsonb_array_elements(Ranking.result["rows"]).table_valued(column("value", JSONB), name="ranked")
_best = func.array(  # below an OR an index is used for an array, and none for a subquery
    select(cast(_ranked.c.value["application_id"].astext, Uuid))
    .select_from(Ranking)
    .join(_ranked, true())
    .where(Ranking.round_id == SOURCE_ID, cast(_ranked.c.value["rank"].astext, Integer) <= _LIMIT)
    .scalar_subquery()
)
_selected = func.array(select(RoundEntry.application_id).where(RoundEntry.round_id == _ROUND_ID).scalar_subquery())
ENTERS = and_(
    Application.campaign_id == _CAMPAIGN_ID,
    Application.status == ApplicationStatus.ACCEPTED,
    not_(VETOED),
    or_(
        _INTAKE == RoundIntake.ALL.value,
        and_(_INTAKE == RoundIntake.BEST.value, Application.id == func.any(_best)),
        and_(_INTAKE == RoundIntake.SELECTED.value, Application.id == func.any(_selected)),
    ),
)
"""All accepted cases, or the best of the earlier round with all that are tied with the last, or the selected.

None of which an item of the veto list was found.
"""


@row_type
class EnteringCase:
    """A case that enters, and the version of it that is judged."""

    id: UUID
    filed_version_id: UUID


_ENTERING = Query(select(Application.id, Application.filed_version_id).where(ENTERS), EnteringCase)
UNCHECKED = (
    select(func.count())
    .where(
        _INTAKE == RoundIntake.ALL.value,
        Application.campaign_id == _CAMPAIGN_ID,
        Application.status == ApplicationStatus.FILED,
    )
    .scalar_subquery()
)
"""Number of the filed cases that would enter, were they accepted."""


def binds_of(settings: object) -> dict[str, object]:
    """Bind the settings of a round, however they are kept, that decide which cases enter."""
    return {name: getattr(settings, name) for name in _DECIDED_BY}


async def entering(ctx: Context, round_id: UUID, settings: object) -> dict[UUID, UUID]:
    """Read the cases that enter, each with the version of it that is judged."""
    rows = await ctx.rows(_ENTERING, round_id=round_id, **binds_of(settings))
    return {row.id: row.filed_version_id for row in rows}


async def source_findings(
    ctx: Context, campaign_id: UUID, source_id: UUID | None, itself: UUID | None = None
) -> list[Finding]:
    """Refuse an earlier round that is not another one of the same campaign."""
    if source_id is None:
        return []
    source = await ctx.session.get(Round, source_id)
    known = source is not None and source.campaign_id == campaign_id and source_id != itself
    return [] if known else [UNKNOWN_REFERENCE("/source_round_id")]
