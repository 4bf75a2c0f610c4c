"""A backup is taken: the database in one snapshot, then every object that it names, and the manifest last.

Nothing is stopped for it. While it runs no file is cleared away, so whatever the snapshot names is still there.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, Protocol
from uuid import UUID, uuid4

import asyncpg

from app.backup.manifest import (
    BEGUN,
    DATABASE,
    MANIFEST,
    NAMES,
    OBJECTS,
    Manifest,
    Part,
    StoredObject,
    digest_of,
    file_of,
    object_name,
)
from app.backup.places import Place
from app.backup.programs import LEFT_OUT, fitting
from app.backup.sealing import Sealer
from app.backup.several import several
from app.database import dsn_of
from app.services.files import key_of
from app.storage import ObjectLost

CLEARING = 5703, 1
"""The lock under which a worker clears files away; whoever shares it keeps all workers from that."""
TAKING = 5705, 1
"""The lock that backups share, and that pruning has alone."""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""An instant before everything."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is whole: its manifest, and how much of it was not there before."""

    manifest: Manifest
    copied: int
    size: int
    seconds: int


class Objects(Protocol):
    """A store of objects, as far as a backup needs it."""

    async def get(self, key: str, *, sha256: str) -> bytes:
        """Return the bytes of an object; an ObjectLost if they are not there, or others."""


@dataclass(frozen=True, slots=True)
class Source:
    """The deployment that is backed up: its database, its store, and the names of its secret keys."""

    url: str
    storage: Objects
    secret_keys: Sequence[str]


@dataclass(slots=True)
class Output:
    """The place, and how much was written there."""

    place: Place
    sealer: Sealer
    size: int = 0
    copied: int = 0

    async def put(self, name: str, data: bytes) -> bool:
        """Seal and write; return false if the file was there, which then is as good."""
        sealed = await asyncio.to_thread(self.sealer.seal, data)
        if not await self.place.put(name, sealed):
            return False
        self.size += len(sealed)
        return True


async def take(source: Source, place: Place, sealer: Sealer, *, as_of: datetime | None = None) -> Taken:
    """Take a backup of what is committed by now; a recovered database is as of the instant of its last transaction."""
    begun, out = time.monotonic(), Output(place, sealer)
    async with connected(source.url) as connection, _held(connection):
        claim = uuid4().hex
        stamp = await _claimed(place, await connection.fetchval("SELECT clock_timestamp()"), claim)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            parts = await _dumped(source, connection, out, stamp)
            state = await _state(connection)
            objects = stored(await connection.fetch(FILES, BEGINNING))
            doomed = {str(file_id) for (file_id,) in await connection.fetch(_CONDEMNED)}
        there = {name async for name in place.names(f"{OBJECTS}/{sealer.group}")}
        lost = await copied(source.storage, out, objects, there)
        manifest = Manifest(
            stamp=stamp,
            product=version("pinpai"),
            group=sealer.group,
            secret_keys=list(source.secret_keys),
            database=parts,
            objects=[each for each in objects if each.id not in lost],
            lost=sorted(lost - doomed),
            claim=claim,
            **(state | ({"taken_at": as_of} if as_of else {})),
        )
        await _closed(out, manifest)
    return Taken(manifest, out.copied, out.size, int(time.monotonic() - begun))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Connect for as long as a backup takes: none of the deadlines of requests applies."""
    none = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "application_name": "pinpai backup"}
    connection = await asyncpg.connect(dsn_of(url), timeout=5, server_settings=none)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _held(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[None]:
    """Keep workers from clearing files away, and other backups from being pruned under this one."""
    for lock in (CLEARING, TAKING):
        await connection.execute("SELECT pg_advisory_lock_shared($1, $2)", *lock)
    yield  # the locks go with the connection


async def _claimed(place: Place, moment: datetime, claim: str) -> str:
    """Claim a stamp, the second in which the backup begins; one that another has is left to it.

    By bytes that no other backup has: to an S3 the same bytes under the same name are an earlier try of ours.
    """
    while not await place.put(file_of(stamp := f"{moment:%Y%m%dT%H%M%SZ}", BEGUN), claim.encode()):
        moment += timedelta(seconds=1)
    return stamp


async def _dumped(
    source: Source, connection: "asyncpg.Connection[asyncpg.Record]", out: Output, stamp: str
) -> list[Part]:
    """Dump the snapshot of this transaction."""
    programs = await fitting(connection.get_server_version().major)
    snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
    parts: list[Part] = []
    async for data in programs.dump(source.url, snapshot):
        name = out.sealer.named(f"{DATABASE}.{len(parts):03}")
        await out.put(file_of(stamp, name), data)
        parts.append(Part(name, digest_of(data), len(data)))
    return parts


async def _state(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, Any]:
    """Read what a restore is compared with."""
    tables = [name for (name,) in await connection.fetch(_TABLES)]
    counts = {name: await connection.fetchval(COUNT.format(name)) for name in tables if name not in LEFT_OUT}
    reached, mac = await connection.fetchrow(_LAST) or (0, "")
    return {
        "revision": await connection.fetchval("SELECT version_num FROM alembic_version"),
        "postgres": connection.get_server_version().major,
        "taken_at": await connection.fetchval("SELECT now()"),
        "tables": counts,
        "reached": reached,
        "mac": mac or "",
        "history_keys": [name for (name,) in await connection.fetch(_HISTORY_KEYS)],
    }


def stored(rows: Iterable["asyncpg.Record"]) -> list[StoredObject]:
    """Return the objects of rows of files."""
    return [
        StoredObject(str(file_id), sha256, size or 0, media_type or "")
        for file_id, sha256, size, media_type, *_ in rows
    ]


async def copied(storage: Objects, out: Output, objects: Iterable[StoredObject], there: set[str]) -> set[str]:
    """Copy what is not there already; return the objects that could not be read."""
    waiting = iter(objects)
    lost = set[str]()

    async def copy() -> None:
        for each in waiting:
            name = out.sealer.named(object_name(out.sealer.group, each.sha256))
            if name in there:
                continue
            there.add(name)
            try:
                data = await storage.get(key_of(UUID(each.id)), sha256=each.sha256)
            except ObjectLost:
                there.discard(name)
                lost.add(each.id)
                continue
            if await out.put(name, data):
                out.copied += 1  # not while another copy is awaited

    await several(copy)
    return lost


async def _closed(out: Output, manifest: Manifest) -> None:
    """Write the names of the objects, and last the manifest, by which the backup is one."""
    names = sorted({out.sealer.named(object_name(manifest.group, each.sha256)) for each in manifest.objects})
    listed = "".join(f"{name}\n" for name in names).encode()
    await out.place.put(file_of(manifest.stamp, f"{NAMES}.{digest_of(listed)}"), listed)
    said = manifest.written()
    await out.put(file_of(manifest.stamp, out.sealer.named(f"{MANIFEST}.{digest_of(said)}")), said)


COUNT = 'SELECT count(*) FROM public."{}"'
_TABLES = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1"""
_LAST = "SELECT sequence, mac FROM audit_events WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1"
_HISTORY_KEYS = "SELECT DISTINCT split_part(mac, ':', 1) FROM audit_events WHERE mac IS NOT NULL ORDER BY 1"
_CONDEMNED = "SELECT id FROM files WHERE state = 'condemned'"
FILES = """
    SELECT id, sha256, size, media_type, state_since FROM files
    WHERE sha256 IS NOT NULL AND state <> 'reserved' AND state_since >= $1 ORDER BY id"""
"""The files that have objects, of which the state is not older than an instant."""
