"""Rounds of judging (评选轮次): set up, changed, found; `stages` opens and closes them.

A round's row is the lock for who reviews what, and for what its ranking counts.
"""

import secrets
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import DateTime, Select, Text, Uuid, and_, bindparam, case, cast, delete, exists, func, or_, select

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query
from app.findings import Finding
from app.inputs import Code, Input, Moment, Name, unsent
from app.models import Assignment, Campaign, PanelMember, Review, Round, RoundEntry
from app.models.enums import CampaignStatus, RankingMethod, Role, RoundIntake, RoundStatus
from app.problems import RulesViolated
from app.services.filing import campaigns
from app.services.history import create, expect, move, remove
from app.services.pages import Listing, Page, among, exactly
from app.services.people.committees import differing
from app.services.policies import UNKNOWN_REFERENCE, permit, refuse, require_role
from app.services.policies.filing.applications import CAMPAIGN_NOT_OPEN
from app.services.policies.filing.notice import Criterion
from app.services.policies.judging import rounds as policy

LARGEST_SEED = 2**31 - 1
NOW = bindparam("now", type_=DateTime(timezone=True))
VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(
        acting_as(Role.REVIEWER),
        Round.status != RoundStatus.DRAFT,
        Round.opens_at <= NOW,
        exists().where(PanelMember.round_id == Round.id, PanelMember.reviewer_id == ACTOR_ID).correlate(Round),
    ),
)
"""The office sees all, a reviewer those whose panel they are on, once they have begun (bind `now`), nobody else any."""

_SHOWN = (Round.name, Round.status, Round.blind, Round.shows_others, Round.criteria, Round.opens_at, Round.closes_at)
_said = func.concat_ws("|", *(cast(column, Text) for column in _SHOWN))
SHOWN_VERSION = case(
    (acting_as(Role.OFFICE), Round.version),
    else_=func.hashtextextended(_said, 0).op("&")(2**29 - 1),
)
"""A judge's ETag tells of what judges are shown alone: the count of changes would tell of the office's work."""

COLUMNS = (
    Round.id,
    SHOWN_VERSION.label("version"),
    Round.campaign_id,
    Round.number,
    Round.name,
    Round.status,
    Round.blind,
    Round.shows_others,
    Round.opens_at,
    Round.closes_at,
)
"""What judges are shown of a round in a list, and beside its criteria."""

FILTERS = {
    "campaign_id": exactly(Round.campaign_id, UUID, "Only of this campaign."),
    "status": among(Round.status, RoundStatus, "Only in these states.", max_length=3),
}
_ROUNDS = Listing(select(*COLUMNS).where(VISIBLE), Round.id, filters=FILTERS)
_SEEN = select(Round).where(Round.id == bindparam("round_id")).where(VISIBLE)
_LOCKED = _SEEN.with_for_update()
_HELD = _SEEN.with_for_update(read=True)
_ROUND_ID = bindparam("round_id", type_=Uuid)
_BEGUN = Query(
    select(
        exists().where(RoundEntry.round_id == _ROUND_ID).label("listed"),
        exists().where(Review.assignment_id == Assignment.id, Assignment.round_id == _ROUND_ID).label("reviewed"),
    )
)
_CAMPAIGN = (
    select(Campaign).where(Campaign.id == bindparam("campaign_id"), campaigns.VISIBLE).with_for_update(key_share=True)
)
"""Two rounds that are set up at once are numbered one after the other."""

RoundName = Annotated[Name, Field(description="轮次名称", examples=["初评"])]
Intake = Annotated[RoundIntake, Field(description="Which accepted applications enter when the round is opened.")]
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
        description="How many of the best enter, for `best` alone; whoever is tied with the last of them enters too.",
        examples=[20],
    ),
]
Blind = Annotated[
    bool, Field(strict=True, description="Whether judges are not told who applied (盲评).", examples=[True])
]
ShowsOthers = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether judges see others' reviews of a case once they have submitted their own.",
        examples=[False],
    ),
]
Criteria = Annotated[
    list[Criterion], Field(max_length=20, description="评选标准: codes, weights, ranges and what scores stand for.")
]
ReviewsWanted = Annotated[
    int, Field(strict=True, ge=1, le=50, description="How many reviews every case should get.", examples=[5])
]
Method = Annotated[RankingMethod, Field(description="How several judges' scores become one figure.")]
TieBreaks = Annotated[
    list[Code],
    Field(max_length=20, description="Criteria that part equal scores, the first first.", examples=[["influence"]]),
]
Cut = Annotated[
    int,
    Field(strict=True, ge=1, le=10_000, description="How many will be commended; waves and reports look at it."),
]
Seed = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=LARGEST_SEED,
        description="What case numbers and resampling are drawn by.",
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
    intake: Intake = RoundIntake.ALL
    source_round_id: SourceRound | None = Field(None, examples=[None])
    intake_limit: IntakeLimit | None = Field(None, examples=[None])
    blind: Blind = True
    shows_others: ShowsOthers = False
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
    intake: Intake = Field(default_factory=unsent)
    source_round_id: SourceRound | None = Field(None, examples=[None])
    intake_limit: IntakeLimit | None = Field(None, examples=[None])
    blind: Blind = Field(default_factory=unsent)
    shows_others: ShowsOthers = Field(default_factory=unsent)
    criteria: Criteria = Field(default_factory=unsent)
    reviews_wanted: ReviewsWanted = Field(default_factory=unsent)
    method: Method = Field(default_factory=unsent)
    tie_breaks: TieBreaks = Field(default_factory=unsent)
    cut: Cut | None = Field(None, examples=[20])
    seed: Seed = Field(default_factory=unsent)
    opens_at: OpensAt = Field(default_factory=unsent)
    closes_at: ClosesAt = Field(default_factory=unsent)


async def begin(ctx: Context, body: RoundCreate) -> UUID:
    """Set up a round with the given criteria or the campaign's; it is a draft that the office alone sees."""
    require_role(ctx.actor.role, Role.OFFICE)
    campaign: Campaign | None = await ctx.find(_CAMPAIGN, campaign_id=body.campaign_id)
    if campaign is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/campaign_id")])
    setup = body.model_dump(exclude={"campaign_id"})
    setup["criteria"] = campaign.settings["criteria"] if body.criteria is None else setup["criteria"]
    setup["seed"] = secrets.randbelow(LARGEST_SEED) if body.seed is None else body.seed
    refuse(
        [
            *([] if campaign.status is CampaignStatus.PUBLISHED else [CAMPAIGN_NOT_OPEN("/campaign_id")]),
            *policy.setup_findings(setup),
            *await _source_findings(ctx, campaign.id, body.source_round_id),
        ]
    )
    last = await ctx.session.scalar(select(func.max(Round.number)).where(Round.campaign_id == campaign.id))
    round_ = Round(campaign_id=campaign.id, number=(last or 0) + 1, **setup)
    return create(ctx, round_, policy.CREATED).id


async def edit(ctx: Context, round_id: UUID, body: RoundChange, version: int | None) -> None:
    """Change what was named and differs: of a draft anything, later what nobody has relied on yet."""
    round_ = await get(ctx, round_id)
    permit(policy.EDIT, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    named = body.model_dump(exclude_unset=True)
    old = {name: getattr(round_, name) for name in policy.SETUP}
    new = old | named
    begun = await ctx.one(_BEGUN, round_id=round_id) or {}
    refuse(
        [
            *policy.setup_findings(new),
            *policy.change_findings(old, new, status=round_.status, now=ctx.now, **begun),
            *await _source_findings(ctx, round_.campaign_id, new["source_round_id"], round_id),
        ]
    )
    if changes := differing(round_, named):
        move(ctx, round_, policy.EDIT, **changes)


async def discard(ctx: Context, round_id: UUID, version: int | None) -> None:
    """Delete a draft, with its panel and the cases selected for it."""
    round_ = await get(ctx, round_id)
    permit(policy.DELETE, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    for part in (RoundEntry, PanelMember):
        await ctx.session.execute(delete(part).where(part.round_id == round_id))
    await remove(ctx, round_, policy.DELETE.event, number=round_.number, name=round_.name)


async def get(ctx: Context, round_id: UUID) -> Round:
    """The round, locked for a change; NotFound unless the actor may see it."""
    return await _found(ctx, _LOCKED, round_id)


async def hold(ctx: Context, round_id: UUID) -> Round:
    """The round, kept from changing while this goes on beside others; NotFound unless the actor may see it."""
    return await _found(ctx, _HELD, round_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    return await _ROUNDS.page(view, after=after, limit=limit, now=view.now, **filters)


async def _found(ctx: Context, statement: Select[Round], round_id: UUID) -> Round:
    return await ctx.lock(statement, round_id=round_id, now=ctx.now)


async def _source_findings(
    ctx: Context, campaign_id: UUID, source_id: UUID | None, itself: UUID | None = None
) -> list[Finding]:
    """An earlier round is another one of the same campaign."""
    if source_id is None:
        return []
    source = await ctx.session.get(Round, source_id)
    known = source is not None and source.campaign_id == campaign_id and source_id != itself
    return [] if known else [UNKNOWN_REFERENCE("/source_round_id")]
