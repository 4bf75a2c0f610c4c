"""An application's pictures (附相关图片): taken in, captioned, ordered, replaced, removed — and served.

Bytes travel between two short transactions; only the second one attaches them, under the application's lock.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field
from sqlalchemy import Boolean, Integer, bindparam, case, cast, null, select, text, union_all

from app.context import Context, View
from app.database import Query, bound_id
from app.file_names import named, picture_part
from app.findings import Finding
from app.imaging import Picture, clean
from app.inputs import Code, Input, Line, unsent
from app.models import Application, ApplicationVersion, File, Image, VersionImage
from app.problems import NotFound, RulesViolated
from app.rows import row_type
from app.services import files
from app.services.files import Arrival, Blob, Intake, Kind, StoredFile
from app.services.filing import applications, campaigns, contents
from app.services.filing.applications import ApplicationRecord
from app.services.filing.contents import ImageRow
from app.services.filing.visibility import OWN, VISIBLE_VERSION
from app.services.history import change, create, differing, expect, remove
from app.services.policies import Event, permit, refuse
from app.services.policies.filing import images as policy
from app.services.policies.filing.applications import EDIT
from app.services.policies.filing.forms import LONGEST_CAPTION, Content
from app.services.policies.filing.images import (
    batch_findings,
    free_slot,
    known_role_findings,
    order_findings,
    repeated_findings,
    size_findings,
    slot_findings,
)
from app.services.policies.filing.limit_settings import ImageLimits, ImageRole

JPEG = "image/jpeg"

_IMAGE_ID, _APPLICATION_ID = (bound_id(name) for name in ("image_id", "application_id"))
_NUMBER = bindparam("number", type_=Integer)
_now = (
    select(Image.file_id, Image.thumbnail_id, Image.slot, Application.number, cast(null(), Integer).label("kept"))
    .join(Application, Application.id == Image.application_id)
    .where(Image.id == _IMAGE_ID, Application.id == _APPLICATION_ID, _NUMBER.is_(None), OWN)
)
_kept = (
    select(
        VersionImage.file_id,
        VersionImage.thumbnail_id,
        VersionImage.slot,
        Application.number,
        ApplicationVersion.number,
    )
    .join(ApplicationVersion, ApplicationVersion.id == VersionImage.version_id)
    .join(Application, Application.id == ApplicationVersion.application_id)
    .where(VersionImage.image_id == _IMAGE_ID, Application.id == _APPLICATION_ID, VISIBLE_VERSION)
    .where(_NUMBER.is_(None) | (ApplicationVersion.number == _NUMBER))
)
_visible = union_all(_now, _kept).subquery("visible")


@row_type
class ImageFile:
    """The file with a picture's bytes, and what its name is made of."""

    id: UUID
    media_type: str
    sha256: str
    slot: int
    number: str


_STORED = Query(
    select(File.id, File.media_type, File.sha256, _visible.c.slot, _visible.c.number)
    .join(
        _visible,
        File.id == case((bindparam("thumbnail", type_=Boolean), _visible.c.thumbnail_id), else_=_visible.c.file_id),
    )
    .order_by(_visible.c.kept.desc().nulls_first())
    .limit(1),
    ImageFile,
)
"""The present picture for its owners, else that of the latest version the reader may see."""

_IMAGES = select(Image).where(Image.application_id == bindparam("application_id")).order_by(Image.slot)
_SLOTS_LATER = text("SET CONSTRAINTS images_application_id_slot_key DEFERRED")

Caption = Annotated[Line, Field(max_length=LONGEST_CAPTION)]


class ImageCaption(Input):
    """Caption of a picture, and its role where it is sent."""

    caption: Caption | None = Field(description="图片说明; null for none.", examples=["志愿者为独居老人义诊"])
    role: Code | None = Field(
        default_factory=unsent,
        description="Its role: a code of `settings.images.roles`; null for none.",
        examples=["cover"],
    )


class ImageOrder(Input):
    """All pictures of an application, in the order they shall have."""

    image_ids: list[UUID] = Field(description="Every picture once.", max_length=8)


def _blobs(picture: Picture) -> list[Blob]:
    thumbnail = hashlib.sha256(picture.thumbnail).hexdigest()
    return [Blob(picture.content, JPEG, picture.sha256, picture.damaged), Blob(picture.thumbnail, JPEG, thumbnail)]


PICTURE = Kind(clean, _blobs, files=2)


class Readable(Protocol):
    """A file that was sent, not yet in memory."""

    size: int | None

    async def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Room:
    """The application that pictures come to, its slots that are taken, and what is in the way of these pictures."""

    application: Application
    limits: ImageLimits
    taken: set[int]
    obstacles: list[Finding]


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """A picture as its reader may see it, in its application."""

    image: ImageRow
    application: ApplicationRecord


async def add(
    intake: Intake, application_id: UUID, data: bytes, caption: str | None, role: str | None = None
) -> ImageRecord:
    """Take in one more picture: checked, made clean, stored, and only then attached."""

    async def room(ctx: Context) -> tuple[Application, int, ImageLimits]:
        application = await _editable(ctx, application_id)
        record = await applications.read(ctx, application_id)
        taken = {image.slot for image in record.images}
        refuse([*slot_findings(record.settings, taken), *known_role_findings(record.settings.images, role)])
        return application, free_slot(taken), record.settings.images

    arrival = await intake.receive(data, PICTURE, room)
    async with intake.attaching(arrival) as ctx:
        application, slot, limits = await room(ctx)
        refuse(size_findings(limits, pixels_of(arrival.found), len(data)))
        said = {"caption": caption or "", "role": role}
        image = Image(application_id=application.id, slot=slot, added_at=ctx.now, **said, **_columns(arrival))
        create(ctx, image, policy.ADDED, application_id=str(application.id))
        await contents.content_changed(ctx, application, policy.APPLICATION_IMAGE_ADDED, ["images"])
        return await read(ctx, application_id, image.id)


async def add_batch(
    intake: Intake,
    application_id: UUID,
    batch: Sequence[Readable],
    captions: Sequence[str | None],
    roles: Sequence[str | None] = (),
) -> None:
    """Take in several pictures, in the next free slots: all, or none with the findings about every one of them."""

    async def room(ctx: Context) -> Room:
        application = await _editable(ctx, application_id)
        record = await applications.read(ctx, application_id)
        taken = {image.slot for image in record.images}
        limits = record.settings.images
        unknown = (known_role_findings(limits, role, f"/roles/{place}") for place, role in enumerate(roles))
        return Room(application, limits, taken, [*slot_findings(record.settings, taken, len(batch)), *chain(*unknown)])

    findings = batch_findings([each.size or 0 for each in batch], len(captions), len(roles))
    arrivals = await _received(intake, batch, findings, room)
    async with intake.attaching(*arrivals) as ctx:
        found = await room(ctx)
        refuse(found.obstacles)
        await attach(ctx, found.application, [*zip_longest(arrivals, captions, roles)], found.taken)


async def attach(
    ctx: Context,
    application: Application,
    arrivals: Sequence[tuple[Arrival[Picture], str | None, str | None]],
    taken: AbstractSet[int] = frozenset(),
) -> None:
    """Attach pictures with their captions and roles, in the next slots that are not taken."""
    filled = set(taken)
    for arrival, caption, role in arrivals:
        filled.add(slot := free_slot(filled))
        said = {"slot": slot, "caption": caption or "", "role": role}
        image = Image(application_id=application.id, **_columns(arrival), **said, added_at=ctx.now)
        create(ctx, image, policy.ADDED, application_id=str(application.id))
    await contents.content_changed(ctx, application, policy.APPLICATION_IMAGE_ADDED, ["images"])


async def _received(
    intake: Intake, batch: Sequence[Readable], findings: list[Finding], room: Callable[[Context], Awaitable[Room]]
) -> list[Arrival[Picture]]:
    """Examine and store every picture, one after the other; of what is refused nothing stays."""
    sizes = [each.size or 0 for each in batch]
    rooms: list[Room] = []
    arrivals: dict[int, Arrival[Picture]] = {}
    present: set[tuple[str, str]] = set()

    async def admit(ctx: Context) -> None:
        found = await room(ctx)
        rooms[:] = [found]
        present.update((image.sha256, image.source_sha256) for image in await _all(ctx, found.application))

    try:
        for index, file in enumerate(batch):
            if sizes[index] <= policy.MAX_FILE:
                try:
                    arrivals[index] = arrival = await intake.receive(await file.read(), PICTURE, admit)
                    limits, pixels = rooms[0].limits, pixels_of(arrival.found)
                    findings += size_findings(limits, pixels, sizes[index], f"/files/{index}")
                except RulesViolated as refused:
                    findings += of_file(f"/files/{index}", refused)
        digests = {f"/files/{index}": (each.found.sha256, each.found.source_sha256) for index, each in arrivals.items()}
        obstacles = [finding for room_ in rooms for finding in room_.obstacles]
        refuse([*obstacles, *findings, *repeated_findings(digests, present)])
    except BaseException:
        await intake.abandon(arrivals.values())
        raise
    return [*arrivals.values()]


def of_file(place: str, refused: RulesViolated) -> list[Finding]:
    """The findings about one of several files; raises what was refused for another reason."""
    if any(each.pointer != "/file" for each in refused.findings):
        raise refused
    return [Finding(each.rule, place, each.params) for each in refused.findings]


async def replace(
    intake: Intake, application_id: UUID, image_id: UUID, data: bytes, version: int | None
) -> ImageRecord:
    """Put another picture in its place; fixed versions keep the old one."""

    async def target(ctx: Context) -> tuple[Application, Image]:
        application = await _editable(ctx, application_id)
        image = await _get(ctx, application, image_id)
        expect(image, version)
        return application, image

    arrival = await intake.receive(data, PICTURE, target)
    async with intake.attaching(arrival) as ctx:
        application, image = await target(ctx)
        settings = await campaigns.settings_in(ctx, application.campaign_id)
        refuse(size_findings(settings.images, pixels_of(arrival.found), len(data)))
        same = (image.sha256, image.source_sha256) == (arrival.found.sha256, arrival.found.source_sha256)
        await files.condemn(ctx, arrival.file_ids if same else [image.file_id, image.thumbnail_id])
        if not same:
            _revise(ctx, image, policy.REPLACED, **_columns(arrival))
            await contents.content_changed(ctx, application, policy.APPLICATION_IMAGE_REPLACED, ["images"])
        return await read(ctx, application_id, image_id)


async def describe(
    ctx: Context, application_id: UUID, image_id: UUID, body: ImageCaption, version: int | None
) -> ImageRecord:
    """Change the caption, and the role if one is sent."""
    application = await _editable(ctx, application_id)
    image = await _get(ctx, application, image_id)
    expect(image, version)
    values = {"caption": body.caption or ""} | body.model_dump(include={"role"}, exclude_unset=True)
    if body.role:
        settings = await campaigns.settings_in(ctx, application.campaign_id)
        refuse(known_role_findings(settings.images, body.role))
    if differing(image, values):
        _revise(ctx, image, policy.DESCRIBED, **values)
        await contents.content_changed(ctx, application, policy.APPLICATION_IMAGE_DESCRIBED, ["images"])
    return await read(ctx, application_id, image_id)


async def arrange(ctx: Context, application_id: UUID, body: ImageOrder, version: int | None) -> None:
    """Give the pictures the order in which they are named, in the first slots."""
    application = await _editable(ctx, application_id)
    expect(application, version)
    present = {image.id: image for image in await _all(ctx, application)}
    refuse(order_findings(present.keys(), body.image_ids))
    moved = [(slot, present[id_]) for slot, id_ in enumerate(body.image_ids, 1) if present[id_].slot != slot]
    if not moved:
        return
    await ctx.session.execute(_SLOTS_LATER)
    for slot, image in moved:
        _revise(ctx, image, policy.MOVED, slot=slot)
    await contents.content_changed(ctx, application, policy.APPLICATION_IMAGES_ARRANGED, ["images"])


async def take_out(ctx: Context, application_id: UUID, image_id: UUID, version: int | None) -> None:
    """Remove a picture; its slot stays free for the next one."""
    application = await _editable(ctx, application_id)
    image = await _get(ctx, application, image_id)
    expect(image, version)
    await remove(ctx, image, policy.REMOVED, application_id=str(application.id))
    await files.condemn(ctx, [image.file_id, image.thumbnail_id])
    await contents.content_changed(ctx, application, policy.APPLICATION_IMAGE_REMOVED, ["images"])


async def read(view: View, application_id: UUID, image_id: UUID) -> ImageRecord:
    """A picture as the reader sees it in its application."""
    record = await applications.read(view, application_id)
    for image in record.images:
        if image.id == image_id:
            return ImageRecord(image, record)
    raise NotFound


async def roles_defined(view: View, content: Content, settings_digest: str) -> Sequence[ImageRole]:
    """Return the roles that the campaign defines; a content whose pictures have none needs no statement."""
    used = any("role" in image for image in content.get("images", ()))
    return (await campaigns.settings_of(view, settings_digest)).images.roles if used else ()


async def stored(
    view: View, application_id: UUID, image_id: UUID, *, number: int | None = None, thumbnail: bool = False
) -> StoredFile:
    """Locate the picture's bytes, of version `number` if one is given; NotFound unless the reader may see them."""
    row = await view.get(_STORED, application_id=application_id, image_id=image_id, number=number, thumbnail=thumbnail)
    name = named(row.media_type, row.number, picture_part(row.slot, thumbnail=thumbnail))
    return StoredFile(row.id, row.media_type, row.sha256, name)


async def _editable(ctx: Context, application_id: UUID) -> Application:
    application = await applications.get(ctx, application_id)
    permit(EDIT, role=ctx.actor.role, status=application.status)
    return application


async def _get(ctx: Context, application: Application, image_id: UUID) -> Image:
    for image in await _all(ctx, application):
        if image.id == image_id:
            return image
    raise NotFound


async def _all(ctx: Context, application: Application) -> Sequence[Image]:
    return (await ctx.session.scalars(_IMAGES, {"application_id": application.id})).all()


def _revise(ctx: Context, image: Image, event: Event, **values: object) -> None:
    """Change a picture under a new version; the application's lock, which every writer takes first, guards it."""
    data = {"application_id": str(image.application_id)}
    change(ctx, image, event, data=data, version=image.version + 1, **values)


def pixels_of(picture: Picture) -> tuple[int, int]:
    return picture.width, picture.height


def _columns(arrival: Arrival[Picture]) -> dict[str, object]:
    picture, (file_id, thumbnail_id) = arrival.found, arrival.file_ids
    copied = ("sha256", "source_sha256", "fingerprint", "width", "height")
    stored = {"file_id": file_id, "thumbnail_id": thumbnail_id, "size": len(picture.content)}
    return stored | {name: getattr(picture, name) for name in copied}
