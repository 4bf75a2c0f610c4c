"""Nominations (择优推荐) over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Once, Paging, Reads, filtered_by
from app.api.http.output import (
    Action,
    CountedPage,
    Digest,
    Instant,
    Out,
    ResourceId,
    VersionTag,
    actions_of,
    row_actions_of,
)
from app.api.http.routing import Router
from app.context import View
from app.models.enums import AwardStatus, NominationStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.handover import nominations
from app.services.handover.nominations import NominationCreate, NominationEdit, NominationRevision, NominationWithdrawal
from app.services.policies.handover import nominations as policy

router = Router("/nominations", tags=["nominations"])
Filters = Annotated[Chosen, filtered_by(nominations.FILTERS)]
NominationId = Annotated[UUID, Path(description="The nomination.")]
Label = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=40)]
Why = Annotated[str, Field(max_length=2000)]


class NominationSummary(Out):
    """A nomination in a list. Only its payload has the case's leader and their telephone."""

    id: ResourceId
    etag: VersionTag
    campaign_id: UUID = Field(description="The campaign.")
    application_id: UUID = Field(description="The application.")
    award_id: UUID | None = Field(description="The award; null where it was nominated without one.", examples=[None])
    application_number: Number = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    revision: int = Field(description="Counted from 1 for each application.", ge=1, examples=[1])
    position: int | None = Field(description="推荐次序; null to the case's owners.", ge=1, examples=[1])
    status: NominationStatus = Field(description="State.")
    payload_digest: Digest = Field(description="SHA-256 of the payload's bytes; they never change.")
    replaces: UUID | None = Field(description="The revision before it; null for the first.", examples=[None])
    replaced_by: UUID | None = Field(description="The revision after it; null for the last.", examples=[None])
    prepared_at: Instant = Field(description="Time of the nomination, at which its payload was fixed.")
    delivered_at: Instant | None = Field(
        description="Time at which it reached the other side; null before, or if unknown."
    )
    answered_at: Instant | None = Field(description="Time of the latest answer; null before.")
    withdrawn_at: Instant | None = Field(description="Time of the withdrawal; null unless withdrawn.")
    result: Label | None = Field(description="评定结果 of the municipal office; null before.", examples=[None])
    actions: dict[str, Action] | None = row_actions_of(policy.OFFERED)


class NominationOut(NominationSummary):
    """A nomination (择优推荐), and what may be done with it now."""

    reason: Annotated[str, Field(max_length=500)] | None = Field(
        description="推荐理由; null to the case's owners.", examples=["做法成熟，群众认可度高，建议在全市推广。"]
    )
    award_status: AwardStatus | None = Field(description="State of its award today: it may have been revoked.")
    return_reason: Why | None = Field(description="Reason of the last return; null unless returned.", examples=[None])
    withdrawal_reason: Why | None = Field(
        description="Reason of the withdrawal; null unless withdrawn, and to the case's owners.", examples=[None]
    )
    updated_at: Instant = Field(description="Time of the last change.")
    payload_href: Annotated[str, Field(max_length=200)] | None = Field(
        description="Address of the payload; null to the case's owners, and to the municipal office once withdrawn.",
        examples=["/api/v1/nominations/…/payload"],
    )
    actions: dict[str, Action] = actions_of(policy.OFFERED)

    @classmethod
    async def read(cls, view: View, nomination_id: UUID) -> Self:
        record = await nominations.read(view, nomination_id)
        has_payload = policy.hands_over(view.actor.role, record.row.status)
        return cls(
            payload_href=f"/api/v1/nominations/{nomination_id}/payload" if has_payload else None,
            actions=Action.by_name(record.actions, view.language),
            **values_of(record.row),
        )


class NominationPage(CountedPage[NominationSummary]):
    """One page of nominations, oldest first."""


@router.get("", offers=nominations.offered)
async def list_nominations(view: Reads, filters: Filters, page: Paging) -> NominationPage:
    """List the nominations you may see, every revision of them, oldest first.

    The office sees all, the municipal office those of the campaigns it was granted; their order of recommendation is
    `position`. A unit sees those of its own cases and a committee those of its units, without the office's words.
    """
    found = await nominations.search(view, **filters, **page.binds)
    return NominationPage.of(found, [NominationSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_nomination(body: NominationCreate, ctx: Once) -> NominationOut:
    """Nominate a case to the municipal office. Office only.

    It needs an award in force of a published commendation; if the campaign's settings allow it, a case that was
    accepted will do. An application has one nomination at a time. What is handed over is fixed now and for ever: the
    filed form, the award, the seal with its scan, the pictures.
    """
    return await NominationOut.read(ctx, await nominations.prepare(ctx, body))


@router.get("/{nomination_id}")
async def read_nomination(nomination_id: NominationId, view: Reads) -> NominationOut:
    """Read a nomination: its state, the last answer, and the revision that replaced it."""
    return await NominationOut.read(view, nomination_id)


@router.patch("/{nomination_id}", raises=[WrongState])
async def update_nomination(
    nomination_id: NominationId, body: NominationEdit, version: IfMatch, ctx: Ctx
) -> NominationOut:
    """Change a nomination's place, before it is on its way. Its payload stays as it is. Office only."""
    await nominations.edit(ctx, nomination_id, body, version)
    return await NominationOut.read(ctx, nomination_id)


@router.post(
    "/{nomination_id}/revision",
    status_code=201,
    location="/nominations/{out.id}",
    raises=[WrongState, RulesViolated],
)
async def create_nomination_revision(nomination_id: NominationId, body: NominationRevision, ctx: Once) -> NominationOut:
    """Nominate a returned case again, as it is filed and awarded now. Office only.

    The answer is a new nomination with the next revision and a payload of its own; the returned one is `replaced`.
    Refused as `not_corrected` while everything to be handed over is as it was returned, unless `despite_unchanged`.
    """
    return await NominationOut.read(ctx, await nominations.revise(ctx, nomination_id, body))


@router.post("/{nomination_id}/withdrawal", raises=[WrongState])
async def withdraw_nomination(nomination_id: NominationId, body: NominationWithdrawal, ctx: Ctx) -> NominationOut:
    """Take a nomination back, before the municipal office has decided. Office only.

    What was handed over stays readable as it was; the case may be nominated anew.
    """
    await nominations.withdraw(ctx, nomination_id, body)
    return await NominationOut.read(ctx, nomination_id)
