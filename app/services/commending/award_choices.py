"""Proposals for awards: from a frozen ranking, from the committees' indicators, or by hand with a reason."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import ColumnElement, SQLColumnExpression, Text, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context, View
from app.database import Query
from app.inputs import ApplicationIds, Code, Input, Reason, each_once
from app.models import Application, ApplicationVersion, Award, Commendation, Committee, Composite, Ranking, Round
from app.models.enums import ApplicationStatus, AwardBasis, AwardStatus
from app.problems import RulesViolated
from app.rows import row_type, values_of
from app.services.commending import awards, commendations, indicators
from app.services.filing import recommended
from app.services.filing.visibility import VETOED
from app.services.history import create, move
from app.services.policies import UNKNOWN_REFERENCE, permit
from app.services.policies.commending import awards as policy
from app.services.policies.commending.awards import Candidate, Choice
from app.services.policies.commending.commendations import PROPOSE_AWARDS
from app.services.policies.filing.notice import CampaignSettings

_CAMPAIGN_ID, _COMMENDATION_ID, _SOURCE_ID = (
    bindparam(name, type_=Uuid) for name in ("campaign_id", "commendation_id", "source_id")
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


def _awarded(recipient: SQLColumnExpression[UUID | None], key: SQLColumnExpression[UUID]) -> ColumnElement[UUID]:
    """The commendation of the campaign that has an award of this kind for the recipient already."""
    return (
        select(Award.commendation_id)
        .where(
            Award.campaign_id == _CAMPAIGN_ID,
            Award.kind == bindparam("kind", type_=Text),
            recipient == key,
            Award.status != AwardStatus.DROPPED,
            Award.status != AwardStatus.REVOKED,
        )
        .correlate(Application, Committee)
        .scalar_subquery()
        .label("awarded_in")
    )


@row_type
class _Recipient:
    id: UUID
    name: str
    awarded_in: UUID | None


@row_type
class _Case(_Recipient):
    category: str | None
    version_id: UUID
    accepted: bool
    ruled_out: bool
    recommended_rank: int | None


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_APPLICATIONS = Query(
    select(
        Application.id,
        Application.number.label("name"),
        _awarded(Award.application_id, Application.id),
        ApplicationVersion.category,
        Application.filed_version_id.label("version_id"),
        (Application.status == ApplicationStatus.ACCEPTED).label("accepted"),
        or_(Application.status == ApplicationStatus.DISQUALIFIED, VETOED).label("ruled_out"),
        recommended.RANK,
    )
    .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .where(Application.campaign_id == _CAMPAIGN_ID, Application.id == _IDS.any_()),
    _Case,
)
_COMMITTEES = Query(
    select(Committee.id, Committee.name, _awarded(Award.to_committee_id, Committee.id)).where(
        Committee.id == _IDS.any_(),
        ~Committee.direct,
    ),
    _Recipient,
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


class Place(NamedTuple):
    """A place in a ranking."""

    rank: int | None = None
    score: float | None = None


Places = Mapping[UUID, Place]
"""The place of each candidate, by the id of the application or committee."""


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


class ByHand(AwardChoice):
    """These, for a reason."""

    basis: Literal["by_hand"] = Field(description="逐个提名")
    application_ids: ApplicationIds | None = Field(None, description="Applications; null to name committees.")
    committee_ids: CommitteeIds | None = Field(
        None, description="Committees; null to name applications.", examples=[None]
    )
    reason: Reason = Field(examples=["带动面广，经评审组一致推荐。"])

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        return self.with_one_of("application_ids", "committee_ids")

    @property
    def recipient(self) -> str:
        return "committee" if self.committee_ids else "application"


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
    kind = settings.award_kind(body.kind)
    ties_enter = policy.lets_in_ties(kind)
    match body:
        case ByHand():
            return await _by_hand(view, campaign_id, body)
        case ByIndicators():
            scores = await indicators.read(view, campaign_id)
            ranked = {each.committee.id: Place(each.rank, each.total) for each in scores}
            candidates = await _committees(view, campaign_id, body.kind, ranked)
            return policy.best(candidates, body.count, "/count", ties_enter=ties_enter), "/count"
    ranking = await _ranking(view, campaign_id, body)
    candidates = policy.by_notice(kind, await _applications(view, campaign_id, body.kind, ranking))
    match body:
        case ByCount():
            return policy.best(candidates, body.count, "/count", ties_enter=ties_enter), "/count"
        case ByScore():
            return policy.reaching(candidates, body.minimum_score), "/minimum_score"
        case ByQuota():
            return policy.by_quota(settings, candidates, body.quotas, ties_enter=ties_enter), "/quotas"


async def _by_hand(view: View, campaign_id: UUID, body: ByHand) -> tuple[Choice, str]:
    """The named candidates, in the order of the body."""
    if body.application_ids:
        ids, pointer, named = body.application_ids, "/application_ids", _applications
    else:
        ids, pointer, named = body.committee_ids or [], "/committee_ids", _committees
    found = {each.id: each for each in await named(view, campaign_id, body.kind, dict.fromkeys(ids, Place()))}
    unknown = [UNKNOWN_REFERENCE(f"{pointer}/{index}") for index, each in enumerate(ids) if each not in found]
    return Choice([found[each] for each in ids if each in found], unknown), pointer


async def _ranking(view: View, campaign_id: UUID, body: RankedChoice) -> Places:
    """The places of the applications in the frozen ranking of a round, or in a composite result."""
    pointer, query = ("/composite_id", _COMPOSITE) if body.composite_id else ("/round_id", _RANKING)
    row = await view.one(query, campaign_id=campaign_id, source_id=body.composite_id or body.round_id)
    if row is None:
        raise RulesViolated([UNKNOWN_REFERENCE(pointer)])
    if row.result is None:
        raise RulesViolated([policy.NOT_RANKED(pointer)])
    return {UUID(each["application_id"]): Place(each["rank"], each["score"]) for each in row.result["rows"]}


async def _applications(view: View, campaign_id: UUID, kind: str, places: Places) -> list[Candidate]:
    rows = await view.rows(_APPLICATIONS, campaign_id=campaign_id, kind=kind, ids=list(places))
    return _candidates(rows, places)


async def _committees(view: View, campaign_id: UUID, kind: str, places: Places) -> list[Candidate]:
    rows = await view.rows(_COMMITTEES, campaign_id=campaign_id, kind=kind, ids=list(places))
    return _candidates(rows, places)


def _candidates(recipients: Sequence[_Recipient], places: Places) -> list[Candidate]:
    return [Candidate(**values_of(each) | places[each.id]._asdict()) for each in recipients]


def _award(commendation: Commendation, body: Choosing, position: int, chosen: Candidate) -> Award:
    of_application = body.recipient == "application"
    return Award(
        campaign_id=commendation.campaign_id,
        commendation_id=commendation.id,
        kind=body.kind,
        grade=body.grade,
        position=position,
        application_id=chosen.id if of_application else None,
        version_id=chosen.version_id,
        to_committee_id=None if of_application else chosen.id,
        to_committee_name=None if of_application else chosen.name,
        basis=AwardBasis(body.basis),
        reason=body.reason if isinstance(body, ByHand) else policy.reason_of(chosen),
        pictures=[],
    )


def _source_of(body: Choosing) -> dict[str, object]:
    """Return the composite result for the history, where there is one: rounds have their rankings by themselves."""
    return {"composite_id": str(body.composite_id)} if isinstance(body, RankedChoice) and body.composite_id else {}


async def _last_position(view: View, commendation_id: UUID) -> int:
    return (await view.get(_LAST, commendation_id=commendation_id)).position
