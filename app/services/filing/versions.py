"""The versions of an application: fixed at submission and filing, for ever; listed, read, compared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, bindparam, func, insert, select, tuple_
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from app.context import Context, View
from app.database import Query, Row, bound_id, bound_ids
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Attachment,
    Campaign,
    Image,
    VersionAttachment,
    VersionImage,
)
from app.models.enums import VersionOccasion
from app.rows import row_type
from app.services.filing import cells
from app.services.filing.visibility import VISIBLE, VISIBLE_VERSION
from app.services.history import digest_of
from app.services.pages import Listing, Page, Rows
from app.services.policies.filing import versions as policy
from app.services.policies.filing.attachments import attached_to
from app.services.policies.filing.forms import Content

_WRITTEN = [column for column in ApplicationVersion.__table__.columns if column.computed is None]
_FIX = Query(insert(ApplicationVersion).values({each.name: bindparam(each.name, type_=each.type) for each in _WRITTEN}))
_PICTURE, _DOCUMENT = ("slot", "image_id", "file_id", "thumbnail_id"), ("place", "attachment_id", "file_id")
"""The columns that a version keeps of a picture, and of a supporting document."""
_Kept = type[VersionImage] | type[VersionAttachment]
_NEW_VERSION, _ITS_APPLICATION = (bound_id(name) for name in ("version", "application"))
_sealed, _filed = aliased(ApplicationVersion), aliased(ApplicationVersion)


def _keep(kept: _Kept, names: Sequence[str], rows: Rows) -> Query[Row]:
    """Insert what a version keeps."""
    return Query(insert(kept).from_select(["id", "version_id", *names], rows, include_defaults=False))


def _keep_sealed(kept: _Kept, names: Sequence[str]) -> Query[Row]:
    """Insert for filed versions what the sealed ones before them keep."""
    rows = (
        select(func.gen_random_uuid(), _filed.id, *(getattr(kept, name) for name in names))
        .join(_sealed, _sealed.id == kept.version_id)
        .join(_filed, and_(_filed.application_id == _sealed.application_id, _filed.number == _sealed.number + 1))
        .where(_filed.id == bound_ids("filed").any_())
    )
    return _keep(kept, names, rows)


_PICTURES = select(func.gen_random_uuid(), _NEW_VERSION, Image.slot, Image.id, Image.file_id, Image.thumbnail_id).where(
    Image.application_id == _ITS_APPLICATION
)
_DOCUMENTS = select(
    func.gen_random_uuid(),
    _NEW_VERSION,
    func.row_number().over(order_by=Attachment.id),
    Attachment.id,
    Attachment.file_id,
).where(Attachment.application_id == _ITS_APPLICATION)
_KEEP_IMAGES, _KEEP_SEALED_IMAGES = _keep(VersionImage, _PICTURE, _PICTURES), _keep_sealed(VersionImage, _PICTURE)
_KEEP_ATTACHMENTS = _keep(VersionAttachment, _DOCUMENT, _DOCUMENTS)
_KEEP_SEALED_ATTACHMENTS = _keep_sealed(VersionAttachment, _DOCUMENT)
_APPLICATION_ID = bound_id("application_id")
_NUMBER = bindparam("number", type_=Integer)
_SUMMARY = (
    select(
        ApplicationVersion.id,
        ApplicationVersion.application_id,
        ApplicationVersion.number,
        ApplicationVersion.occasion,
        ApplicationVersion.digest,
        ApplicationVersion.fixed_at,
        Account.name.label("fixed_by_name"),
    )
    .join(Application, Application.id == ApplicationVersion.application_id)
    .join(Account, Account.id == ApplicationVersion.fixed_by)
    .where(Application.id == _APPLICATION_ID, VISIBLE_VERSION)
)


@row_type
class VersionSummary:
    """A version in a list."""

    id: UUID
    application_id: UUID
    number: int
    occasion: VersionOccasion
    digest: str
    fixed_at: datetime
    fixed_by_name: str


@row_type
class Version(VersionSummary):
    """A version with its content, and its topic (子项) beside it."""

    content: Content
    topic: str | None
    settings_digest: str


_VERSIONS = Listing(_SUMMARY, ApplicationVersion.id, VersionSummary)
_SAYING = _SUMMARY.join(Campaign, Campaign.id == Application.campaign_id).add_columns(
    ApplicationVersion.content, ApplicationVersion.topic, Campaign.settings_digest
)
_VERSION = Query(_SAYING.where(ApplicationVersion.number == _NUMBER), Version)
_BEFORE = Query(
    _SAYING.where(ApplicationVersion.number < _NUMBER).order_by(ApplicationVersion.number.desc()).limit(1),
    Version,
)
_OF_NUMBER = select(ApplicationVersion).where(
    ApplicationVersion.application_id == _APPLICATION_ID, ApplicationVersion.number == _NUMBER
)
_APPLICATION = Query(select(Application.id).where(Application.id == _APPLICATION_ID, VISIBLE))
_NOTHING: Content = {"unit_name": "", "committee_name": "", "form": {}, "images": []}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences of a version from another; from nothing, where there was none before."""

    number: int
    against: int | None
    cells: Sequence[policy.CellDifference]
    own_cells: Sequence[policy.CellDifference]
    pictures: Sequence[policy.PictureDifference]
    attachments: Sequence[policy.AttachmentDifference]


async def fix(
    ctx: Context,
    application: Application,
    occasion: VersionOccasion,
    content: Content,
    partners: Sequence[Mapping[str, Any]],
) -> UUID:
    """Keep this content, its files and its partners for ever, under the application's version number."""
    version_id: UUID = uuid7()
    await ctx.rows(
        _FIX,
        id=version_id,
        application_id=application.id,
        number=application.versions,
        occasion=occasion,
        digest=digest_of(content),
        topic=application.topic,
        partners=json.dumps(partners),
        content=json.dumps(content),
        phone_numbers=application.phone_numbers,
        fixed_at=ctx.now,
        fixed_by=ctx.actor.id,
    )
    await ctx.rows(_KEEP_IMAGES, version=version_id, application=application.id)
    if attached_to(content):
        await ctx.rows(_KEEP_ATTACHMENTS, version=version_id, application=application.id)
    return version_id


async def fix_moved(ctx: Context, application: Application, content: Content) -> None:
    """Fix the content with its new committee, which seals and files it; the version before names the old one."""
    before = await ctx.session.scalar(
        _OF_NUMBER, {"application_id": application.id, "number": application.versions - 1}
    )
    assert before is not None, "what is not being edited was submitted"
    await fix(ctx, application, VersionOccasion.MOVE, content, before.partners)


async def fix_filing(ctx: Context, applications: Sequence[Application], by: UUID | None) -> list[ApplicationVersion]:
    """Fix once more, as filed, exactly what was submitted and sealed: the same content, the same files."""
    sealed = await _latest(ctx, applications)
    filed = [
        ApplicationVersion(
            application_id=application.id,
            number=application.versions + 1,
            occasion=VersionOccasion.FILING,
            digest=sealed[application.id].digest,
            topic=sealed[application.id].topic,
            partners=sealed[application.id].partners,
            content=sealed[application.id].content,
            fixed_at=ctx.now,
            fixed_by=by,
        )
        for application in applications
    ]
    ctx.session.add_all(filed)
    await ctx.rows(_KEEP_SEALED_IMAGES, filed=[version.id for version in filed])
    if attached := [version.id for version in filed if attached_to(version.content)]:
        await ctx.rows(_KEEP_SEALED_ATTACHMENTS, filed=attached)
    return filed


async def search(view: View, application_id: UUID, *, after: UUID | None, limit: int) -> Page[VersionSummary]:
    """The versions the reader may see, oldest first; NotFound unless the application is visible."""
    page = await _VERSIONS.page(view, after=after, limit=limit, application_id=application_id)
    if not page.total:
        await view.get(_APPLICATION, application_id=application_id)
    return page


async def read(view: View, application_id: UUID, number: int) -> Version:
    """One version with its content; NotFound unless visible."""
    return await view.get(_VERSION, application_id=application_id, number=number)


async def compare(view: View, application_id: UUID, number: int, against: int | None) -> Comparison:
    """Compare a version with another one, by default with the one before it."""
    later = await read(view, application_id, number)
    if against is None:
        earlier = await view.one(_BEFORE, application_id=application_id, number=number)
    else:
        earlier = await read(view, application_id, against)
    old, new = earlier.content if earlier else _NOTHING, later.content
    own = [each for content in (new, old) for each in await cells.defined(view, content, later.settings_digest)]
    return Comparison(
        number,
        earlier.number if earlier else None,
        policy.cell_differences(old, new),
        policy.own_cell_differences(own, old, new),
        policy.picture_differences(old["images"], new["images"]),
        policy.attachment_differences(attached_to(old), attached_to(new)),
    )


async def _latest(ctx: Context, applications: Sequence[Application]) -> dict[UUID, ApplicationVersion]:
    """The latest version of each: a submission or a move fixed it, and nothing changes between it and the filing."""
    numbers = [(application.id, application.versions) for application in applications]
    found = await ctx.session.scalars(
        select(ApplicationVersion).where(
            tuple_(ApplicationVersion.application_id, ApplicationVersion.number).in_(numbers)
        )
    )
    return {version.application_id: version for version in found}
