"""Swaps over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Body, Form, Path, Request, Response, UploadFile
from pydantic import Field

from app.api.filing.applications import ApplicationId, Label
from app.api.http.dependencies import Chosen, Ctx, IfMatch, LateEffect, Once, Paging, Reads, Viewer, filtered_by
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import (
    Action,
    CountedPage,
    Instant,
    LetterHref,
    Out,
    ResourceId,
    VersionTag,
    actions_of,
    row_actions_of,
)
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.context import View
from app.inputs import Input, Reason
from app.models.enums import SwapStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import swaps
from app.services.filing.swaps import SwapConsent, SwapCreate, SwapRefusal, SwapRow
from app.services.policies.filing import swaps as policy
from app.services.policies.filing.letters import has_answer

router = Router(tags=["swaps"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(swaps.FILTERS)]
SwapId = Annotated[UUID, Path(description="The swap.")]
Why = Annotated[str, Field(max_length=500)]


class ScanSwapUpload(Input):
    """Another scan of the stamped form, and why."""

    file: UploadFile = Field(description="PDF of 1 to 20 pages, or a JPEG, PNG, WebP or HEIC picture; at most 25 MiB.")
    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["原扫描件模糊，公章无法辨认。"]
    )


class SwapSummary(Out):
    """A swap (调换) in a list: of a filed application for a sealed one, or of its stamped scan for another."""

    id: ResourceId
    etag: VersionTag
    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID = Field(description="The committee that asks.")
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    application_id: UUID = Field(description="The filed application that is taken out, or filed with another scan.")
    application_number: Label = Field(description="申报编号 of it.", examples=["2015-QT-001"])
    replacement_id: UUID | None = Field(
        description="The sealed application that comes in its place; null when the scan alone is exchanged.",
        examples=[None],
    )
    replacement_number: Label | None = Field(description="申报编号 of that application.", examples=["2015-QT-003"])
    replacement_name: Label | None = Field(
        description="品牌名称 of that application, as it was sealed when the swap was asked for.",
        examples=["道德讲堂进楼院"],
    )
    status: SwapStatus = Field(description="State.")
    reason: Why = Field(description="Reason of the committee.", examples=["误将未定稿的一件上报。"])
    requested_at: Instant = Field(description="Time of the request.")
    requested_by_name: Label = Field(description="By whom.", examples=["王丽"])
    answer: Why | None = Field(description="Remark or reason of the office; null before.", examples=[None])
    answered_at: Instant | None = Field(description="Time of the answer; null before.")
    filing_id: UUID | None = Field(description="The filing and its receipt that came of it; null before.")
    letter_href: LetterHref | None = Field(
        description="The answer as a letter (调换申请答复书); null while there is none, and of a request taken back.",
        examples=[None],
    )
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)

    @classmethod
    def of(cls, row: SwapRow) -> Self:
        return cls(letter_href=_letter(row), **values_of(row))


class SwapOut(SwapSummary):
    """A swap, and what may be done with it now."""

    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, swap_id: UUID) -> Self:
        record = await swaps.read(view, swap_id)
        return cls.with_actions(record, view.language, letter_href=_letter(record.row))


class SwapPage(CountedPage[SwapSummary]):
    """One page of swaps, oldest first."""


def _letter(row: SwapRow) -> str | None:
    return f"/api/v1/swaps/{row.id}/letter" if has_answer(row.status) else None


@router.get("/swaps", offers=swaps.offered)
async def list_swaps(view: Reads, filters: Filters, page: Paging) -> SwapPage:
    """List the swaps you may see, oldest first: the office all, a committee its own."""
    found = await swaps.search(view, **filters, **page.binds)
    return SwapPage.of(found, [SwapSummary.of(row) for row in found.rows])


@router.post("/swaps", status_code=201, raises=[WrongState, RulesViolated])
async def create_swap(body: SwapCreate, ctx: Once) -> SwapOut:
    """Ask that a sealed application be filed in the place of a filed one (调换), with the reason. Committee only.

    No deadline is asked for: the office decides. It is possible until the formal check has decided on the filed one.
    """
    return await SwapOut.read(ctx, await swaps.request(ctx, body))


@router.post(
    "/applications/{application_id}/scan-swaps",
    status_code=201,
    location="/swaps/{out.id}",
    raises=[WrongState, RulesViolated],
)
async def create_scan_swap(
    application_id: ApplicationId,
    form: Annotated[ScanSwapUpload, Form(media_type="multipart/form-data")],
    uploads: Uploads,
    effect: LateEffect,
) -> SwapOut:
    """Ask that another scan of the stamped form take the place of the filed one, with the reason. Committee only.

    The content stays as it was sealed. It is possible until the formal check has decided.
    """
    swap_id = await swaps.request_scan(uploads, application_id, await form.file.read(), form.reason)
    return await SwapOut.read(await effect.begun(), swap_id)


@router.get("/swaps/{swap_id}")
async def read_swap(swap_id: SwapId, view: Reads) -> SwapOut:
    """Read a swap: what is exchanged for what, the reason, and the answer."""
    return await SwapOut.read(view, swap_id)


@router.get("/swaps/{swap_id}/scan", response_class=Response, responses=bytes_of("application/pdf", "image/jpeg"))
async def read_swap_scan(swap_id: SwapId, view_of: Viewer, request: Request, known: IfNoneMatch = None) -> Response:
    """Download the scan that the swap brings; there is none where an application is exchanged."""
    async with view_of() as view:
        stored = await swaps.stored(view, swap_id)
    return await deliver(request, stored, known)


@router.post("/swaps/{swap_id}/consent", raises=[WrongState, RulesViolated])
async def consent_to_swap(
    swap_id: SwapId, body: Annotated[SwapConsent, Body(default_factory=SwapConsent)], ctx: Ctx
) -> SwapOut:
    """Agree to a swap. Office only.

    In one act the filed application is withdrawn and the other filed as it was sealed, or the same content is filed
    with the other scan. The committee gets a receipt (回执) for it; the earlier one goes on naming what was filed then.
    """
    await swaps.consent(ctx, swap_id, body)
    return await SwapOut.read(ctx, swap_id)


@router.post("/swaps/{swap_id}/refusal", raises=[WrongState])
async def decline_swap(swap_id: SwapId, body: SwapRefusal, ctx: Ctx) -> SwapOut:
    """Decline a swap, with the reason; what was filed stays filed. Office only."""
    await swaps.decline(ctx, swap_id, body)
    return await SwapOut.read(ctx, swap_id)


@router.post("/swaps/{swap_id}/withdrawal", raises=[WrongState])
async def withdraw_swap(swap_id: SwapId, version: IfMatch, ctx: Ctx) -> SwapOut:
    """Take a request back before it is answered. Committee only."""
    await swaps.withdraw(ctx, swap_id, version)
    return await SwapOut.read(ctx, swap_id)
