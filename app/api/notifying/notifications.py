"""Notifications over HTTP: everybody's own."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Request
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.models.enums import Language
from app.problems import RulesViolated
from app.rows import values_of
from app.services.notifying import notifications
from app.services.notifying.notifications import NotificationRow, ReadingsCreate
from app.services.policies.notifying import notifications as policy

router = Router("/notifications", tags=["notifications"])
Filters = Annotated[Chosen, filtered_by(notifications.FILTERS)]
Line = Annotated[str, Field(max_length=20_000)]
"""A whole text of somebody, or all the reasons that a campaign knows, may stand in one."""
Unread = Annotated[int, Field(description="Number of your unread notifications.", ge=0, examples=[1])]


class NotificationOut(Out):
    """A notification, in words that suit your rights."""

    id: ResourceId
    kind: str = Field(
        description="Stable code of the kind of notification; new ones may be added.",
        max_length=60,
        pattern=r"^[a-z_]+\.[a-z_]+$",
        examples=["application.returned"],
    )
    text: str = Field(
        description="The notice in the negotiated language.", max_length=1000, examples=["“邻里互助站”被退回修改。"]
    )
    details: list[Line] = Field(
        description="Details, line by line: reasons, or the things still owed.",
        max_length=1000,
        examples=[["原因：请补充活动开展的具体数据。"]],
    )
    subject_type: str = Field(description="Type of the subject.", max_length=40, examples=["application"])
    subject_id: UUID = Field(description="Id of the subject.")
    campaign_id: UUID | None = Field(description="Its campaign; null when it belongs to none.")
    link: str | None = Field(
        description="Address of the page for people; null if the deployment's own address is not configured.",
        max_length=300,
        examples=["https://pinpai.example.org/applications/0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"],
    )
    told_at: Instant = Field(description="Time of the notification.")
    read_at: Instant | None = Field(description="Time at which you read it; null before.", examples=[None])

    @classmethod
    def of(cls, row: NotificationRow, language: Language, link_base: str | None) -> Self:
        notice = policy.worded(row.kind, row.particulars, language)
        path = policy.path(row.subject_type, row.subject_id)
        link = link_base + path if link_base else None
        return cls(text=notice.text, details=notice.details, link=link, **values_of(row))


class NotificationPage(Page[NotificationOut]):
    """One page of your notifications, newest first."""

    unread: Unread


class ReadingsOut(Out):
    """Number of notifications left to read."""

    unread: Unread


@router.get("")
async def list_notifications(request: Request, view: Reads, filters: Filters, page: Paging) -> NotificationPage:
    """List your notifications, newest first: those of your present role and organisation."""
    link_base: str | None = request.app.state.settings.link_base
    found = await notifications.search(view, **filters, **page.binds)
    items = [NotificationOut.of(row, view.language, link_base) for row in found.rows]
    return NotificationPage.of(found, items, unread=await notifications.unread_count(view))


@router.post("/readings", raises=[RulesViolated])
async def create_readings(body: ReadingsCreate, ctx: Ctx) -> ReadingsOut:
    """Say that you have read these notifications, or all up to one; saying it again changes nothing."""
    await notifications.read_up(ctx, body)
    return ReadingsOut(unread=await notifications.unread_count(ctx))
