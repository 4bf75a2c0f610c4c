"""Awards (奖项): read, worded for the public, taken out of a draft, revoked. How they are chosen has a file of its own.

Nobody but the office sees why somebody is awarded, nor anything of an award before it is publicised.
"""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import Uuid, and_, bindparam, case, func, literal, or_, select

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Code, Input, Prose, Reason, each_once, unsent
from app.models import Application, ApplicationVersion, Award, Campaign, Commendation, VersionImage
from app.models.enums import AwardStatus, CommendationStatus, Role
from app.services.commending import commendations
from app.services.commending.commendations import AWARD_VISIBLE, PUBLISHED
from app.services.filing import campaigns
from app.services.filing.visibility import OWN
from app.services.history import expect, move, remove
from app.services.pages import Listing, Page, among, exactly
from app.services.policies import actions, permit
from app.services.policies.commending import awards as policy
from app.services.policies.commending.awards import AwardFacts
from app.services.policies.commending.commendations import EDIT as EDIT_COMMENDATION

_FOR_OFFICE = acting_as(Role.OFFICE)
_FOR_RECIPIENT = or_(_FOR_OFFICE, OWN, and_(acting_as(Role.COMMITTEE), Award.to_committee_id == ACTOR_COMMITTEE))
VISIBLE = and_(commendations.VISIBLE, AWARD_VISIBLE)
"""Of an award beside its commendation."""

_said = ApplicationVersion.content
SHOWN_STATUS = case(
    (_FOR_OFFICE, Award.status), (PUBLISHED, AwardStatus.AWARDED.value), else_=AwardStatus.PROPOSED.value
)
"""Others are not told which award an objection holds."""

PUBLIC = (
    Award.id,
    Award.campaign_id,
    Award.commendation_id,
    Award.kind,
    Award.grade,
    case((Award.application_id.is_(None), "committee"), else_="application").label("recipient"),
    func.coalesce(_said["form"]["brand_name"].astext, Award.to_committee_name).label("name"),
    _said["unit_name"].astext.label("unit_name"),
    func.coalesce(_said["committee_name"].astext, Award.to_committee_name).label("committee_name"),
    _said["form"]["category"].astext.label("category"),
    Award.public_summary,
    Award.pictures,
    Award.certificate_number,
    Award.awarded_at,
)
"""What anybody may read of an award, once they may see it; a case is named as it was filed, a committee as proposed."""


def _told(condition: Any, *columns: Any) -> list[Any]:
    return [case((condition, column)).label(column.key) for column in columns]


_SELECTED = (
    select(
        *PUBLIC,
        case((_FOR_OFFICE, Award.version), (PUBLISHED, literal(2)), else_=literal(1)).label("version"),
        SHOWN_STATUS.label("status"),
        *_told(_FOR_RECIPIENT, Award.application_id, Award.verification_code),
        *_told(
            _FOR_OFFICE,
            Award.to_committee_id,
            Award.position,
            Award.basis,
            Award.reason,
            Award.created_at,
            Award.updated_at,
            Award.revoked_at,
            Award.revocation_reason,
        ),
    )
    .join(Commendation, Commendation.id == Award.commendation_id)
    .outerjoin(Application, Application.id == Award.application_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .where(VISIBLE)
)
_AWARD_ID, _CAMPAIGN_ID = (bindparam(name, type_=Uuid) for name in ("award_id", "campaign_id"))
_AWARD = Query(_SELECTED.add_columns(Commendation.status.label("commendation_status")).where(Award.id == _AWARD_ID))
FILTERS = {
    "campaign_id": exactly(Award.campaign_id, UUID, "Only of this campaign."),
    "commendation_id": exactly(Award.commendation_id, UUID, "Only of this commendation."),
    "kind": among(Award.kind, Code, "Only of these kinds.", max_length=20),
    "status": among(SHOWN_STATUS, AwardStatus, "Only in these states.", max_length=5),
}
_AWARDS = Listing(_SELECTED, Award.id, filters=FILTERS)
_LOCKED = select(Award).where(Award.id == bindparam("award_id")).with_for_update()
_SETTINGS = Query(select(Campaign.settings_digest).where(Campaign.id == _CAMPAIGN_ID))
_SLOTS = Query(select(VersionImage.slot).where(VersionImage.version_id == bindparam("version_id", type_=Uuid)))


Slots = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=8)]],
    Field(max_length=8, json_schema_extra={"uniqueItems": True}),
    AfterValidator(each_once),
]


class AwardEdit(Input):
    """Change an award of a draft: its grade, its place, what the public will read and see of it."""

    grade: Code | None = Field(None, description="等次; null for a kind without grades.", examples=["first"])
    position: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        default_factory=unsent, description="Its place in the commendation; equals stand in the order of proposal."
    )
    public_summary: Annotated[Prose, Field(max_length=500)] = Field(
        default_factory=unsent, description="公开简介", examples=["组织党员志愿者结对帮扶，形成常态化邻里互助机制。"]
    )
    pictures: Slots = Field(
        default_factory=unsent,
        description="Which pictures of what was filed the public may see, in this order.",
        examples=[[1, 3]],
    )


class AwardRevocation(Input):
    """Take a published award back."""

    reason: Reason = Field(description="Why; kept.", examples=["经查实，申报材料中的数据不真实。"])


@dataclass(frozen=True, slots=True)
class AwardRecord:
    """An award as the actor may see it, and what they may do with it now."""

    row: Row
    actions: dict[str, list[Finding]]


async def edit(ctx: Context, award_id: UUID, body: AwardEdit, version: int | None) -> None:
    """Change the members that are named, while its commendation is a draft."""
    commendation, award = await get(ctx, award_id)
    facts = AwardFacts(award.status, commendation.status)
    permit(EDIT_COMMENDATION, role=ctx.actor.role, status=commendation.status)
    expect(award, version)
    named = body.model_dump(exclude_unset=True)
    move(ctx, award, policy.EDIT, facts, findings=await _edit_findings(ctx, award, named), **named)


async def delete(ctx: Context, award_id: UUID, version: int | None) -> None:
    """Take it out of the draft as if it had never been proposed."""
    commendation, award = await get(ctx, award_id)
    permit(EDIT_COMMENDATION, role=ctx.actor.role, status=commendation.status)
    permit(policy.DELETE, role=ctx.actor.role, status=award.status)
    expect(award, version)
    await remove(ctx, award, policy.DELETE.event, kind=award.kind, recipient=_recipient(award))


async def revoke(ctx: Context, award_id: UUID, body: AwardRevocation) -> None:
    """Take a published award back: it is no longer public, its row and its history stay."""
    _, award = await get(ctx, award_id)
    told = {"reason": body.reason, "recipient": _recipient(award)}
    move(ctx, award, policy.REVOKE, data=told, revoked_at=ctx.now, revocation_reason=body.reason)


async def get(ctx: Context, award_id: UUID) -> tuple[Commendation, Award]:
    """The commendation and the award, locked in this order for a change; NotFound unless the actor may see it."""
    row = await _row(ctx, award_id)
    commendation = await commendations.get(ctx, row["commendation_id"])
    award = await ctx.lock(_LOCKED, award_id=award_id)  # or taken out while we waited
    await _row(ctx, award_id)  # or changed so that the actor sees it no longer
    return commendation, award


async def read(view: View, award_id: UUID) -> AwardRecord:
    """One award; NotFound unless visible."""
    row = await _row(view, award_id)
    facts = AwardFacts(AwardStatus(row["status"]), CommendationStatus(row["commendation_status"]))
    return AwardRecord(row, actions(policy.OFFERED, view.actor.role, facts))


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    return await _AWARDS.page(view, after=after, limit=limit, **filters)


async def _row(view: View, award_id: UUID) -> Row:
    return await view.get(_AWARD, award_id=award_id)


async def _edit_findings(ctx: Context, award: Award, named: dict[str, Any]) -> list[Finding]:
    digest = await ctx.one(_SETTINGS, campaign_id=award.campaign_id)
    assert digest is not None, "an award has a campaign"
    settings = await campaigns.settings_of(ctx, digest["settings_digest"])
    filed = {row["slot"] for row in await ctx.rows(_SLOTS, version_id=award.version_id)}
    grade = named.get("grade", award.grade)
    return [
        *policy.grade_findings(settings, award.kind, grade),
        *policy.picture_findings(named.get("pictures", ()), filed),
    ]


def _recipient(award: Award) -> str:
    return str(award.application_id or award.to_committee_id)
