"""Pictures over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Form, Path, Query, Request, Response, UploadFile
from pydantic import BeforeValidator, Field

from app.api.filing.applications import ApplicationId, ApplicationOut, ImageOut
from app.api.http.dependencies import Ctx, IfMatch, LateEffect, Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import ETag, etag
from app.api.http.routing import Router
from app.api.http.uploads import BatchUploads, Uploads
from app.context import Context
from app.inputs import Code, Input
from app.problems import RulesViolated, WrongState
from app.services.filing import images
from app.services.filing.images import Caption, ImageCaption, ImageOrder, ImageRecord

router = Router("/applications/{application_id}", tags=["images"], in_a_seat=True)
ImageId = Annotated[UUID, Path(description="The picture.")]
VersionNumber = Annotated[
    int | None,
    Query(ge=1, le=100_000, description="As this version of the application shows it; by default as it is now."),
]


class ImageUpload(Input):
    """One picture and what it shows."""

    file: UploadFile = Field(description="JPEG, PNG, WebP or HEIC, at most 25 MiB; its content decides, not its name.")
    caption: Caption | None = Field(None, description="图片说明", examples=["志愿者为独居老人义诊"])
    role: Code | None = Field(
        None, description="Its role: a code of the campaign's `settings.images.roles`.", examples=["cover"]
    )


class ImageBatch(Input):
    """Several pictures and what each shows."""

    files: list[UploadFile] = Field(
        description="JPEG, PNG, WebP or HEIC, one part each, at most 25 MiB each and 100 MiB together.",
        min_length=1,
        max_length=8,
    )
    captions: list[Annotated[Caption | None, BeforeValidator(lambda sent: sent or None)]] = Field(
        default_factory=list,
        description="图片说明, one part for each picture in the same order, empty where it has none; or no part.",
        max_length=8,
        examples=[["志愿者为独居老人义诊"]],
    )
    roles: list[Annotated[Code | None, BeforeValidator(lambda sent: sent or None)]] = Field(
        default_factory=list,
        description="Roles: codes of `settings.images.roles`, one part for each picture in the same order, empty where "
        "it has none; or no part.",
        max_length=8,
        examples=[["cover"]],
    )


class ImageContent(Input):
    """Another picture in the place of one."""

    file: UploadFile = Field(description="JPEG, PNG, WebP or HEIC, at most 25 MiB; its content decides, not its name.")


class ImageDetail(ImageOut):
    """A picture, with what is needed to go on editing its application."""

    application_id: UUID = Field(description="The application it belongs to.")
    application_etag: ETag

    @classmethod
    def read(cls, record: ImageRecord, **more: ApplicationOut) -> Self:
        row = record.application.row
        return cls.of(record.image, row.id, application_id=row.id, application_etag=etag(row.version), **more)


class ChangedImage(ImageDetail):
    """A picture that was changed, and what became of its application: pictures, version, and findings."""

    application: ApplicationOut = Field(description="The application as it is now: nothing need be read again.")

    @classmethod
    def made(cls, ctx: Context, record: ImageRecord) -> Self:
        return cls.read(record, application=ApplicationOut.of(ctx, record.application))


@router.post("/images", status_code=201, raises=[WrongState, RulesViolated])
async def add_image(
    application_id: ApplicationId,
    form: Annotated[ImageUpload, Form(media_type="multipart/form-data")],
    uploads: Uploads,
    effect: LateEffect,
) -> ChangedImage:
    """Add one picture to a draft or returned application; at most as many as the campaign allows, none of them twice.

    The picture is opened in a confined process and painted anew: only what it shows is kept, without position, names
    or any other metadata, as a JPEG of at most 4096 pixels a side, or up to 16384 where the shorter side would become
    less than 1080. The answer comes when it is stored for good; `damaged` says that it should be looked at.
    """
    record = await images.add(uploads, application_id, await form.file.read(), form.caption, form.role)
    return ChangedImage.made(await effect.begun(), record)


@router.post("/image-batch", raises=[WrongState, RulesViolated])
async def add_images(
    application_id: ApplicationId,
    form: Annotated[ImageBatch, Form(media_type="multipart/form-data")],
    uploads: BatchUploads,
    effect: LateEffect,
) -> ApplicationOut:
    """Add several pictures at once, in the next free places and in their order: all of them, or none.

    Each is taken as `POST …/images` takes one. If one is refused, all are, and the answer has the findings about every
    one of them, at `/files/0`, `/files/1` and so on; send all again without those, or with others in their places.
    """
    await images.add_batch(uploads, application_id, form.files, form.captions, form.roles)
    return await ApplicationOut.read(await effect.begun(), application_id)


@router.get("/images/{image_id}")
async def read_image(application_id: ApplicationId, image_id: ImageId, view: Reads) -> ImageDetail:
    """Read what is known of a picture."""
    return ImageDetail.read(await images.read(view, application_id, image_id))


@router.patch("/images/{image_id}", raises=[WrongState, RulesViolated])
async def update_image(
    application_id: ApplicationId, image_id: ImageId, body: ImageCaption, version: IfMatch, ctx: Ctx
) -> ChangedImage:
    """Change a picture's caption, and its role where it is sent. `If-Match` takes the picture's own `etag`."""
    return ChangedImage.made(ctx, await images.describe(ctx, application_id, image_id, body, version))


@router.put("/images/{image_id}/content", raises=[WrongState, RulesViolated])
async def replace_image_content(
    application_id: ApplicationId,
    image_id: ImageId,
    *,
    form: Annotated[ImageContent, Form(media_type="multipart/form-data")],
    version: IfMatch,
    uploads: Uploads,
    effect: LateEffect,
) -> ChangedImage:
    """Put another picture in the place of one; caption and order stay. `If-Match` takes the picture's own `etag`.

    Versions that were fixed before go on showing the old one.
    """
    record = await images.replace(uploads, application_id, image_id, await form.file.read(), version)
    return ChangedImage.made(await effect.begun(), record)


@router.delete("/images/{image_id}", raises=[WrongState])
async def delete_image(application_id: ApplicationId, image_id: ImageId, version: IfMatch, ctx: Ctx) -> ApplicationOut:
    """Take a picture out; the others keep their places. `If-Match` takes the picture's own `etag`."""
    await images.take_out(ctx, application_id, image_id, version)
    return await ApplicationOut.read(ctx, application_id)


@router.put("/image-order", raises=[WrongState, RulesViolated])
async def replace_image_order(
    application_id: ApplicationId, body: ImageOrder, version: IfMatch, ctx: Ctx
) -> ApplicationOut:
    """Order the pictures: name exactly those there are. `If-Match` takes the application's `etag`."""
    await images.arrange(ctx, application_id, body, version)
    return await ApplicationOut.read(ctx, application_id)


_BYTES = bytes_of("image/jpeg")


@router.get("/images/{image_id}/content", response_class=Response, responses=_BYTES)
async def read_image_content(  # noqa: PLR0917  # a path of two, a query, and the framework's arguments
    application_id: ApplicationId,
    image_id: ImageId,
    view_of: Viewer,
    request: Request,
    known: IfNoneMatch = None,
    version: VersionNumber = None,
) -> Response:
    """Download a picture, as JPEG, by exactly the rule of its application.

    Owners get the present picture, or with `version` the one a fixed version shows; the office gets what was filed.
    """
    async with view_of() as view:
        stored = await images.stored(view, application_id, image_id, number=version)
    return await deliver(request, stored, known)


@router.get("/images/{image_id}/thumbnail", response_class=Response, responses=_BYTES)
async def read_image_thumbnail(  # noqa: PLR0917  # the same
    application_id: ApplicationId,
    image_id: ImageId,
    view_of: Viewer,
    request: Request,
    known: IfNoneMatch = None,
    version: VersionNumber = None,
) -> Response:
    """Download a small picture of at most 400 pixels a side, as JPEG, by the same rule as the picture itself."""
    async with view_of() as view:
        stored = await images.stored(view, application_id, image_id, number=version, thumbnail=True)
    return await deliver(request, stored, known)
