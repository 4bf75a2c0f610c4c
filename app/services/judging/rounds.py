"""Rounds of judging (评选轮次): set up, changed, found, opened and closed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainSerializer
from sqlalchemy import and_, bindparam, case, delete, exists, func, or_, select

from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.findings import Finding
from app.inputs import Code, Input, Moment, Name, unsent
from app.models import Account, Application, Assignment, Campaign, PanelMember, Ranking, Review, Round, RoundEntry
from app.models.enums import (
    AccountStatus,
    CampaignStatus,
    RankingMethod,
    ReviewStatus,
    Role,
    RoundIntake,
    RoundKind,
    RoundStatus,
)
from app.problems import RulesViolated
from app.rows import row_type, values_of
from app.services.filing import campaigns
from app.services.history import create, differing, expect, move, remove
from app.services.judging import conflicts, entries, intake, rankings
from app.services.judging.visibility import IN_FORCE, ROUND_COLUMNS, ROUND_VISIBLE, judges_on_paper, lock_round
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, StatusOnly, actions, judge, permit, refuse, require_role
from app.services.policies.filing import beginnings
from app.services.policies.filing.criteria import Criterion, stored
from app.services.policies.judging import rounds as policy
from app.services.policies.judging.assignments import ASSIGN
from app.services.policies.judging.conflicts import UndecidedConflict
from app.services.policies.judging.proposals import PROPOSE
from app.services.policies.judging.rounds import RoundFacts, RoundSetup

LARGEST_SEED = 2**31 - 1
FILTERS = {
    "campaign_id": exactly(Round.campaign_id, UUID, "Only of this campaign."),
    "status": among(Round.status, RoundStatus, "Only in these states."),
}


@row_type
class RoundSummary:
    """A round in a list."""

    id: UUID
    version: int
    campaign_id: UUID
    number: int
    name: str
    status: RoundStatus
    kind: RoundKind
    blind: bool
    shows_others: bool
    scans_needed: bool
    opens_at: datetime
    closes_at: datetime


@row_type
class RoundRow(RoundSummary):
    """A round; its members from `intake` on are None to a judge."""

    criteria: policy.Criteria
    intake: RoundIntake | None
    source_round_id: UUID | None
    intake_limit: int | None
    reviews_wanted: int | None
    method: RankingMethod | None
    tie_breaks: list[str] | None
    cut: int | None
    seed: int | None
    opened_at: datetime | None
    closed_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None


@row_type
class RoundUse:
    """Signs that somebody relies on the settings of a round."""

    listed: bool
    reviewed: bool


_ROUNDS = Listing(select(*ROUND_COLUMNS).where(ROUND_VISIBLE), Round.id, RoundSummary, filters=FILTERS)
_ROUND_ID = bound_id("round_id")
_USE = Query(
    select(
        exists().where(RoundEntry.round_id == _ROUND_ID).label("listed"),
        exists().where(Review.assignment_id == Assignment.id, Assignment.round_id == _ROUND_ID).label("reviewed"),
    ),
    RoundUse,
)
_CAMPAIGN = (
    select(Campaign).where(Campaign.id == bindparam("campaign_id"), campaigns.VISIBLE).with_for_update(key_share=True)
)
"""The lock makes two rounds that are set up at the same time take different numbers."""

_FOR_OFFICE = acting_as(Role.OFFICE)
_OFFICE_ONLY = (
    *(Round.intake, Round.source_round_id, Round.intake_limit, Round.reviews_wanted, Round.method, Round.tie_breaks),
    *(Round.cut, Round.seed, Round.opened_at, Round.closed_at, Round.created_at, Round.updated_at),
)
"""The columns withheld from judges, so that nothing sways their scores."""

_ROUND = Query(
    select(*ROUND_COLUMNS, Round.criteria, *(case((_FOR_OFFICE, each)).label(each.key) for each in _OFFICE_ONLY)).where(
        Round.id == _ROUND_ID, ROUND_VISIBLE
    ),
    RoundRow,
)

_submitted = (
    select(func.count())
    .select_from(Assignment)
    .join(Review, Review.assignment_id == Assignment.id)
    .where(
        Assignment.round_id == RoundEntry.round_id,
        Assignment.application_id == RoundEntry.application_id,
        Review.status == ReviewStatus.SUBMITTED,
        IN_FORCE,
    )
    .scalar_subquery()
)
_sheets = (
    select(func.count())
    .select_from(Assignment)
    .join(Review, Review.assignment_id == Assignment.id)
    .where(Assignment.round_id == _ROUND_ID, Review.status == ReviewStatus.ENTERED, IN_FORCE)
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
        or_(Account.status == AccountStatus.ACTIVE, judges_on_paper(Account.id)),
    )
    .scalar_subquery()
)


@row_type
class RoundMeasures:
    """The settings and counts by which the rules judge a round; `entries` is for display only."""

    status: RoundStatus
    method: RankingMethod
    reviews_wanted: int
    closes_at: datetime
    intake_limit: int | None
    campaign_status: CampaignStatus
    source_closed: bool
    entering: int
    entries: int
    unchecked: int
    panel: int
    missing: int
    sheets: int


_MEASURES = Query(
    select(
        Round.status,
        Round.method,
        Round.reviews_wanted,
        Round.closes_at,
        Round.intake_limit,
        Campaign.status.label("campaign_status"),
        or_(intake.SOURCE_ID.is_(None), exists().where(Ranking.round_id == intake.SOURCE_ID)).label("source_closed"),
        select(func.count()).select_from(Application).where(intake.ENTERS).scalar_subquery().label("entering"),
        select(func.count()).where(RoundEntry.round_id == _ROUND_ID).scalar_subquery().label("entries"),
        intake.UNCHECKED.label("unchecked"),
        _panel.label("panel"),
        _missing.label("missing"),
        _sheets.label("sheets"),
    )
    .join(Campaign, Campaign.id == Round.campaign_id)
    .where(Round.id == _ROUND_ID, _FOR_OFFICE),
    RoundMeasures,
)


RoundName = Annotated[Name, Field(description="轮次名称", examples=["初评"])]
Kind = Annotated[
    RoundKind, Field(description="Judged by what was filed, or live (现场展示、答辩), in an order that is drawn.")
]
Intake = Annotated[
    RoundIntake, Field(description="Selection of the accepted applications that enter when the round is opened.")
]
SourceRound = Annotated[
    UUID,
    Field(description="The earlier round whose best enter, for `best` alone; it must be closed by the opening."),
]
IntakeLimit = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=10_000,
        description="Number of the best that enter, for `best` alone; those tied with the last of them enter too.",
        examples=[20],
    ),
]
Blind = Annotated[
    bool, Field(strict=True, description="True if the applicants are hidden from the judges (盲评).", examples=[True])
]
ShowsOthers = Annotated[
    bool,
    Field(
        strict=True,
        description="True if judges see others' reviews of a case once they have submitted their own.",
        examples=[False],
    ),
]
ScansNeeded = Annotated[
    bool,
    Field(
        strict=True,
        description="True if no sheet of a live round is checked without its scan (评分表扫描件).",
        examples=[False],
    ),
]
Criteria = Annotated[
    list[Criterion],
    Field(max_length=20, description="评选标准: codes, weights, ranges and meanings of scores."),
    PlainSerializer(stored),
]
ReviewsWanted = Annotated[
    int, Field(strict=True, ge=1, le=50, description="Number of reviews that every case should get.", examples=[5])
]
Method = Annotated[RankingMethod, Field(description="Method that turns several judges' scores into one figure.")]
TieBreaks = Annotated[
    list[Code],
    Field(max_length=20, description="Criteria that part equal scores, the first first.", examples=[["influence"]]),
]
Cut = Annotated[
    int,
    Field(strict=True, ge=1, le=10_000, description="Number of cases to be commended; waves and reports use it."),
]
Seed = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=LARGEST_SEED,
        description="Seed of case numbers and resampling.",
        examples=[20150914],
    ),
]
OpensAt = Annotated[
    Moment, Field(description="From this instant on judges see the round.", examples=["2015-10-08T01:00:00Z"])
]
ClosesAt = Annotated[
    Moment, Field(description="Until this instant, exclusive, judges may score.", examples=["2015-10-23T10:00:00Z"])
]


class RoundCreate(Input):
    """Set up a round of judging."""

    campaign_id: UUID = Field(description="The campaign; it must be published.")
    name: RoundName
    kind: Kind = RoundKind.WRITTEN
    intake: Intake = RoundIntake.ALL
    source_round_id: SourceRound | None = Field(None, examples=[None])
    intake_limit: IntakeLimit | None = Field(None, examples=[None])
    blind: Blind = True
    shows_others: ShowsOthers = False
    scans_needed: ScansNeeded = False
    criteria: Criteria | None = Field(None, description="评选标准; null takes the campaign's.", examples=[None])
    reviews_wanted: ReviewsWanted
    method: Method
    tie_breaks: TieBreaks = Field([])
    cut: Cut | None = Field(None, examples=[20])
    seed: Seed | None = Field(None, description="Null lets the system choose one.", examples=[20150914])
    opens_at: OpensAt
    closes_at: ClosesAt


class RoundChange(Input):
    """Change a round: what is named is set, null clears, the rest stays."""

    name: RoundName = Field(default_factory=unsent)
    kind: Kind = Field(default_factory=unsent)
    intake: Intake = Field(default_factory=unsent)
    source_round_id: SourceRound | None = Field(None, examples=[None])
    intake_limit: IntakeLimit | None = Field(None, examples=[None])
    blind: Blind = Field(default_factory=unsent)
    shows_others: ShowsOthers = Field(default_factory=unsent)
    scans_needed: ScansNeeded = Field(default_factory=unsent)
    criteria: Criteria = Field(default_factory=unsent)
    reviews_wanted: ReviewsWanted = Field(default_factory=unsent)
    method: Method = Field(default_factory=unsent)
    tie_breaks: TieBreaks = Field(default_factory=unsent)
    cut: Cut | None = Field(None, examples=[20])
    seed: Seed = Field(default_factory=unsent)
    opens_at: OpensAt = Field(default_factory=unsent)
    closes_at: ClosesAt = Field(default_factory=unsent)


class RoundClosure(Input):
    """Close a round."""

    despite_missing: bool = Field(
        default=False,
        strict=True,
        description="Close it although cases have fewer reviews than wanted; unchecked sheets do not count.",
        examples=[False],
    )


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round as the actor may see it; the number of entries and the facts are for the office only."""

    row: RoundRow
    entries: int | None
    facts: RoundFacts | None
    actions: dict[str, list[Finding]]


async def begin(ctx: Context, body: RoundCreate) -> UUID:
    """Set up a round with the given criteria or the campaign's; a draft is visible to the office only."""
    require_role(ctx.actor.role, *beginnings.ROUND.by)
    campaign: Campaign | None = await ctx.find(_CAMPAIGN, campaign_id=body.campaign_id)
    if campaign is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/campaign_id")])
    setup = body.model_dump(exclude={"campaign_id"})
    setup["criteria"] = campaign.settings["criteria"] if body.criteria is None else setup["criteria"]
    setup["seed"] = secrets.randbelow(LARGEST_SEED) if body.seed is None else body.seed
    settings = await campaigns.settings_of(ctx, campaign.settings_digest)
    facts = beginnings.BeginningFacts(campaign.status, settings, ctx.now)
    unfit = await intake.source_findings(ctx, campaign.id, body.source_round_id)
    judge(beginnings.ROUND, ctx.actor.role, facts, [*policy.setup_findings(RoundSetup(**setup)), *unfit])
    last = await ctx.session.scalar(select(func.max(Round.number)).where(Round.campaign_id == campaign.id))
    round_ = Round(campaign_id=campaign.id, number=(last or 0) + 1, **setup)
    return create(ctx, round_, beginnings.ROUND.event).id


async def edit(ctx: Context, round_id: UUID, body: RoundChange, version: int | None) -> None:
    """Change the given settings: any of a draft; of an open round those that nobody relies on yet."""
    round_ = await lock_round(ctx, round_id)
    permit(policy.EDIT, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    named = body.model_dump(exclude_unset=True)
    old = RoundSetup(**{name: getattr(round_, name) for name in policy.SETUP})
    new = replace(old, **named)
    use = await ctx.get(_USE, round_id=round_id)
    late = policy.change_findings(old, new, status=round_.status, listed=use.listed, reviewed=use.reviewed, now=ctx.now)
    refuse(
        [
            *policy.setup_findings(new),
            *late,
            *await intake.source_findings(ctx, round_.campaign_id, new.source_round_id, round_id),
        ]
    )
    if changes := differing(round_, named):
        move(ctx, round_, policy.EDIT, **changes)


async def discard(ctx: Context, round_id: UUID, version: int | None) -> None:
    """Delete a draft, with its panel and the cases selected for it."""
    round_ = await lock_round(ctx, round_id)
    permit(policy.DELETE, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    for part in (RoundEntry, PanelMember):
        await ctx.session.execute(delete(part).where(part.round_id == round_id))
    await remove(ctx, round_, policy.DELETE.event, number=round_.number, name=round_.name)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[RoundSummary]:
    return await _ROUNDS.page(view, after=after, limit=limit, now=view.now, **filters)


async def begin_judging(ctx: Context, round_id: UUID) -> None:
    """Open the round: its cases enter, numbered in the order drawn by the seed; judges see it from `opens_at` on."""
    round_ = await lock_round(ctx, round_id)
    record = await read(ctx, round_id)
    entering = await intake.entering(ctx, round_id, record.row)
    move(ctx, round_, policy.OPEN, record.facts, opened_at=ctx.now, cases_numbered=len(entering))
    await entries.number(ctx, round_, entering)


async def end_judging(ctx: Context, round_id: UUID, body: RoundClosure) -> None:
    """Close the round, and freeze its ranking; every conflict found meanwhile must have been decided."""
    round_ = await lock_round(ctx, round_id)
    facts = (await read(ctx, round_id)).facts
    facts = facts and replace(facts, despite_missing=body.despite_missing)
    move(ctx, round_, policy.CLOSE, facts, data={"missing": facts and facts.missing}, closed_at=ctx.now)
    await rankings.freeze(ctx, round_)


async def read(view: View, round_id: UUID) -> RoundRecord:
    """Return one round, without the withheld columns to a judge; NotFound unless visible."""
    row = await view.get(_ROUND, round_id=round_id, now=view.now)
    if view.actor.role is not Role.OFFICE:
        return RoundRecord(row, None, None, {})
    measures = await view.get(_MEASURES, round_id=round_id, **intake.binds_of(row))
    found = await conflicts.undecided(view, round_id) if row.status is RoundStatus.OPEN else []
    facts = _facts(measures, found, view.now)
    begun = actions((ASSIGN, PROPOSE), view.actor.role, StatusOnly(row.status))
    return RoundRecord(row, measures.entries, facts, actions(policy.ACTS, view.actor.role, facts) | begun)


def _facts(row: RoundMeasures, found: Sequence[UndecidedConflict], now: datetime) -> RoundFacts:
    measured = {name: value for name, value in values_of(row).items() if name != "entries"}
    return RoundFacts(now=now, conflicts=found, **measured)
