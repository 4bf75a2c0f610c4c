"""The stages of a round: what it is ready for, how it is opened, how it is closed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, Text, Uuid, and_, bindparam, case, cast, column, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB

from app.context import Context, View, acting_as
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Input
from app.models import Account, Application, Assignment, Campaign, PanelMember, Ranking, Review, Round, RoundEntry
from app.models.enums import (
    AccountStatus,
    ApplicationStatus,
    CampaignStatus,
    RankingMethod,
    ReviewStatus,
    Role,
    RoundIntake,
    RoundStatus,
)
from app.services.history import move
from app.services.judging import entries, rankings, rounds
from app.services.judging.recusals import STANDING
from app.services.policies import actions
from app.services.policies.judging import rounds as policy
from app.services.policies.judging.rounds import RoundFacts

_FOR_OFFICE = acting_as(Role.OFFICE)
_OFFICE_ONLY = (
    Round.intake,
    Round.source_round_id,
    Round.intake_limit,
    Round.reviews_wanted,
    Round.method,
    Round.tie_breaks,
    Round.cut,
    Round.seed,
    Round.opened_at,
    Round.closed_at,
    Round.created_at,
    Round.updated_at,
)
"""What judges are not told, lest they score by it."""

_ROUND = Query(
    select(
        *rounds.COLUMNS, Round.criteria, *(case((_FOR_OFFICE, each)).label(each.key) for each in _OFFICE_ONLY)
    ).where(Round.id == bindparam("round_id", type_=Uuid), rounds.VISIBLE)
)

_ROUND_ID, _CAMPAIGN_ID, _SOURCE_ID = (
    bindparam(name, type_=Uuid) for name in ("round_id", "campaign_id", "source_round_id")
)
_INTAKE, _LIMIT = bindparam("intake", type_=Text), bindparam("intake_limit", type_=Integer)
_ENTERED_BY = ("campaign_id", "source_round_id", "intake", "intake_limit")
"""The columns of a round that say who enters it: bound, not joined, so that the best are looked up once for all."""

_ranked = func.jsonb_array_elements(Ranking.result["rows"]).table_valued(column("value", JSONB), name="ranked")
_best = (
    select(cast(_ranked.c.value["application_id"].astext, Uuid))
    .select_from(Ranking)
    .join(_ranked, true())
    .where(Ranking.round_id == _SOURCE_ID, cast(_ranked.c.value["rank"].astext, Integer) <= _LIMIT)
)
_selected = select(RoundEntry.application_id).where(RoundEntry.round_id == _ROUND_ID)
_ENTERS = and_(
    Application.campaign_id == _CAMPAIGN_ID,
    Application.status == ApplicationStatus.ACCEPTED,
    or_(
        _INTAKE == RoundIntake.ALL.value,
        and_(_INTAKE == RoundIntake.BEST.value, Application.id.in_(_best)),
        and_(_INTAKE == RoundIntake.SELECTED.value, Application.id.in_(_selected)),
    ),
)
"""All, or who was ranked so high that no more than so many stand above: the tied enter together, or were selected."""

_ENTERING = Query(select(Application.id, Application.filed_version_id).where(_ENTERS))
_submitted = (
    select(func.count())
    .select_from(Assignment)
    .join(Review, Review.assignment_id == Assignment.id)
    .where(
        Assignment.round_id == RoundEntry.round_id,
        Assignment.application_id == RoundEntry.application_id,
        Review.status == ReviewStatus.SUBMITTED,
        STANDING,
    )
    .scalar_subquery()
)
_missing = (
    select(func.count())
    .select_from(RoundEntry)
    .join(Round, and_(Round.id == RoundEntry.round_id, Round.status == RoundStatus.OPEN))
    .where(RoundEntry.round_id == _ROUND_ID, _submitted < Round.reviews_wanted)
    .scalar_subquery()
)
_panel = (
    select(func.count())
    .select_from(PanelMember)
    .join(Account, Account.id == PanelMember.reviewer_id)
    .where(
        PanelMember.round_id == _ROUND_ID,
        Account.role == Role.REVIEWER,
        Account.status == AccountStatus.ACTIVE,
    )
    .scalar_subquery()
)
_unchecked = (
    select(func.count())
    .where(
        _INTAKE == RoundIntake.ALL.value,
        Application.campaign_id == _CAMPAIGN_ID,
        Application.status == ApplicationStatus.FILED,
    )
    .scalar_subquery()
)
_FACTS = Query(
    select(
        Campaign.status.label("campaign_status"),
        or_(_SOURCE_ID.is_(None), exists().where(Ranking.round_id == _SOURCE_ID)).label("source_closed"),
        select(func.count()).select_from(Application).where(_ENTERS).scalar_subquery().label("entering"),
        select(func.count()).where(RoundEntry.round_id == _ROUND_ID).scalar_subquery().label("entries"),
        _unchecked.label("unchecked"),
        _panel.label("panel"),
        _missing.label("missing"),
    ).where(Campaign.id == _CAMPAIGN_ID, _FOR_OFFICE)
)


class RoundClosure(Input):
    """Close a round."""

    despite_missing: bool = Field(
        default=False,
        strict=True,
        description="Close it although cases have fewer reviews than wanted.",
        examples=[False],
    )


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round as the actor may see it; its counts, and what the rules judge it by, are the office's."""

    row: Row
    entries: int | None
    facts: RoundFacts | None
    actions: dict[str, list[Finding]]


async def begin_judging(ctx: Context, round_id: UUID) -> None:
    """Open the round: its cases enter, numbered in the order drawn by the seed; judges see it from `opens_at` on."""
    round_ = await rounds.get(ctx, round_id)
    record = await read(ctx, round_id)
    entering = await ctx.rows(_ENTERING, round_id=round_id, **_binds(record.row))
    move(ctx, round_, policy.OPEN, record.facts, opened_at=ctx.now, cases_numbered=len(entering))
    await entries.number(ctx, round_, {row["id"]: row["filed_version_id"] for row in entering})


async def end_judging(ctx: Context, round_id: UUID, body: RoundClosure) -> None:
    """Close the round, and freeze what the scores come to."""
    round_ = await rounds.get(ctx, round_id)
    facts = (await read(ctx, round_id)).facts
    facts = facts and replace(facts, despite_missing=body.despite_missing)
    move(ctx, round_, policy.CLOSE, facts, data={"missing": facts and facts.missing}, closed_at=ctx.now)
    await rankings.freeze(ctx, round_)


async def read(view: View, round_id: UUID) -> RoundRecord:
    """One round, as much of it as the role is told; NotFound unless visible."""
    row = await view.get(_ROUND, round_id=round_id, now=view.now)
    found = await view.one(_FACTS, round_id=round_id, **_binds(row)) if view.actor.role is Role.OFFICE else None
    if found is None:
        return RoundRecord(row, None, None, {})
    facts = _facts(row, found, view.now)
    return RoundRecord(row, found["entries"], facts, actions(policy.ACTS, view.actor.role, facts))


def _binds(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _ENTERED_BY}


def _facts(row: Row, found: Row, now: datetime) -> RoundFacts:
    return RoundFacts(
        status=RoundStatus(row["status"]),
        now=now,
        campaign_status=CampaignStatus(found["campaign_status"]),
        method=RankingMethod(row["method"]),
        reviews_wanted=row["reviews_wanted"],
        closes_at=row["closes_at"],
        intake_limit=row["intake_limit"],
        **{name: found[name] for name in ("source_closed", "entering", "unchecked", "panel", "missing")},
    )
