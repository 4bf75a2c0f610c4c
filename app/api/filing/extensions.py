"""Extensions over HTTP."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, LetterHref, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import DeadlineKind, ExtensionCause
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import extensions
from app.services.filing.extensions import ExtensionCreate, ExtensionRevocation, ExtensionRow
from app.services.policies.filing.letters import is_granted

router = Router("/extensions", tags=["extensions"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(extensions.FILTERS)]
ExtensionId = Annotated[UUID, Path(description="The extension.")]
Label = Annotated[str, Field(max_length=200)]
Why = Annotated[str, Field(max_length=500)]


class ExtensionOut(Out):
    """A later deadline for one committee, or for one application of it."""

    id: ResourceId
    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID = Field(description="The committee it is for, or whose application it is for.")
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    application_id: UUID | None = Field(
        description="The one application it is for; null when for the whole committee.", examples=[None]
    )
    application_number: str | None = Field(description="申报编号 of that application.", max_length=40, examples=[None])
    deadline: DeadlineKind = Field(
        description="Deadline that is extended.", validation_alias="kind", examples=["application"]
    )
    cause: ExtensionCause = Field(description="A grant, or the correction date of something the office returned.")
    published_on: date = Field(
        description="The later published day.", validation_alias="due_on", examples=["2015-09-18"]
    )
    enforced_at: Instant = Field(description="The instant that closes it, exclusive.", validation_alias="until")
    reason: Why = Field(description="Reason of the grant.", examples=["连日暴雨，多个单位材料无法按时送达。"])
    active: bool = Field(description="Neither revoked nor past, at the instant of the answer.", examples=[True])
    granted_at: Instant = Field(description="Time at which it was granted.")
    granted_by: Label | None = Field(description="By whom; visible to the office alone.", examples=["张弓"])
    revoked_at: Instant | None = Field(
        description="Time of the revocation; null while it is in force.", examples=[None]
    )
    revoked_by: Label | None = Field(description="By whom; visible to the office alone.", examples=[None])
    revocation_reason: Why | None = Field(description="Reason of the revocation.", examples=[None])
    letter_href: LetterHref | None = Field(
        description="The grant as a letter (延期通知书); null for days of a correction, whose own letter tells them.",
        examples=["/api/v1/extensions/…/letter"],
    )

    @classmethod
    def of(cls, row: ExtensionRow) -> Self:
        href = f"/api/v1/extensions/{row.id}/letter" if is_granted(row.cause) else None
        return cls(letter_href=href, **values_of(row))

    @classmethod
    async def read(cls, view: View, extension_id: UUID) -> Self:
        return cls.of(await extensions.read(view, extension_id))


class ExtensionPage(Page[ExtensionOut]):
    """One page of extensions, oldest first."""


@router.get("")
async def list_extensions(view: Reads, filters: Filters, page: Paging) -> ExtensionPage:
    """List the extensions you may see, oldest first; a revoked one stays listed.

    The office sees all, a committee its own, a unit those that its own applications profit from.
    """
    found = await extensions.search(view, **filters, **page.binds)
    return ExtensionPage.of(found, [ExtensionOut.of(row) for row in found.rows])


@router.post("", status_code=201, raises=[WrongState, RulesViolated])
async def create_extension(body: ExtensionCreate, ctx: Ctx) -> ExtensionOut:
    """Grant a committee, or one application the office can see, a later deadline. Office only.

    It must be later than the deadline that counts now, and in the future; the campaign must be published. What the
    deadline had closed is open again, also for what was already submitted.
    """
    return await ExtensionOut.read(ctx, await extensions.grant(ctx, body))


@router.get("/{extension_id}")
async def read_extension(extension_id: ExtensionId, view: Reads) -> ExtensionOut:
    """Read an extension: its holder, end, reason, and revocation."""
    return await ExtensionOut.read(view, extension_id)


@router.post("/{extension_id}/revocation", raises=[RulesViolated])
async def revoke_extension(extension_id: ExtensionId, body: ExtensionRevocation, ctx: Ctx) -> ExtensionOut:
    """Revoke an extension, with the reason. What was done while it stood stays done. Office only."""
    await extensions.revoke(ctx, extension_id, body)
    return await ExtensionOut.read(ctx, extension_id)
