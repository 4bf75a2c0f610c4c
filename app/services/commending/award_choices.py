"""Proposals for awards: from a frozen ranking, from the committees' indicators, or by hand with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import func, select

from app.context import Context, View
from app.database import Query, bound_id
from app.inputs import ApplicationIds, Code, Input, Reason, each_once
from app.models import Award, Commendation, Composite, Ranking, Round
from app.models.enums import AwardBasis
from app.problems import RulesViolated
from app.rows import row_type
from app.services.commending import awards, commendations, indicators
from app.services.commending.candidates import AwardedPerson, Candidates, Place, Places
from app.services.history import create, move
from app.services.policies import UNKNOWN_REFERENCE, permit
from app.services.policies.commending import awards as policy
from app.services.policies.commending.awards import Candidate, Choice
from app.services.policies.commending.commendations import PROPOSE_AWARDS
from app.services.policies.filing.notice import CampaignSettings

_CAMPAIGN_ID, _COMMENDATION_ID, _SOURCE_ID = (
    bound_id(name) for name in ("campaign_id", "commendation_id", "source_id")
)


@row_type
class _Last:
    position: int


_LAST = Query(
    select(func.coalesce(func.max(Award.position), 0).label("position")).where(
        Award.commendation_id == _COMMENDATION_ID
    ),
    _Last,
)


@row_type
class _Ranked:
    result: Mapping[str, Any] | None


_RANKING = Query(
    select(Ranking.result)
    .select_from(Round)
    .outerjoin(Ranking, Ranking.round_id == Round.id)
    .where(Round.id == _SOURCE_ID, Round.campaign_id == _CAMPAIGN_ID),
    _Ranked,
)
_COMPOSITE = Query(
    select(Composite.result).where(Composite.id == _SOURCE_ID, Composite.campaign_id == _CAMPAIGN_ID),
    _Ranked,
)


CommitteeIds = Annotated[
    list[UUID],
    Field(
        min_length=1,
        max_length=200,
        description="The committees, each once.",
        json_schema_extra={"uniqueItems": True},
    ),
    AfterValidator(each_once),
]


UnitIds = Annotated[
    list[UUID],
    Field(min_length=1, max_length=200, description="The units, each once.", json_schema_extra={"uniqueItems": True}),
    AfterValidator(each_once),
]


class AwardChoice(Input):
    """The kind and grade of the awards to propose."""

    kind: Code = Field(description="奖项: a kind of award of the campaign.", examples=["excellent_case"])
    grade: Code | None = Field(None, description="等次; null for a kind without grades.", examples=[None])

    @property
    def recipient(self) -> str:
        """The sort of recipient that is chosen."""
        return "application"


class RankedChoice(AwardChoice):
    """Choose from the frozen ranking of a closed round, or from a composite result."""

    round_id: UUID | None = Field(
        None,
        description="A closed round of the same campaign; null with `composite_id`.",
        examples=["0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"],
    )
    composite_id: UUID | None = Field(
        None, description="A composite result of the same campaign; null with `round_id`.", examples=[None]
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        return self.with_one_of("round_id", "composite_id")


class ByCount(RankedChoice):
    """A number of the best."""

    basis: Literal["count"] = Field(description="按名次")
    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="Number to choose, from the first rank on, with those that already have an award of this kind.",
        examples=[20],
    )


class ByScore(RankedChoice):
    """All that reach a score."""

    basis: Literal["score"] = Field(description="按分数")
    minimum_score: Annotated[float, Field(strict=True, ge=0, le=1000)] = Field(
        description="The least score.", examples=[85.0]
    )


class ByQuota(RankedChoice):
    """The best of each category."""

    basis: Literal["quota"] = Field(description="按类别名额")
    quotas: dict[Code, Annotated[int, Field(strict=True, ge=1, le=1000)]] = Field(
        description="Number for each category, by its code.",
        min_length=1,
        max_length=20,
        examples=[{"derun": 5, "qingman": 5}],
    )


class ByIndicators(AwardChoice):
    """The committees that organised best."""

    basis: Literal["indicators"] = Field(description="按组织工作指标")
    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="Number to choose, from the first rank on.", examples=[3]
    )

    @property
    def recipient(self) -> str:
        return "committee"


_NAMED_BY = {
    "application_ids": "application",
    "committee_ids": "committee",
    "unit_ids": "unit",
    "persons": "person",
}
"""The members that name recipients, each with the sort of these."""


class ByHand(AwardChoice):
    """These, for a reason."""

    basis: Literal["by_hand"] = Field(description="逐个提名")
    application_ids: ApplicationIds | None = Field(None, description="Applications; null to name others.")
    committee_ids: CommitteeIds | None = Field(None, description="Committees; null to name others.", examples=[None])
    unit_ids: UnitIds | None = Field(None, description="Units; null to name others.", examples=[None])
    persons: Annotated[list[AwardedPerson], Field(min_length=1, max_length=200)] | None = Field(
        None, description="Persons; null to name others.", examples=[None]
    )
    reason: Reason = Field(examples=["带动面广，经评审组一致推荐。"])

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        return self.with_one_of(*_NAMED_BY)

    @property
    def member(self) -> str:
        """The member that names them."""
        return next(name for name in _NAMED_BY if getattr(self, name))

    @property
    def recipient(self) -> str:
        return _NAMED_BY[self.member]


Choosing = ByCount | ByScore | ByQuota | ByIndicators | ByHand


async def propose(ctx: Context, commendation_id: UUID, body: Choosing) -> Sequence[UUID]:
    """Add an award to the draft for each one chosen that has none of this kind yet."""
    commendation = await commendations.get(ctx, commendation_id)
    permit(PROPOSE_AWARDS, role=ctx.actor.role, status=commendation.status)
    settings = await commendations.settings_of(ctx, commendation.campaign_id)
    choice, pointer = await _choose(ctx, settings, commendation.campaign_id, body)
    kind = settings.award_kind(body.kind)
    taken = await awards.taken(ctx, commendation.campaign_id, kind, body.grade)
    findings = [
        *policy.kind_findings(settings, body.kind, body.grade, body.recipient),
        *policy.place_findings(kind, body.grade, taken, choice.chosen, pointer),
        *policy.choice_findings(choice, commendation_id, pointer),
    ]
    places = policy.placed(choice, await _last_position(ctx, commendation_id))
    data = {"basis": body.basis, "kind": body.kind, "grade": body.grade, "added": len(places)} | _source_of(body)
    move(ctx, commendation, PROPOSE_AWARDS, findings=findings, data=data)
    return [
        create(ctx, _award(commendation, body, position, each), policy.PROPOSED, basis=body.basis, kind=body.kind).id
        for position, each in places
    ]


async def _choose(view: View, settings: CampaignSettings, campaign_id: UUID, body: Choosing) -> tuple[Choice, str]:
    """The choice, and a pointer to the member of the body that limits it."""
    kind, candidates = settings.award_kind(body.kind), Candidates(view, campaign_id, body.kind)
    ties_enter = policy.lets_in_ties(kind)
    match body:
        case ByHand():
            return await _by_hand(candidates, body), f"/{body.member}"
        case ByIndicators():
            scores = await indicators.read(view, campaign_id)
            ranked = {each.committee.id: Place(each.rank, each.total) for each in scores}
            best = await candidates.placed("committee", ranked)
            return policy.best(best, body.count, "/count", ties_enter=ties_enter), "/count"
    ranking = await _ranking(view, campaign_id, body)
    cases = policy.by_notice(kind, await candidates.placed("application", ranking))
    match body:
        case ByCount():
            return policy.best(cases, body.count, "/count", ties_enter=ties_enter), "/count"
        case ByScore():
            return policy.reaching(cases, body.minimum_score), "/minimum_score"
        case ByQuota():
            return policy.by_quota(settings, cases, body.quotas, ties_enter=ties_enter), "/quotas"


async def _by_hand(candidates: Candidates, body: ByHand) -> Choice:
    """Find those who are named, in the order of the body."""
    if body.persons:
        return await candidates.persons(body.persons, "/persons")
    ids = enumerate(getattr(body, body.member))
    return await candidates.named(body.recipient, {f"/{body.member}/{at}": each for at, each in ids})


async def _ranking(view: View, campaign_id: UUID, body: RankedChoice) -> Places:
    """The places of the applications in the frozen ranking of a round, or in a composite result."""
    pointer, query = ("/composite_id", _COMPOSITE) if body.composite_id else ("/round_id", _RANKING)
    row = await view.one(query, campaign_id=campaign_id, source_id=body.composite_id or body.round_id)
    if row is None:
        raise RulesViolated([UNKNOWN_REFERENCE(pointer)])
    if row.result is None:
        raise RulesViolated([policy.NOT_RANKED(pointer)])
    return {UUID(each["application_id"]): Place(each["rank"], each["score"]) for each in row.result["rows"]}


def _award(commendation: Commendation, body: Choosing, position: int, chosen: Candidate) -> Award:
    return Award(
        campaign_id=commendation.campaign_id,
        commendation_id=commendation.id,
        kind=body.kind,
        grade=body.grade,
        position=position,
        basis=AwardBasis(body.basis),
        reason=body.reason if isinstance(body, ByHand) else policy.reason_of(chosen),
        pictures=[],
        **asdict(chosen.to),
    )


def _source_of(body: Choosing) -> dict[str, object]:
    """Return the composite result for the history, where there is one: rounds have their rankings by themselves."""
    return {"composite_id": str(body.composite_id)} if isinstance(body, RankedChoice) and body.composite_id else {}


async def _last_position(view: View, commendation_id: UUID) -> int:
    return (await view.get(_LAST, commendation_id=commendation_id)).position
