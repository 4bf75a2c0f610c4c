"""The log of the embedded PostgreSQL is shipped: what is lost with its disk is what was written in the last minutes.

PostgreSQL puts each finished segment into an outbox. From there it goes to the place of the backups, after every object
that its rows may name, and then leaves the outbox. Whatever was interrupted is done again: names are by content.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from app.backup.keeping import prune_log
from app.backup.log import STAMP, BaseManifest, bases, log_of, reach
from app.backup.manifest import BASES, LOG, MANIFEST, OBJECTS, Part, StoredObject, digest_of, object_name
from app.backup.programs import fitting
from app.backup.scheduling import Means, Schedule
from app.backup.taking import BEGINNING, FILES, TAKING, Output, connected, copied, stored
from app.refusal import Refusal

log = logging.getLogger(__name__)
SHIPPING = 5705, 3
"""The lock of the worker that ships."""
UNFINISHED = ".new"
AGAIN = 600.0
"""Seconds until a copy of the cluster is tried again that failed."""
LARGEST = 2 * 2**30
"""Bytes of the outbox beyond which it is given up, before it fills the disk."""
OVERLAP = timedelta(hours=1)
"""More than a transaction takes from its instant to its end: so far back files are looked at again."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The embedded PostgreSQL, reached as the one who may copy its files, and the outbox of its log."""

    url: str
    outbox: Path


class Shipper:
    """Ships the log of one cluster, and copies its files whenever the schedule wants a new beginning of the log."""

    def __init__(self, cluster: Cluster, means: Means, schedule: Schedule) -> None:
        self._cluster, self._source, self._schedule = cluster, means.source, schedule
        self._out = Output(means.place, means.sealer)
        self._known: set[str] | None = None
        self._since, self._begins_again = BEGINNING, 0.0

    async def ship(self) -> int:
        """Ship what there is; return how many files of the log. One worker does it at a time."""
        if not waiting(self._cluster.outbox) and time.monotonic() < self._begins_again:
            return 0
        async with connected(self._cluster.url) as connection, _elected(connection) as elected:
            if not elected:
                return 0
            system = str(await connection.fetchval(_SYSTEM))
            names = waiting(self._cluster.outbox)  # what is finished from now on may name objects that are not copied
            try:
                await self._copy_objects(connection)
            finally:  # rows without their pictures are better than none
                await self._put_log(system, names)
            now = await connection.fetchval("SELECT clock_timestamp()")
            if await self._is_base_due(system, now):
                self._begins_again = time.monotonic() + AGAIN
                try:
                    await self._copy_cluster(connection, system, now)
                finally:  # also what was not finished
                    await prune_log(self._out.place, keep=self._schedule.keep)
            return len(names)

    async def _put_log(self, system: str, names: list[str]) -> None:
        """Ship finished segments, in their order, and remove them here."""
        try:
            for name in names:
                file = self._cluster.outbox / name
                data = await asyncio.to_thread(file.read_bytes)
                await self._out.put(f"{LOG}/{system}/{self._out.sealer.named(f'{name}.{digest_of(data)}')}", data)
                file.unlink()
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        """Drop an outbox that is too large: the log then has a gap, and begins again with a copy of the cluster."""
        files = [self._cluster.outbox / name for name in waiting(self._cluster.outbox)]
        if sum(file.stat().st_size for file in files) > LARGEST:
            log.error("the log waits for the place of the backups and grows too large: it is dropped, and begins again")
            for file in files:
                file.unlink()
            self._begins_again = 0.0

    async def _copy_objects(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Copy the objects of new files: at first of all, and then of those whose rows changed since."""
        rows = await connection.fetch(FILES, self._since)
        objects = [each for each in stored(rows) if each.id not in (self._known or ())]
        there = await self._there(objects)
        await copied(self._source.storage, self._out, objects, there)
        self._known = {str(row["id"]) for row in rows}
        self._since = max([self._since, *(row["state_since"] - OVERLAP for row in rows)])

    async def _there(self, objects: list[StoredObject]) -> set[str]:
        """Return the names in the place among which theirs would be."""
        group = self._out.sealer.group
        folders = {object_name(group, each.sha256).rpartition("/")[0] for each in objects}
        if self._known is None:
            folders = {f"{OBJECTS}/{group}"}
        return {name for folder in folders async for name in self._out.place.names(folder)}

    async def _is_base_due(self, system: str, now: datetime) -> bool:
        """Return true if no copy of the cluster is young enough, or the log since the last one has a gap."""
        if time.monotonic() < self._begins_again:
            return False
        finished = [base for base in await bases(self._out.place) if base.system == system and base.manifest]
        if not finished:
            return True
        _, beyond = reach(finished[-1].first, await log_of(self._out.place, system))
        left = finished[-1].begun_at + self._schedule.every - now
        if not beyond:
            self._begins_again = time.monotonic() + left.total_seconds()
        return bool(beyond) or left <= timedelta()

    async def _copy_cluster(self, connection: "asyncpg.Connection[asyncpg.Record]", system: str, now: datetime) -> None:
        """Copy the files of the cluster; then the log by which they are whole; then the manifest."""
        first = await connection.fetchval(_SEGMENT)
        folder = f"{BASES}/{system}/{now.astimezone(UTC):{STAMP}}.{first}"
        major = connection.get_server_version().major
        parts: list[Part] = []
        async for data in (await fitting(major)).copy(self._cluster.url):
            name = self._out.sealer.named(f"copy.{len(parts):03}")
            if not await self._out.put(f"{folder}/{name}", data):
                raise Refusal(f"Somebody else writes {folder} into the place of the backups.")
            parts.append(Part(name, digest_of(data), len(data)))
        finished_at = await connection.fetchval("SELECT clock_timestamp()")
        await self._put_log(system, waiting(self._cluster.outbox))
        manifest = BaseManifest(list(self._source.secret_keys), finished_at, parts).written()
        await self._out.put(f"{folder}/{self._out.sealer.named(f'{MANIFEST}.{digest_of(manifest)}')}", manifest)
        self._begins_again = time.monotonic() + self._schedule.every.total_seconds()


def waiting(outbox: Path) -> list[str]:
    """Return the names of the finished files of an outbox, in their order."""
    return sorted(file.name for file in outbox.glob("*") if file.suffix != UNFINISHED)


def longest_wait(outbox: Path) -> float:
    """Return for how many seconds the oldest file of an outbox has waited to be shipped."""
    since = now = time.time()
    for name in waiting(outbox):
        with suppress(FileNotFoundError):  # it was shipped meanwhile
            since = min(since, (outbox / name).stat().st_mtime)
    return now - since


@asynccontextmanager
async def _elected(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[bool]:
    """Say whether this one ships; the place is not pruned meanwhile. The locks go with the connection."""
    elected = bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", *SHIPPING))
    if elected:
        await connection.execute("SELECT pg_advisory_lock_shared($1, $2)", *TAKING)
    yield elected


_SYSTEM = "SELECT system_identifier FROM pg_control_system()"
_SEGMENT = "SELECT pg_walfile_name(pg_current_wal_lsn())"
