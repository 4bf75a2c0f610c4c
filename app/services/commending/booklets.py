"""Booklets (案例汇编) of the awarded cases of a commendation: ordered by the office, bound by a worker, downloaded.

Nothing is bound but what was filed and awarded. A booklet whose awards changed since is void: it is not downloaded.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, SQLColumnExpression, bindparam, select, update

from app.context import Context, View
from app.database import Database, Query, bound_id
from app.file_names import named, numbered_code
from app.findings import Finding
from app.imaging import ImageLost, ImageRefused, ImagingPool
from app.inputs import Input
from app.models import ApplicationVersion, Award, Booklet, Campaign, File, VersionImage
from app.models.enums import AwardStatus, BookletPictures, BookletStatus, Role
from app.printing import booklet as paper
from app.printing.packing import packed
from app.rows import row_type
from app.services import files, jobs
from app.services.commending import commendations, recipients
from app.services.files import StoredFile, key_of
from app.services.filing import campaigns
from app.services.filing.prints import MEDIA_TYPES
from app.services.history import digest_of, note
from app.services.pages import Rows
from app.services.policies import judge, permit, refuse, require_role
from app.services.policies.commending import booklets as policy
from app.services.policies.commending.commendations import ORDER_BOOKLET
from app.services.policies.filing.forms import Content
from app.services.policies.filing.prints import NO_GLYPH, PrintFormat
from app.storage import ObjectLost, Storage

TASK = "bind"
_COMMENDATION_ID, _BOOKLET_ID = bound_id("commendation_id"), bound_id("booklet_id")


@row_type
class _Awarded:
    """An award of a case, and the settings of its campaign: all on which a booklet depends."""

    settings_digest: str
    kind: str
    grade: str | None
    application_id: UUID
    digest: str
    public: list[int]


@row_type
class _AwardedCase(_Awarded):
    version_id: UUID
    content: Content
    topic: str | None


@row_type
class _Picture:
    version_id: UUID
    slot: int
    id: UUID
    sha256: str


@row_type
class _Ordered:
    commendation_id: UUID
    pictures: BookletPictures
    losses: int


@row_type
class BookletRow:
    """A booklet, and how far its binding is."""

    commendation_id: UUID
    status: BookletStatus
    pictures: BookletPictures
    case_count: int
    laid_count: int
    bound_at: datetime | None


@row_type
class _Bound(BookletRow):
    """The same with its files, and all by which it is judged."""

    source_digest: str | None
    flaws: Sequence[policy.Flaw]
    pdf_id: UUID | None
    docx_id: UUID | None

    @property
    def files(self) -> dict[PrintFormat, UUID]:
        """The files that there are."""
        both = {PrintFormat.PDF: self.pdf_id, PrintFormat.DOCX: self.docx_id}
        return {form: file_id for form, file_id in both.items() if file_id}


def _awarded(*more: SQLColumnExpression[Any]) -> Rows:
    """Select the awards of cases that are in force, in the order of the published list."""
    return (
        select(
            *(Campaign.settings_digest, Award.kind, Award.grade, Award.application_id, ApplicationVersion.digest),
            *(Award.pictures.label("public"), *more),
        )
        .join(ApplicationVersion, ApplicationVersion.id == Award.version_id)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .where(Award.commendation_id == _COMMENDATION_ID, Award.status == AwardStatus.AWARDED)
        .order_by(*recipients.LISTED)
    )


_SOURCE = Query(_awarded(), _Awarded)
_CASES = Query(
    _awarded(ApplicationVersion.id.label("version_id"), ApplicationVersion.content, ApplicationVersion.topic),
    _AwardedCase,
)
_PICTURES = Query(
    select(VersionImage.version_id, VersionImage.slot, File.id, File.sha256)
    .join(File, File.id == VersionImage.file_id)
    .where(
        VersionImage.version_id.in_(
            select(Award.version_id).where(
                Award.commendation_id == _COMMENDATION_ID, Award.status == AwardStatus.AWARDED
            )
        )
    ),
    _Picture,
)
_LATEST = (
    Booklet.id == _BOOKLET_ID,
    Booklet.number == bindparam("of_order", type_=Integer),
    Booklet.status == BookletStatus.BINDING,
)
"""The order that a job was given, unless another followed it or it is done."""
_ORDERED = Query(select(Booklet.commendation_id, Booklet.pictures, Booklet.losses).where(*_LATEST), _Ordered)
_LOCKED = select(Booklet).where(*_LATEST).with_for_update()
_OF_COMMENDATION = select(Booklet).where(Booklet.commendation_id == _COMMENDATION_ID).with_for_update()
_BOOKLET = Query(
    select(
        *(Booklet.commendation_id, Booklet.status, Booklet.pictures, Booklet.cases.label("case_count")),
        *(Booklet.laid.label("laid_count"), Booklet.bound_at, Booklet.source_digest, Booklet.flaws),
        *(Booklet.pdf_id, Booklet.docx_id),
    ).where(Booklet.commendation_id == _COMMENDATION_ID),
    _Bound,
)


@row_type
class _File:
    id: UUID
    media_type: str
    sha256: str


_FILE = Query(select(File.id, File.media_type, File.sha256).where(File.id == bound_id("file_id")), _File)


class BookletOrder(Input):
    """Have the awarded cases of a commendation bound into a booklet."""

    pictures: BookletPictures = Field(
        BookletPictures.FILED,
        description="Pictures that it shows: all that were filed, or those the office made public.",
    )


@dataclass(frozen=True, slots=True)
class BookletRecord:
    """A booklet, whether it still says what holds, its formats, and why it, or its PDF, was not bound."""

    row: BookletRow
    is_current: bool
    formats: list[PrintFormat]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Bindery:
    """The means of binding: the database, the store, and the limited processes for pictures and for papers.

    A booklet has all its pictures in memory until it is stored, so there is a `place` for one at a time.
    """

    database: Database
    storage: Storage
    pictures: ImagingPool
    papers: ImagingPool
    place: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))


class ProcessLost(Exception):
    """A limited process was lost over a booklet, perhaps for want of memory or time: the job is to try it again."""


@dataclass(frozen=True, slots=True)
class _Material:
    """The booklet as data, the files of its pictures by case, the digest of what it was made of, and past losses."""

    booklet: paper.Booklet
    pictures: Sequence[Sequence[_Picture]]
    source_digest: str
    losses: int


async def order(ctx: Context, commendation_id: UUID, body: BookletOrder) -> None:
    """Order a booklet: what was bound before is cleared away, and an order that is being followed is given up."""
    commendation = await commendations.get(ctx, commendation_id)
    permit(ORDER_BOOKLET, role=ctx.actor.role, status=commendation.status)
    facts = (await commendations.read(ctx, commendation_id)).facts
    assert facts is not None, "the office alone is permitted"
    judge(ORDER_BOOKLET, ctx.actor.role, facts)
    cases = {each.application_id for each in await ctx.rows(_SOURCE, commendation_id=commendation_id)}
    found = await ctx.find(_OF_COMMENDATION, commendation_id=commendation_id)
    booklet = found or Booklet(commendation_id=commendation_id, number=0)
    await _begin_anew(ctx, booklet, body.pictures, len(cases))
    ctx.session.add(booklet)
    note(ctx, commendation, ORDER_BOOKLET.event, pictures=body.pictures)
    await ctx.flush()
    await jobs.enqueue(ctx, TASK, booklet_id=booklet.id, number=booklet.number)  # no lock: an older job does nothing


async def read(view: View, commendation_id: UUID) -> BookletRecord:
    """The booklet of a commendation, for the office; NotFound before one is ordered."""
    bound, is_current = await _bound(view, commendation_id)
    row = BookletRow(**{field.name: getattr(bound, field.name) for field in fields(BookletRow)})
    findings = policy.binding_findings(bound.status, bound.case_count, bound.files, bound.flaws)
    return BookletRecord(row, is_current, [*bound.files], findings)


async def stored(view: View, commendation_id: UUID, form: PrintFormat) -> StoredFile:
    """Locate a file of the booklet, for the office; refused unless it still says what holds."""
    bound, is_current = await _bound(view, commendation_id)
    refuse(policy.download_findings(bound.status, is_current=is_current, is_there=form in bound.files))
    file = await view.get(_FILE, file_id=bound.files[form])
    about = (await commendations.read(view, commendation_id)).row
    settings = await campaigns.settings_of(view, about.settings_digest)
    plain = numbered_code("commendation", about.document_number, settings.year, commendation_id)
    name = named(file.media_type, *policy.booklet_name(about.title, plain))
    return StoredFile(file.id, file.media_type, file.sha256, name)


async def bind(bindery: Bindery, *, booklet_id: str, number: int) -> None:
    """Bind the booklet of an order; one that another order followed, or that is done, is left."""
    chosen = {"booklet_id": UUID(booklet_id), "of_order": number}
    async with bindery.place:
        try:
            await _bind(bindery, chosen)
        except ProcessLost:
            await _change(bindery.database, chosen, losses=Booklet.losses + 1)
            raise


async def _bind(bindery: Bindery, chosen: Mapping[str, object]) -> None:
    async with jobs.acting(bindery.database) as ctx:
        ordered = await ctx.one(_ORDERED, **chosen)
        material = await _lay_out(ctx, ordered) if ordered else None
    if material is None:
        return
    pictures, flaws = list[bytes](), list[policy.Flaw]()
    side = policy.side(sum(map(len, material.pictures)))
    for number, case in enumerate(material.pictures, 1):
        printed = [await _print_size(bindery, each, side, material.losses) for each in case]
        pictures += filter(None, printed)
        flaws += [policy.unreadable(material.booklet, number, at) for at, each in enumerate(printed, 1) if each is None]
        if not await _change(bindery.database, chosen, laid=number):
            return
    drawn, lacking = await _draw(bindery.papers, material, pictures) if material.pictures and not flaws else ({}, [])
    await _keep(bindery, chosen, material, drawn, flaws + lacking)


async def _bound(view: View, commendation_id: UUID) -> tuple[_Bound, bool]:
    """Read a booklet, and whether what it was made of is what holds now."""
    require_role(view.actor.role, Role.OFFICE)
    bound = await view.get(_BOOKLET, commendation_id=commendation_id)
    awards = await view.rows(_SOURCE, commendation_id=commendation_id)
    return bound, bound.status is BookletStatus.BOUND and bound.source_digest == _digest_of(awards)


async def _begin_anew(ctx: Context, booklet: Booklet, pictures: BookletPictures, cases: int) -> None:
    await files.condemn(ctx, filter(None, [booklet.pdf_id, booklet.docx_id]))
    booklet.number += 1
    booklet.status, booklet.pictures = BookletStatus.BINDING, pictures
    booklet.cases, booklet.laid, booklet.losses, booklet.flaws = cases, 0, 0, []
    booklet.pdf_id = booklet.docx_id = booklet.source_digest = booklet.bound_at = None


def _digest_of(awards: Sequence[_Awarded]) -> str:
    """Digest all on which a booklet depends."""
    return digest_of([[getattr(each, of.name) for of in fields(_Awarded)] for each in awards])


async def _lay_out(ctx: Context, ordered: _Ordered) -> _Material:
    """Lay out the booklet with what holds now, each case once, at the place of its first award."""
    chosen = {"commendation_id": ordered.commendation_id}
    awards = await ctx.rows(_CASES, **chosen)  # first: settings that change meanwhile make it void
    about = (await commendations.read(ctx, ordered.commendation_id)).row
    settings = await campaigns.settings_of(ctx, about.settings_digest)
    found = {(each.version_id, each.slot): each for each in await ctx.rows(_PICTURES, **chosen)}
    by_case: dict[UUID, list[_AwardedCase]] = {}
    for each in awards:
        by_case.setdefault(each.application_id, []).append(each)
    cases = [_honoured(each) for each in by_case.values()]
    pictures = [
        [found[of[0].version_id, slot] for slot in policy.slots(case, ordered.pictures)]
        for of, case in zip(by_case.values(), cases, strict=True)
    ]
    assert about.published_at is not None, "ordered after the publication"
    booklet = policy.booklet(settings, about.title, about.published_at, cases, ordered.pictures)
    return _Material(booklet, pictures, _digest_of(awards), ordered.losses)


def _honoured(awards: Sequence[_AwardedCase]) -> policy.Honoured:
    """Collect the awards of a case, and the pictures that any of them shows of the version that is bound."""
    first = awards[0]
    public = [slot for each in awards if each.version_id == first.version_id for slot in each.public]
    return policy.Honoured(
        [(each.kind, each.grade) for each in awards], first.content, first.topic, [*dict.fromkeys(public)]
    )


async def _print_size(bindery: Bindery, picture: _Picture, side: int, losses: int) -> bytes | None:
    """Return a picture as it is printed; None if it cannot be read any more."""
    try:
        data = await bindery.storage.get(key_of(picture.id), sha256=picture.sha256)
        return await _content(bindery.pictures.run("print", data, side=side), losses)
    except (ObjectLost, ImageRefused):
        return None


async def _content(answer: Awaitable[Mapping[str, Any]], losses: int) -> bytes:
    """Return the file that a limited process makes; ProcessLost while that may pass."""
    try:
        content: bytes = (await answer)["content"]
    except ImageLost as lost:
        if losses < policy.MOST_LOSSES:
            raise ProcessLost(str(lost)) from lost
        raise
    return content


async def _change(database: Database, chosen: Mapping[str, object], **values: object) -> bool:
    """Store how far a binding is; return whether the order still counts."""
    async with database.transaction() as session:
        told = await session.scalar(update(Booklet).where(*_LATEST).values(values).returning(Booklet.id), chosen)
        return told is not None


async def _draw(
    papers: ImagingPool, material: _Material, pictures: Sequence[bytes]
) -> tuple[dict[PrintFormat, bytes], list[policy.Flaw]]:
    """Draw it in each format that can be drawn, and find the cases for which no font has a character."""
    data, drawn, lacking = packed(material.booklet, pictures), {}, []
    for form in PrintFormat:
        try:
            drawn[form] = await _content(papers.run(form, data), material.losses)
        except ImageRefused as refused:
            if refused.code == NO_GLYPH.code:
                lacking = policy.lacking_of(material.booklet, str(refused.params.get("characters")))
    return drawn, lacking


async def _keep(
    bindery: Bindery,
    chosen: Mapping[str, object],
    material: _Material,
    drawn: Mapping[PrintFormat, bytes],
    flaws: list[policy.Flaw],
) -> None:
    """Store the files and attach them, unless another order came meanwhile."""
    blobs = {form: _blob(form, content) for form, content in drawn.items()}
    async with jobs.acting(bindery.database) as ctx:
        ids = dict(zip(blobs, files.reserve(ctx, len(blobs)), strict=True))
    for form, blob in blobs.items():
        await files.put(bindery.storage, ids[form], blob)
    async with jobs.acting(bindery.database) as ctx:
        booklet = await ctx.find(_LOCKED, **chosen)
        if booklet is None:
            return await files.condemn(ctx, ids.values())
        for form, blob in blobs.items():
            await files.mark_stored(ctx, ids[form], blob)
        booklet.pdf_id, booklet.docx_id = ids.get(PrintFormat.PDF), ids.get(PrintFormat.DOCX)
        booklet.status = BookletStatus.BOUND if ids else BookletStatus.FAILED
        booklet.source_digest, booklet.bound_at = material.source_digest, ctx.now
        booklet.cases, booklet.flaws = len(material.booklet.cases), [*map(dict, flaws)]
    return None


def _blob(form: PrintFormat, content: bytes) -> files.Blob:
    return files.Blob(content, MEDIA_TYPES[form], hashlib.sha256(content).hexdigest())
