"""Hostile bytes in, one clean picture out, in limited processes that share with us two files in memory and a pipe."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.imaging.pool import Facts, ImagingPool, Workers
from app.imaging.process import START_SECONDS, Worker, WorkerLost
from app.imaging.refusals import ImageLost, ImageRefused, ImagingBusy

__all__ = [
    "Attached",
    "Facts",
    "FormDocument",
    "ImageLost",
    "ImageRefused",
    "ImagingBusy",
    "ImagingPool",
    "Picture",
    "Scan",
    "WorkerLost",
    "Workers",
    "check_attachment",
    "check_scan",
    "clean",
    "missing_confinement",
    "read_form",
]

SHORTEST_SIDE = 600


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ours: a fresh JPEG without metadata, with its thumbnail and what identifies it and its source."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str
    source_sha256: str
    fingerprint: str
    damaged: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """A stamped form fit to be kept: a PDF that shows what was sent and does nothing, or a clean JPEG."""

    content: bytes
    media_type: str
    pages: int
    sha256: str
    source_sha256: str
    damaged: bool
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Attached:
    """A supporting document fit to be kept: a PDF or a Word document that does nothing, or a clean JPEG."""

    content: bytes
    media_type: str
    sha256: str
    damaged: bool


@dataclass(frozen=True, slots=True)
class FormDocument:
    """A filled form as a document has it: lines, tables and pictures in their order. Nothing of it is kept."""

    blocks: Sequence[Facts]
    notes: Sequence[str]
    hidden: Sequence[str]
    drawings: int
    codes: Sequence[str]
    pictures: Sequence[bytes]


async def missing_confinement() -> list[str]:
    """Start a worker, and return the layers of its confinement that this kernel does not have."""
    worker = Worker(seconds=START_SECONDS, tasks=1)
    try:
        await worker.ready()
        return worker.lacking
    finally:
        await worker.close()


async def clean(pool: Workers, data: bytes, *, shortest_side: int = SHORTEST_SIDE) -> Picture:
    """Make a stranger's JPEG, PNG, WebP or HEIC ours, or refuse it with the rule it breaks."""
    return Picture(**await pool.run("picture", data, shortest_side=shortest_side))


async def check_scan(pool: Workers, data: bytes, *, shortest_side: int = SHORTEST_SIDE) -> Scan:
    """Take the scan of a stamped form: a PDF of 1–20 pages written anew, a picture made clean."""
    return Scan(**await pool.run("scan", data, shortest_side=shortest_side))


async def check_attachment(pool: Workers, data: bytes, *, shortest_side: int = SHORTEST_SIDE) -> Attached:
    """Take a supporting document: what a scan may be, or a Word document written anew from its parts."""
    return Attached(**await pool.run("attachment", data, shortest_side=shortest_side))


async def read_form(pool: Workers, data: bytes) -> FormDocument:
    """Read a filled form that comes as a Word document, or refuse it with the rule it breaks."""
    found = await pool.run("form", data)
    pictures = [found.pop(f"picture_{number}", b"") for number in range(found.pop("pictures"))]
    return FormDocument(pictures=pictures, **found)
