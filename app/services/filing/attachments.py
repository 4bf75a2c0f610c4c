"""An application's supporting documents (佐证材料): taken in by kind, titled, removed — and served.

As with pictures, bytes travel between two short transactions, and the second attaches them under the lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, bindparam, cast, null, select, union_all

from app.context import Context, View
from app.database import Query, bound_id
from app.file_names import attachment_part, named
from app.imaging import Attached, check_attachment
from app.inputs import Input, Line
from app.models import Application, ApplicationVersion, Attachment, File, VersionAttachment
from app.problems import NotFound
from app.rows import row_type
from app.services.files import Blob, Intake, Kind, StoredFile, condemn
from app.services.filing import applications, campaigns, contents
from app.services.filing.applications import ApplicationRecord
from app.services.filing.visibility import OWN, VISIBLE_VERSION
from app.services.history import change, create, expect, remove
from app.services.policies import permit, refuse
from app.services.policies.filing import attachments as policy
from app.services.policies.filing.applications import EDIT
from app.services.policies.filing.attachment_settings import AttachmentKind
from app.services.policies.filing.attachments import (
    LONGEST_TITLE,
    Stored,
    attached_to,
    format_findings,
    room_findings,
)
from app.services.policies.filing.forms import Content
from app.services.policies.filing.notice import CampaignSettings

_ATTACHMENT_ID, _APPLICATION_ID = (bound_id(name) for name in ("attachment_id", "application_id"))
_NUMBER = bindparam("number", type_=Integer)
_now = (
    select(Attachment.file_id, Application.number, cast(null(), Integer).label("kept"))
    .join(Application, Application.id == Attachment.application_id)
    .where(Attachment.id == _ATTACHMENT_ID, Application.id == _APPLICATION_ID, _NUMBER.is_(None), OWN)
)
_kept = (
    select(VersionAttachment.file_id, Application.number, ApplicationVersion.number)
    .join(ApplicationVersion, ApplicationVersion.id == VersionAttachment.version_id)
    .join(Application, Application.id == ApplicationVersion.application_id)
    .where(VersionAttachment.attachment_id == _ATTACHMENT_ID, Application.id == _APPLICATION_ID, VISIBLE_VERSION)
    .where(_NUMBER.is_(None) | (ApplicationVersion.number == _NUMBER))
)
_visible = union_all(_now, _kept).subquery("visible")


@row_type
class AttachmentFile:
    """The file of a supporting document, and the number of its application."""

    id: UUID
    media_type: str
    sha256: str
    number: str


_STORED = Query(
    select(File.id, File.media_type, File.sha256, _visible.c.number)
    .join(_visible, File.id == _visible.c.file_id)
    .order_by(_visible.c.kept.desc().nulls_first())
    .limit(1),
    AttachmentFile,
)
"""The present document for its owners, else that of the latest version the reader may see."""
_ATTACHMENT = select(Attachment).where(Attachment.id == _ATTACHMENT_ID, Attachment.application_id == _APPLICATION_ID)

Title = Annotated[Line, Field(max_length=LONGEST_TITLE)]


class AttachmentTitle(Input):
    """Title of a supporting document."""

    title: Title = Field(description="标题", examples=["《唐山劳动日报》2015年6月3日报道"])


@dataclass(frozen=True, slots=True)
class AttachmentRecord:
    """A supporting document as its reader may see it, in its application."""

    attachment: Stored
    application: ApplicationRecord


def _blobs(found: Attached) -> list[Blob]:
    return [Blob(found.content, found.media_type, found.sha256, found.damaged)]


ATTACHMENT = Kind(check_attachment, _blobs, files=1)


async def add(intake: Intake, application_id: UUID, data: bytes, kind: str, title: str) -> AttachmentRecord:
    """Attach one more document of a kind: checked, written anew, stored, and only then attached."""

    async def room(ctx: Context) -> tuple[Application, CampaignSettings]:
        application = await _editable(ctx, application_id)
        record = await applications.read(ctx, application_id)
        refuse(room_findings(record.settings, record.facts.attachments, kind, len(data)))
        return application, record.settings

    arrival = await intake.receive(data, ATTACHMENT, room)
    async with intake.attaching(arrival) as ctx:
        application, settings = await room(ctx)
        refuse(format_findings(settings, kind, arrival.found.media_type))
        attachment = Attachment(
            application_id=application_id,
            kind=kind,
            title=title,
            file_id=arrival.file_ids[0],
            media_type=arrival.found.media_type,
            sha256=arrival.found.sha256,
            size=len(arrival.found.content),
            added_at=ctx.now,
        )
        create(ctx, attachment, policy.ADDED, application_id=str(application_id), kind=kind)
        await contents.content_changed(ctx, application, policy.APPLICATION_ATTACHMENT_ADDED, ["attachments"])
        return await read(ctx, application_id, attachment.id)


async def retitle(
    ctx: Context, application_id: UUID, attachment_id: UUID, body: AttachmentTitle, version: int | None
) -> AttachmentRecord:
    """Change the title."""
    application = await _editable(ctx, application_id)
    attachment = await _get(ctx, application_id, attachment_id)
    expect(attachment, version)
    if attachment.title != body.title:
        data = {"application_id": str(application_id)}
        change(ctx, attachment, policy.RETITLED, data=data, version=attachment.version + 1, title=body.title)
        await contents.content_changed(ctx, application, policy.APPLICATION_ATTACHMENT_RETITLED, ["attachments"])
    return await read(ctx, application_id, attachment_id)


async def take_out(ctx: Context, application_id: UUID, attachment_id: UUID, version: int | None) -> None:
    """Remove a document; fixed versions keep it."""
    application = await _editable(ctx, application_id)
    attachment = await _get(ctx, application_id, attachment_id)
    expect(attachment, version)
    await remove(ctx, attachment, policy.REMOVED, application_id=str(application_id))
    await condemn(ctx, [attachment.file_id])
    await contents.content_changed(ctx, application, policy.APPLICATION_ATTACHMENT_REMOVED, ["attachments"])


async def read(view: View, application_id: UUID, attachment_id: UUID) -> AttachmentRecord:
    """A document as the reader sees it in its application."""
    record = await applications.read(view, application_id)
    for each in policy.stored(record.row.attachments):
        if each.id == str(attachment_id):
            return AttachmentRecord(each, record)
    raise NotFound


async def stored(view: View, application_id: UUID, attachment_id: UUID, number: int | None) -> StoredFile:
    """Locate the bytes, of version `number` if one is given; NotFound unless the reader may see them."""
    row = await view.get(_STORED, application_id=application_id, attachment_id=attachment_id, number=number)
    name = named(row.media_type, row.number, attachment_part(attachment_id.hex[-6:]))
    return StoredFile(row.id, row.media_type, row.sha256, name)


async def defined(view: View, content: Content, settings_digest: str) -> Sequence[AttachmentKind]:
    """Return the kinds that the campaign defines; a content that has no such documents needs no statement."""
    return (await campaigns.settings_of(view, settings_digest)).attachments if attached_to(content) else ()


async def _editable(ctx: Context, application_id: UUID) -> Application:
    application = await applications.get(ctx, application_id)
    permit(EDIT, role=ctx.actor.role, status=application.status)
    return application


async def _get(ctx: Context, application_id: UUID, attachment_id: UUID) -> Attachment:
    found: Sequence[Attachment] = (
        await ctx.session.scalars(_ATTACHMENT, {"application_id": application_id, "attachment_id": attachment_id})
    ).all()
    if not found:
        raise NotFound
    return found[0]
