"""The life of stored bytes: the row first, then the object; gone in the opposite order. A key is never used twice.

No transaction is open while the imaging workers or the store are at work.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, bindparam, delete, exists, or_, select, update

from app.context import Context, OpenContext
from app.database import Database, Query
from app.file_names import FileName
from app.imaging import ImageRefused, ImagingBusy, ImagingPool, Workers
from app.models import (
    Attachment,
    Booklet,
    Document,
    Endorsement,
    File,
    Image,
    PaperTemplate,
    Review,
    Swap,
    VersionAttachment,
    VersionImage,
)
from app.models.enums import FileState
from app.problems import LimitReached, RulesViolated, Unavailable
from app.rows import row_type
from app.scanning import Scanner
from app.services.limits import Disk, Meter, MeteredPool, UploadedBytes
from app.services.policies.filing.images import refusal
from app.storage import ObjectAltered, ObjectLost, ObjectMissing, Storage

Found = TypeVar("Found")

UNFINISHED_AFTER = timedelta(hours=24)
BATCH = 200
READ_AT_ONCE = 8
_PREFIX = "files/"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes in the store that somebody may read, and the name under which they are saved."""

    id: UUID
    media_type: str
    sha256: str
    name: FileName


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes fit to be kept."""

    content: bytes
    media_type: str
    sha256: str
    damaged: bool = False
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Found]):
    """A kind of upload: how it is examined, and what of it is kept, in how many files."""

    examine: Callable[[Workers, bytes], Awaitable[Found]]
    kept: Callable[[Found], Sequence[Blob]]
    files: int


@dataclass(frozen=True, slots=True)
class Arrival(Generic[Found]):
    """Bytes that lie in the store and wait to be attached; `at` decides whether they came in time."""

    found: Found
    blobs: Sequence[Blob]
    file_ids: Sequence[UUID]
    at: datetime


class Stored(Protocol):
    """An arrival, whatever was found in it."""

    @property
    def blobs(self) -> Sequence[Blob]: ...
    @property
    def file_ids(self) -> Sequence[UUID]: ...
    @property
    def at(self) -> datetime: ...


@dataclass(slots=True)
class UploadLimits:
    """The limits of uploads: an account's bytes and its share of the workers' time, and room on the disk."""

    uploaded: UploadedBytes
    processing: Meter
    disk: Disk


@dataclass(frozen=True, slots=True)
class Intake:
    """The means of an upload on its way in: short transactions, the imaging workers, the store, and the limits.

    `effect` is the transaction that attaches; without one it commits as soon as it has.
    """

    transaction: OpenContext
    imaging: ImagingPool
    storage: Storage
    limits: UploadLimits
    scanner: Scanner | None = None
    effect: OpenContext | None = None

    async def receive(
        self, data: bytes, kind: Kind[Found], admit: Callable[[Context], Awaitable[object]]
    ) -> Arrival[Found]:
        """Ask `admit` before any work, reserve the files, examine the bytes, and store what is kept of them."""
        self.limits.disk.require_room()
        async with self.transaction() as ctx:
            await admit(ctx)
            file_ids = reserve(ctx, kind.files)
            await self.limits.uploaded.use(ctx, len(data))
        found = await self._examined(ctx.actor.id, data, kind, file_ids)
        blobs = kind.kept(found)
        await self._count_growth(sum(len(blob.content) for blob in blobs) - len(data))
        await asyncio.gather(*(put(self.storage, *pair) for pair in zip(file_ids, blobs, strict=True)))
        return Arrival(found, blobs, file_ids, ctx.now)

    @asynccontextmanager
    async def attaching(self, *arrivals: Stored) -> AsyncIterator[Context]:
        """The transaction in which the files become somebody's: at the instant at which they were handed in."""
        async with (self.effect or self.transaction)() as ctx:
            for arrival in arrivals:
                for file_id, blob in zip(arrival.file_ids, arrival.blobs, strict=True):
                    await mark_stored(ctx, file_id, blob)
            yield replace(ctx, now=min(arrival.at for arrival in arrivals))

    async def abandon(self, arrivals: Iterable[Stored]) -> None:
        """Let what has arrived be cleared away at the next sweep: it becomes nobody's."""
        async with self.transaction() as ctx:
            await condemn(ctx, [file_id for arrival in arrivals for file_id in arrival.file_ids])

    async def _examined(
        self, account_id: UUID | None, data: bytes, kind: Kind[Found], file_ids: Sequence[UUID]
    ) -> Found:
        assert account_id is not None, "who uploads is signed in"
        try:
            await self._scan(data)
            return await kind.examine(MeteredPool(self.imaging, self.limits.processing, account_id), data)
        except ImageRefused as refused:
            await self._give_up(file_ids)
            raise RulesViolated([refusal(refused.code, refused.params)]) from refused
        except (ImagingBusy, LimitReached):  # nobody looked at the bytes: they may come again without being counted
            await self._give_up(file_ids, uncounted=len(data))
            raise

    async def _give_up(self, file_ids: Sequence[UUID], *, uncounted: int = 0) -> None:
        """Delete the rows at once: nothing was put under these keys."""
        async with self.transaction() as ctx:
            await ctx.session.execute(delete(File).where(File.id.in_(file_ids)))
            if uncounted:
                await self.limits.uploaded.give_back(ctx, uncounted)

    async def _count_growth(self, more: int) -> None:
        """Count what is kept beyond what was sent: a small file may show much."""
        if more > 0:
            async with self.transaction() as ctx:
                await self.limits.uploaded.use(ctx, more)

    async def _scan(self, data: bytes) -> None:
        if self.scanner and await self.scanner.finds_a_virus(data):
            raise ImageRefused("infected_file")


def key_of(file_id: UUID) -> str:
    return f"{_PREFIX}{file_id}"


async def put(storage: Storage, file_id: UUID, blob: Blob) -> None:
    """Store the bytes of a file that is reserved."""
    await storage.put(key_of(file_id), blob.content, media_type=blob.media_type, sha256=blob.sha256)


async def condemn(ctx: Context, file_ids: Iterable[UUID]) -> None:
    """Let these bytes be cleared away after the grace; the files of a fixed version are kept for ever."""
    await ctx.session.execute(
        update(File)
        .where(File.id.in_(list(file_ids)), ~_in_a_version())
        .values(state=FileState.CONDEMNED, state_since=ctx.now)
    )


async def sweep(database: Database, storage: Storage, *, grace_days: int) -> int:
    """Clear away a batch of unfinished files and of condemned ones past their grace; return how many.

    A condemned file is never taken back, so several workers at once, or one killed anywhere, only repeat a deletion.
    """
    async with database.transaction() as session:
        now = await database.now(session)
        await session.execute(_GIVE_UP, {"now": now, "begun_before": now - UNFINISHED_AFTER})
        doomed = list(await session.scalars(_DOOMED, {"condemned_before": now - timedelta(days=grace_days)}))
    for file_id in doomed:
        await storage.delete(key_of(file_id))
    async with database.transaction() as session:
        await session.execute(delete(File).where(File.id.in_(doomed), File.state == FileState.CONDEMNED))
    return len(doomed)


async def strays(database: Database, storage: Storage) -> list[str]:
    """Objects without a row (reported, never deleted) and stored rows without an object, as sentences.

    Rows are read before and after the objects: what comes or goes meanwhile is no stray.
    """
    before = await _states(database)
    keys = {key async for key in storage.keys()}  # noqa: SIM118  # of a bucket, not of a dictionary
    after = await _states(database)
    known = {key_of(file_id) for file_id in before.keys() | after.keys()}
    lost = [
        file_id
        for file_id, state in before.items()
        if state == after.get(file_id) == FileState.STORED and key_of(file_id) not in keys
    ]
    return [
        *(f"The object {key} belongs to no row: it is left alone." for key in sorted(keys - known)),
        *(f"The file {file_id} is stored, but there is no object {key_of(file_id)}." for file_id in sorted(lost)),
    ]


async def damaged(database: Database, storage: Storage, *, sample: int | None) -> list[str]:
    """Read stored files back, a random sample or all, and report each whose bytes have changed."""
    async with database.reading() as reader:
        rows = list(await _STORED.rows(reader))
    if sample is not None and sample < len(rows):
        rows = random.sample(rows, sample)
    harms: dict[UUID, str] = {}
    for start in range(0, len(rows), READ_AT_ONCE):
        batch = rows[start : start + READ_AT_ONCE]
        found = await asyncio.gather(*(_harm_of(storage, row.id, row.sha256) for row in batch))
        harms |= {row.id: harm for row, harm in zip(batch, found, strict=True) if harm}
    still = await _states(database) if harms else {}  # what was cleared away meanwhile is no loss
    return [
        f"The object {key_of(file_id)} {harm}: put it back from a backup, and read all with `pinpai doctor --deep`."
        for file_id, harm in sorted(harms.items())
        if still.get(file_id) == FileState.STORED
    ]


async def _harm_of(storage: Storage, file_id: UUID, sha256: str) -> str | None:
    try:
        await storage.get(key_of(file_id), sha256=sha256)
    except ObjectMissing:
        return "is missing"
    except ObjectLost as lost:
        return "holds other bytes than were stored" if isinstance(lost, ObjectAltered) else "cannot be read"
    return None


def reserve(ctx: Context, count: int) -> list[UUID]:
    """Store the rows of files whose bytes are to come."""
    rows = [File(state_since=ctx.now) for _ in range(count)]
    ctx.session.add_all(rows)
    return [row.id for row in rows]


async def mark_stored(ctx: Context, file_id: UUID, blob: Blob) -> None:
    """Know a file as stored, in the transaction that makes it somebody's."""
    values = {"media_type": blob.media_type, "size": len(blob.content), "sha256": blob.sha256}
    stored = await ctx.session.scalar(
        update(File)
        .where(File.id == file_id, File.state == FileState.RESERVED)
        .values(state=FileState.STORED, state_since=ctx.now, damaged=blob.damaged, codes=blob.codes, **values)
        .returning(File.id)
    )
    if stored is None:  # it took so long that the worker gave it up
        raise Unavailable(retry_after=1)


async def _states(database: Database) -> dict[UUID, FileState]:
    async with database.reading() as reader:
        return {row.id: row.state for row in await _STATES.rows(reader)}


def _in_a_version() -> ColumnElement[bool]:
    """A question for each column and not one with OR: each has its index."""
    kept = (VersionImage.file_id, VersionImage.thumbnail_id, VersionAttachment.file_id)
    return or_(*(exists().where(column == File.id) for column in kept))


@row_type
class FileDigest:
    """A stored file and the digest of its bytes."""

    id: UUID
    sha256: str


@row_type
class FileLife:
    """A file and the state it is in."""

    id: UUID
    state: FileState


_STORED = Query(select(File.id, File.sha256).where(File.state == FileState.STORED), FileDigest)
_STATES = Query(select(File.id, File.state), FileLife)
_GIVE_UP = (
    update(File)
    .where(
        File.state == FileState.RESERVED, File.state_since < bindparam("begun_before", type_=DateTime(timezone=True))
    )
    .values(state=FileState.CONDEMNED, state_since=bindparam("now", type_=DateTime(timezone=True)))
)
_DOOMED = (
    select(File.id)
    .where(File.state == FileState.CONDEMNED)
    .where(or_(File.sha256.is_(None), File.state_since <= bindparam("condemned_before")))  # no digest: never attached
    .where(~_in_a_version(), ~exists().where(Endorsement.file_id == File.id), ~exists().where(Swap.file_id == File.id))
    .where(~exists().where(Document.file_id == File.id), ~exists().where(Attachment.file_id == File.id))
    .where(~exists().where(Review.scan_id == File.id), ~exists().where(PaperTemplate.file_id == File.id))
    .where(~exists().where(or_(Booklet.pdf_id == File.id, Booklet.docx_id == File.id)))
    .where(~exists().where(Image.file_id == File.id), ~exists().where(Image.thumbnail_id == File.id))
    .order_by(File.id)
    .limit(BATCH)
)
