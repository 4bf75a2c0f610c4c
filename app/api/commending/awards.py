"""Awards over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Body, Path
from pydantic import Field

from app.api.commending.commendations import CommendationId
from app.api.http.dependencies import Chosen, Ctx, IfMatch, Once, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, VersionTag, actions_of, row_actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import AwardBasis, AwardStatus
from app.problems import RulesViolated, WrongState
from app.services.commending import award_choices, awards
from app.services.commending.award_choices import Choosing
from app.services.commending.awards import AwardEdit, AwardRevocation
from app.services.policies.commending import awards as policy
from app.services.policies.filing.award_settings import Sort
from app.services.policies.handover.nominations import OF_AWARDS

router = Router(tags=["awards"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(awards.FILTERS)]
AwardId = Annotated[UUID, Path(description="The award.")]
Label = Annotated[str, Field(max_length=200)]
ShortCode = Annotated[str, Field(max_length=40)]
Why = Annotated[str, Field(max_length=500)]
PersonTitle = Annotated[
    str | None, Field(description="职务 of a person; null where none was named.", max_length=100, examples=[None])
]
UnitName = Annotated[
    Label | None,
    Field(
        description="申报单位, the unit itself, or that of the person; null for a committee and a person of one.",
        examples=["乔屯街道龙华社区"],
    ),
]
CommitteeName = Annotated[
    Label,
    Field(
        description="推荐单位, the committee itself, or that of the unit or the person.", examples=["乔屯街道党工委"]
    ),
]
UnitNameNow = Annotated[
    str | None,
    Field(
        description="Name of the unit now, with those of its partners; null if it is still the one of then.",
        max_length=600,
        examples=[None],
    ),
]
CommitteeNameNow = Annotated[
    Label | None,
    Field(
        description="Name of the committee, or of its successor, now; null if it is still the one of then.",
        examples=[None],
    ),
]


class AwardSummary(Out):
    """An award (奖项). What only the office may know of it is null for everybody else."""

    id: ResourceId
    etag: VersionTag
    campaign_id: UUID = Field(description="The campaign.")
    commendation_id: UUID = Field(description="The commendation.")
    kind: ShortCode = Field(description="奖项: a kind of award of the campaign.", examples=["excellent_case"])
    grade: ShortCode | None = Field(description="等次; null when the kind has no grades.", examples=[None])
    status: AwardStatus = Field(description="State; while it is publicised others see `proposed` only.")
    recipient: Sort = Field(description="Of what sort the recipient is.")
    name: Label = Field(
        description="品牌名称 as it was filed, or the name of the committee, the unit or the person.",
        examples=["“红马甲”邻里互助站"],
    )
    person_title: PersonTitle
    unit_name: UnitName
    committee_name: CommitteeName
    unit_name_now: UnitNameNow
    committee_name_now: CommitteeNameNow
    category: ShortCode | None = Field(
        description="内容分类: a category code of the campaign; null of all but cases.", examples=["qingman"]
    )
    public_summary: Why = Field(description="公开简介", examples=["组织党员志愿者结对帮扶，形成常态化邻里互助机制。"])
    pictures: list[int] = Field(
        description="Numbers of the filed pictures that the public may see, in this order.",
        max_length=8,
        examples=[[1]],
    )
    certificate_number: str | None = Field(
        description="证书编号; null before it is published.", max_length=100, examples=["路北文明创建〔2015〕第7号"]
    )
    awarded_at: Instant | None = Field(description="Time of publication; null before.")
    application_id: UUID | None = Field(
        description="The application; null of all but cases, and to whom it is not theirs.", examples=[None]
    )
    verification_code: ShortCode | None = Field(
        description="验证码 of the certificate; to the office and the recipient, once it is published.", examples=[None]
    )
    actions: dict[str, Action] | None = row_actions_of(policy.OFFERED, OF_AWARDS)


class AwardOut(AwardSummary):
    """An award, with what the office keeps of it and may do with it."""

    to_committee_id: UUID | None = Field(
        description="The committee, or that of the unit or the person; null for a case. The office's alone.",
        examples=[None],
    )
    to_unit_id: UUID | None = Field(
        description="The unit, or that of the person; null for others. The office's alone.", examples=[None]
    )
    position: int | None = Field(
        description="Its place in the published list, by name unless the office moves it; null for others.",
        ge=1,
        examples=[1],
    )
    basis: AwardBasis | None = Field(description="Basis of the proposal; the office's alone.")
    reason: Why | None = Field(description="Reason of the proposal; the office's alone.", examples=["第 1 名，93.5 分"])
    created_at: Instant | None = Field(description="Time of the proposal; the office's alone.")
    updated_at: Instant | None = Field(description="Time of the last change; the office's alone.")
    revoked_at: Instant | None = Field(description="Time of the revocation; the office's alone.")
    revocation_reason: Why | None = Field(description="Reason of the revocation; the office's alone.", examples=[None])
    actions: dict[str, Action] = actions_of(policy.OFFERED, OF_AWARDS, note=" The office's alone.")

    @classmethod
    async def read(cls, view: View, award_id: UUID) -> Self:
        record = await awards.read(view, award_id)
        return cls.with_actions(record, view.language)


class AwardPage(CountedPage[AwardSummary]):
    """One page of awards."""


class ProposedAwardsOut(Out):
    """Awards that a choice added to a draft."""

    commendation_id: UUID = Field(description="The commendation.")
    added: list[UUID] = Field(
        description="The new awards. Chosen ones that already had an award of this kind keep it.",
        max_length=10_000,
    )


@router.post("/commendations/{commendation_id}/awards", raises=[WrongState, RulesViolated])
async def propose_awards(
    commendation_id: CommendationId,
    body: Annotated[Choosing, Body(discriminator="basis")],
    ctx: Once,
) -> ProposedAwardsOut:
    """Propose awards in a draft: from a closed round's ranking, by the committees' indicators, or by hand. Office only.

    Those who have an award of this kind in this commendation already keep it and count among the chosen: first the
    best two for the first grade, then the best five for the second, adds three. A tie across the last place is refused
    with the names of those who are tied: nobody decides between them but you; where the notice lets them in (`ties`),
    all of them are chosen. More than the announced `places` of a grade are refused. Only accepted applications are
    awarded. Units and persons are named by hand: a person by name, unit or committee, and 职务. Who has the name of a
    person there that has the award already is refused, unless `another_person` says that they are two.
    """
    added = await award_choices.propose(ctx, commendation_id, body)
    return ProposedAwardsOut(commendation_id=commendation_id, added=list(added))


@router.get("/awards", offers=awards.offered)
async def list_awards(view: Reads, filters: Filters, page: Paging) -> AwardPage:
    """List the awards you may see: the office all, everybody else those that are publicised or published.

    The order does not reveal ranks. Only the office sees the award that an objection holds.
    """
    found = await awards.search(view, **filters, **page.binds)
    return AwardPage.of(found, [AwardSummary.model_validate(row) for row in found.rows])


@router.get("/awards/{award_id}")
async def read_award(award_id: AwardId, view: Reads) -> AwardOut:
    """Read an award; the office also learns why it was proposed, and what may be done with it now."""
    return await AwardOut.read(view, award_id)


@router.patch(
    "/awards/{award_id}",
    raises=[WrongState, RulesViolated],
)
async def update_award(award_id: AwardId, body: AwardEdit, version: IfMatch, ctx: Ctx) -> AwardOut:
    """Change an award while its commendation is a draft: its grade, its place, its public summary and pictures.

    Office only. The name of a unit, a person or a committee, and a person's 职务, are corrected here as well; a case is
    named as it was filed. Every case needs a public summary before its commendation can be publicised.
    """
    await awards.edit(ctx, award_id, body, version)
    return await AwardOut.read(ctx, award_id)


@router.delete(
    "/awards/{award_id}",
    status_code=204,
    raises=[WrongState],
)
async def delete_award(award_id: AwardId, version: IfMatch, ctx: Ctx) -> None:
    """Take a proposed award out of a draft; its trace stays in the audit. Office only."""
    await awards.delete(ctx, award_id, version)


@router.post("/awards/{award_id}/revocation", raises=[WrongState, RulesViolated])
async def revoke_award(award_id: AwardId, body: AwardRevocation, ctx: Ctx) -> AwardOut:
    """Take a published award back, with the reason. Office only.

    It is no longer public; the office keeps it with its reason, and its certificate number is never given again. Its
    nomination is withdrawn with it. Where the municipal office has decided on that already, the revocation needs
    `despite_decision`; `actions.revoke` says so beforehand.
    """
    await awards.revoke(ctx, award_id, body)
    return await AwardOut.read(ctx, award_id)
