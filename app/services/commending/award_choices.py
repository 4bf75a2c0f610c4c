"""Who is proposed for an award: from a frozen ranking, from the committees' indicators, or by hand with a reason."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import Text, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context, View
from app.database import Query, Row
from app.inputs import ApplicationIds, Code, Input, Reason, each_once
from app.models import Application, ApplicationVersion, Award, Campaign, Commendation, Committee, Ranking, Round
from app.models.enums import ApplicationStatus, AwardBasis, AwardStatus
from app.problems import RulesViolated
from app.services.commending import commendations, indicators
from app.services.filing import campaigns
from app.services.history import create, move
from app.services.policies import UNKNOWN_REFERENCE, permit
from app.services.policies.commending import awards as policy
from app.services.policies.commending.awards import Candidate, Choice
from app.services.policies.commending.commendations import PROPOSE_AWARDS
from app.services.policies.filing.notice import CampaignSettings

_CAMPAIGN_ID, _COMMENDATION_ID = (bindparam(name, type_=Uuid) for name in ("campaign_id", "commendation_id"))
_CAMPAIGN = Query(select(Campaign.settings_digest).where(Campaign.id == _CAMPAIGN_ID))
_LAST = Query(
    select(func.coalesce(func.max(Award.position), 0).label("position")).where(
        Award.commendation_id == _COMMENDATION_ID
    )
)
_RANKING = Query(
    select(Round.name, Ranking.result)
    .outerjoin(Ranking, Ranking.round_id == Round.id)
    .where(Round.id == bindparam("round_id", type_=Uuid), Round.campaign_id == _CAMPAIGN_ID)
)


def _awarded(recipient: Any, key: Any) -> Any:
    """Which commendation of the campaign has an award of this kind for the recipient already."""
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


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_APPLICATIONS = Query(
    select(
        Application.id,
        Application.number.label("name"),
        ApplicationVersion.content["form"]["category"].astext.label("category"),
        Application.filed_version_id.label("version_id"),
        (Application.status == ApplicationStatus.ACCEPTED).label("accepted"),
        _awarded(Award.application_id, Application.id),
    )
    .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .where(Application.campaign_id == _CAMPAIGN_ID, Application.id == _IDS.any_())
)
_COMMITTEES = Query(
    select(Committee.id, Committee.name, _awarded(Award.to_committee_id, Committee.id)).where(
        Committee.id == _IDS.any_(),
    )
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
Places = Mapping[UUID, tuple[int | None, float | None]]
"""Rank and score of each who may be chosen."""
_UNRANKED = (None, None)


class AwardChoice(Input):
    """Which award is proposed."""

    kind: Code = Field(description="奖项: a kind of award of the campaign.", examples=["excellent_case"])
    grade: Code | None = Field(None, description="等次; null for a kind without grades.", examples=[None])

    @property
    def recipient(self) -> str:
        """Of what sort those are who are chosen."""
        return "application"


class RankedChoice(AwardChoice):
    """Choose from the frozen ranking of a closed round."""

    round_id: UUID = Field(description="A closed round of the same campaign.")


class ByCount(RankedChoice):
    """The best so many."""

    basis: Literal["count"] = Field(description="按名次")
    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="How many, from the first rank on; those that have an award of this kind already are among them.",
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
        description="How many of each category, by its code.",
        min_length=1,
        max_length=20,
        examples=[{"derun": 5, "qingman": 5}],
    )


class ByIndicators(AwardChoice):
    """The committees that organised best."""

    basis: Literal["indicators"] = Field(description="按组织工作指标")
    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="How many, from the first rank on.", examples=[3]
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
        if (self.application_ids is None) == (self.committee_ids is None):
            raise ValueError("exactly one of application_ids and committee_ids is needed")
        return self

    @property
    def recipient(self) -> str:
        return "committee" if self.committee_ids else "application"


Choosing = ByCount | ByScore | ByQuota | ByIndicators | ByHand


async def propose(ctx: Context, commendation_id: UUID, body: Choosing) -> Sequence[UUID]:
    """Add an award to the draft for each who is chosen and has none of this kind yet."""
    commendation = await commendations.get(ctx, commendation_id)
    permit(PROPOSE_AWARDS, role=ctx.actor.role, status=commendation.status)
    settings = await _settings(ctx, commendation)
    choice, pointer = await _choose(ctx, settings, commendation.campaign_id, body)
    findings = [
        *policy.kind_findings(settings, body.kind, body.grade, body.recipient),
        *policy.choice_findings(choice, commendation_id, pointer),
    ]
    places = policy.placed(choice, await _last_position(ctx, commendation_id))
    told = {"basis": body.basis, "kind": body.kind, "grade": body.grade, "added": len(places)}
    move(ctx, commendation, PROPOSE_AWARDS, findings=findings, data=told)
    return [
        create(ctx, _award(commendation, body, position, each), policy.PROPOSED, basis=body.basis, kind=body.kind).id
        for position, each in places
    ]


async def _choose(view: View, settings: CampaignSettings, campaign_id: UUID, body: Choosing) -> tuple[Choice, str]:
    """Who is chosen, and which member of the body says so."""
    match body:
        case ByHand():
            return await _by_hand(view, campaign_id, body)
        case ByIndicators():
            standings = await indicators.read(view, campaign_id)
            ranked = {each.row["id"]: (each.rank, each.total) for each in standings}
            return policy.best(await _committees(view, campaign_id, body.kind, ranked), body.count, "/count"), "/count"
    ranking = await _ranking(view, campaign_id, body.round_id)
    candidates = await _applications(view, campaign_id, body.kind, ranking)
    match body:
        case ByCount():
            return policy.best(candidates, body.count, "/count"), "/count"
        case ByScore():
            return policy.reaching(candidates, body.minimum_score), "/minimum_score"
        case ByQuota():
            return policy.by_quota(settings, candidates, body.quotas), "/quotas"


async def _by_hand(view: View, campaign_id: UUID, body: ByHand) -> tuple[Choice, str]:
    """Those that are named, in this order."""
    if body.application_ids:
        ids, pointer, named = body.application_ids, "/application_ids", _applications
    else:
        ids, pointer, named = body.committee_ids or [], "/committee_ids", _committees
    found = {each.id: each for each in await named(view, campaign_id, body.kind, dict.fromkeys(ids, _UNRANKED))}
    unknown = [UNKNOWN_REFERENCE(f"{pointer}/{index}") for index, each in enumerate(ids) if each not in found]
    return Choice([found[each] for each in ids if each in found], unknown), pointer


async def _ranking(view: View, campaign_id: UUID, round_id: UUID) -> Places:
    """Where the frozen ranking of a round has each application."""
    row = await view.one(_RANKING, campaign_id=campaign_id, round_id=round_id)
    if row is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/round_id")])
    if row["result"] is None:
        raise RulesViolated([policy.NOT_RANKED("/round_id")])
    return {UUID(each["application_id"]): (each["rank"], each["score"]) for each in row["result"]["rows"]}


async def _applications(view: View, campaign_id: UUID, kind: str, places: Places) -> list[Candidate]:
    rows = await view.rows(_APPLICATIONS, campaign_id=campaign_id, kind=kind, ids=list(places))
    return _candidates(rows, places)


async def _committees(view: View, campaign_id: UUID, kind: str, places: Places) -> list[Candidate]:
    rows = await view.rows(_COMMITTEES, campaign_id=campaign_id, kind=kind, ids=list(places))
    return _candidates(rows, places)


def _candidates(rows: Sequence[Row], places: Places) -> list[Candidate]:
    return [Candidate(rank=places[row["id"]][0], score=places[row["id"]][1], **row) for row in rows]


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


async def _settings(view: View, commendation: Commendation) -> CampaignSettings:
    row = await view.one(_CAMPAIGN, campaign_id=commendation.campaign_id)
    assert row is not None, "a commendation has a campaign"
    return await campaigns.settings_of(view, row["settings_digest"])


async def _last_position(view: View, commendation_id: UUID) -> int:
    row = await view.one(_LAST, commendation_id=commendation_id)
    return row["position"] if row else 0
