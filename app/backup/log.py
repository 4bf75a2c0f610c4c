"""The names of the log of the embedded PostgreSQL, and of the copies of its files that the log continues.

    bases/SYSTEM/STAMP.SEGMENT/copy.NNN           the files of the server, in parts; the log from this segment continues
    bases/SYSTEM/STAMP.SEGMENT/manifest.DIGEST    the rest, written last: without it there is no base
    log/SYSTEM/SEGMENT.DIGEST                     a segment of the log, or a history of its timelines; compressed

A system is a cluster by the number that PostgreSQL gave it. What a worker must know is in the names: it holds only the
recipients of an encrypted backup, and cannot read it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.backup.manifest import BASES, LOG, MANIFEST, Part
from app.backup.places import Place
from app.backup.sealing import ENCRYPTED

STAMP = "%Y%m%dT%H%M%SZ"
SEGMENT = re.compile(r"[0-9A-F]{24}")
OF_A_BASE = re.compile(rf"{BASES}/([0-9]+)/([0-9]{{8}}T[0-9]{{6}}Z)\.({SEGMENT.pattern})/[^/]+")
PER_LOG = 256
"""Segments of 16 MiB in what PostgreSQL calls one log, which has the second third of their names."""


@dataclass(frozen=True, slots=True)
class Base:
    """The names of a copy of a cluster, with its files in the place."""

    system: str
    stamp: str
    first: str
    files: tuple[str, ...]

    @property
    def begun_at(self) -> datetime:
        return datetime.strptime(self.stamp, STAMP).replace(tzinfo=UTC)

    @property
    def folder(self) -> str:
        return f"{BASES}/{self.system}/{self.stamp}.{self.first}"

    @property
    def manifest(self) -> str | None:
        """The name of its manifest; None if it was never finished."""
        return next((name for name in self.files if Path(name).name.startswith(f"{MANIFEST}.")), None)


@dataclass(frozen=True, slots=True)
class BaseManifest:
    """The content of a base: it is usable once its log has been replayed up to `finished_at`."""

    secret_keys: Sequence[str]
    finished_at: datetime
    parts: Sequence[Part]

    def written(self) -> bytes:
        return json.dumps(asdict(self) | {"finished_at": self.finished_at.isoformat()}).encode()

    @classmethod
    def read(cls, data: bytes) -> "BaseManifest":
        values: dict[str, Any] = json.loads(data)
        values["finished_at"] = datetime.fromisoformat(values["finished_at"])
        values["parts"] = [Part(**each) for each in values["parts"]]
        return cls(**values)


async def bases(place: Place) -> list[Base]:
    """Return all bases, finished or not, from the first to the last; a file of another name is none of theirs."""
    found: dict[tuple[str, str, str], list[str]] = {}
    async for name in place.names(BASES):
        if named := OF_A_BASE.fullmatch(name):
            system, stamp, first = named.groups()
            found.setdefault((stamp, system, first), []).append(name)
    return [Base(system, stamp, first, tuple(sorted(files))) for (stamp, system, first), files in sorted(found.items())]


async def log_of(place: Place, system: str) -> dict[str, str]:
    """Return the files of a system's log by the name that PostgreSQL knows them by."""
    found = {file_of(name): name async for name in place.names(f"{LOG}/{system}")}
    return {name: found[name] for name in sorted(found)}


def file_of(name: str) -> str:
    """Return the name that PostgreSQL has for a file of the log in the place."""
    return Path(name).name.removesuffix(ENCRYPTED).rpartition(".")[0]


def digest_in(name: str) -> str:
    """Return the digest that the name of a file in the place ends with."""
    return name.removesuffix(ENCRYPTED).rpartition(".")[2]


def is_segment(name: str) -> bool:
    return bool(SEGMENT.match(name))


def number_of(segment: str) -> int:
    """Return the place of a segment in the log, on whatever timeline."""
    return int(segment[8:16], 16) * PER_LOG + int(segment[16:24], 16)


def reach(first: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the files by which the log goes on from a segment without a gap, and the segments after the first gap."""
    known = [name for name in names if SEGMENT.fullmatch(name)]
    numbers = {number_of(name) for name in known}
    end = start = number_of(first)
    while end in numbers:
        end += 1
    usable = [name for name in known if start <= number_of(name) < end]
    return usable, sorted(name for name in known if number_of(name) > end)
