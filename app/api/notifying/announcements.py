"""Announcements over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Once, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import AnnouncementAudience, Role
from app.problems import RulesViolated, WrongState
from app.services.notifying import announcements
from app.services.notifying.announcements import AnnouncementCreate

router = Router("/announcements", tags=["announcements"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(announcements.FILTERS)]
ReaderFilters = Annotated[Chosen, filtered_by(announcements.READERS)]
AnnouncementId = Annotated[UUID, Path(description="The announcement.")]
Label = Annotated[str, Field(max_length=200)]


class ToldCommittee(Out):
    """A committee that was told."""

    id: ResourceId
    name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])


class AttachedDocument(Out):
    """A document that came with it; read it at `/documents/{id}`."""

    id: ResourceId
    title: Label = Field(description="标题", examples=["实施计划登记表填写说明"])


class AnnouncementOut(Out):
    """An announcement (补充通知、催报) of the office."""

    id: ResourceId
    campaign_id: UUID = Field(description="The campaign.")
    title: Label = Field(description="标题", examples=["关于补充报送实施计划的通知"])
    text: Annotated[str, Field(max_length=2000)] = Field(
        description="正文", examples=["请尚未报送实施计划的单位于4月25日前补报。"]
    )
    audience: AnnouncementAudience = Field(description="Committees that it was for.")
    to_units: bool = Field(description="True if their units were told, too.", examples=[False])
    sent_at: Instant = Field(description="Time of sending.")
    committees: list[ToldCommittee] = Field(
        description="The committees that were told; visible to the office alone.", max_length=10_000
    )
    documents: list[AttachedDocument] = Field(description="The documents that came with it.", max_length=200)

    @classmethod
    async def read(cls, view: View, announcement_id: UUID) -> Self:
        return cls.model_validate(await announcements.read(view, announcement_id))


class AnnouncementPage(Page[AnnouncementOut]):
    """One page of announcements, newest first."""


class AnnouncementReader(Out):
    """An account that an announcement went to."""

    id: ResourceId
    name: Label = Field(description="Name of the account's holder.", examples=["王丽"])
    role: Role = Field(description="Its role.", examples=["committee"])
    committee_name: Label | None = Field(description="党（工）委", examples=["乔屯街道党工委"])
    unit_name: Label | None = Field(description="单位; null for a committee's account.", examples=[None])
    told_at: Instant = Field(description="Time at which it came into the feed.")
    mailed_at: Instant | None = Field(description="Time at which it was mailed; null before, and without an address.")
    read_at: Instant | None = Field(description="Time at which it was read; null before.")


class AnnouncementReaderPage(Page[AnnouncementReader]):
    """One page of readers."""


@router.get("")
async def list_announcements(view: Reads, filters: Filters, page: Paging) -> AnnouncementPage:
    """List the announcements you may read, newest first: the office all, everybody else what was sent to them."""
    found = await announcements.search(view, **filters, **page.binds)
    return AnnouncementPage.of(found, [AnnouncementOut.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[WrongState, RulesViolated])
async def create_announcement(body: AnnouncementCreate, ctx: Once) -> AnnouncementOut:
    """Send an announcement to all or some committees of a campaign, or to those who still owe something (催报).

    `without_plan` are those whose plan is not handed in, `not_filed` those with less than their minimum on file, at
    this instant. It is in the feeds at once, and mailed whatever an account prefers. Office only.
    """
    return await AnnouncementOut.read(ctx, await announcements.send(ctx, body))


@router.get("/{announcement_id}")
async def read_announcement(announcement_id: AnnouncementId, view: Reads) -> AnnouncementOut:
    """Read an announcement."""
    return await AnnouncementOut.read(view, announcement_id)


@router.get("/{announcement_id}/readers")
async def list_announcement_readers(
    announcement_id: AnnouncementId, view: Reads, filters: ReaderFilters, page: Paging
) -> AnnouncementReaderPage:
    """List the accounts an announcement went to, with the time each read it. Office only."""
    found = await announcements.readers(view, announcement_id, **filters, **page.binds)
    return AnnouncementReaderPage.of(found, [AnnouncementReader.model_validate(row) for row in found.rows])
