"""Extensions over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.http.dependencies import Ctx, Paging, Reads
from app.api.http.output import Instant, Out, Page, ResourceId, created
from app.api.http.problems import problems
from app.models.enums import DeadlineKind, ExtensionCause
from app.problems import Forbidden, NotFound, RulesViolated, WrongState
from app.services.filing import extensions
from app.services.filing.extensions import ExtensionCreate, ExtensionRevocation

router = APIRouter(prefix="/extensions", tags=["extensions"])
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
        description="Which deadline is later.", validation_alias="kind", examples=["application"]
    )
    cause: ExtensionCause = Field(description="A grant, or the correction date of something the office returned.")
    published_on: date = Field(
        description="The later published day.", validation_alias="due_on", examples=["2015-09-18"]
    )
    enforced_at: Instant = Field(description="The instant that closes it, exclusive.", validation_alias="until")
    reason: Why = Field(description="Why it was granted.", examples=["连日暴雨，多个单位材料无法按时送达。"])
    active: bool = Field(description="Neither revoked nor past, at the instant of the answer.", examples=[True])
    granted_at: Instant = Field(description="When it was granted.")
    granted_by: Label | None = Field(description="By whom; told to the office alone.", examples=["张弓"])
    revoked_at: Instant | None = Field(description="When it was revoked; null while it stands.", examples=[None])
    revoked_by: Label | None = Field(description="By whom; told to the office alone.", examples=[None])
    revocation_reason: Why | None = Field(description="Why it was revoked.", examples=[None])


class ExtensionPage(Page[ExtensionOut]):
    """One page of extensions, oldest first."""


@router.get("")
async def list_extensions(  # noqa: PLR0917  # one parameter per typed filter
    view: Reads,
    page: Paging,
    campaign_id: Annotated[UUID | None, Query(description="Only of this campaign.")] = None,
    committee_id: Annotated[UUID | None, Query(description="Only of this committee.")] = None,
    application_id: Annotated[UUID | None, Query(description="Only for this application.")] = None,
    active: Annotated[bool | None, Query(description="Only those in force, or only the others.")] = None,
) -> ExtensionPage:
    """List the extensions you may see, oldest first; a revoked one stays listed.

    The office sees all, a committee its own, a unit those that its own applications profit from.
    """
    ids: dict[str, Any] = {"campaign_id": campaign_id, "committee_id": committee_id, "application_id": application_id}
    found = await extensions.search(view, active=active, **ids, **page.binds)
    return ExtensionPage.of(found, [ExtensionOut.model_validate(row) for row in found.rows])


@router.post("", status_code=201, responses=problems(Forbidden, WrongState, RulesViolated))
async def create_extension(body: ExtensionCreate, ctx: Ctx, response: Response) -> ExtensionOut:
    """Grant a committee, or one application the office can see, a later deadline. Office only.

    It must be later than the deadline that counts now, and in the future; the campaign must be published. What the
    deadline had closed is open again, also for what was already submitted.
    """
    extension_id = await extensions.grant(ctx, body)
    created(response, f"/api/v1/extensions/{extension_id}")
    return ExtensionOut.model_validate(await extensions.read(ctx, extension_id))


@router.get("/{extension_id}", responses=problems(NotFound))
async def read_extension(extension_id: ExtensionId, view: Reads) -> ExtensionOut:
    """Read an extension: for whom, until when, why, and whether it still stands."""
    return ExtensionOut.model_validate(await extensions.read(view, extension_id))


@router.post("/{extension_id}/revocation", responses=problems(Forbidden, NotFound, RulesViolated))
async def revoke_extension(extension_id: ExtensionId, body: ExtensionRevocation, ctx: Ctx) -> ExtensionOut:
    """Revoke an extension, with the reason. What was done while it stood stays done. Office only."""
    await extensions.revoke(ctx, extension_id, body)
    return ExtensionOut.model_validate(await extensions.read(ctx, extension_id))
