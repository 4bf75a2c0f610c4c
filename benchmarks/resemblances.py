"""`python -m benchmarks.resemblances`: what a comparison of a new case with all others costs, by texts and pictures.

The others have nothing in common with it but set phrases of the field: three of its marks stand in every third text,
thirty in every thirtieth. It fails if ten times as many others make it three times as dear, and never for a time.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from uuid import UUID, uuid4

import asyncpg
import numpy as np
from sqlalchemy import select

from app.database import Database
from app.embedded import Servers
from app.models import Account, ApplicationVersion, Image, VersionImage
from app.models.enums import ApplicationStatus, VersionOccasion
from app.services import jobs
from app.services.filing import resemblances
from app.services.policies.filing.resemblances import sketch_of, texts_of
from benchmarks.__main__ import own_database
from benchmarks.seed import IMAGES, Planting
from benchmarks.servers import driver_url

SIZES, QUICK = (10_000, 100_000), (100, 1_000)
AIM, GROWN = 50, 3.0
"""Milliseconds, and how many times as long ten times as many others may make it."""
CASES = 12
LETTERS = {"innovation": 600, "practices": 1000, "effects": 400}
MARKS, BANDS = 120, 4
"""Marks of a text of this length, and bands of a picture."""
OFTEN = np.repeat([0.3, 0.03], [3, 30])
"""The share of all texts in which each of the marks of set phrases stands."""
BATCH = 5_000
MARKED = """
    INSERT INTO sketch_marks (mark, sketch_id) SELECT marks(hashes, bands), id FROM sketches ORDER BY 1, 2;
    ALTER TABLE sketches ENABLE TRIGGER keep_marks
"""


def main() -> None:
    """Measure each size in a database of its own, and fail if the time grows with it."""
    options = _options()
    took = {size: _measured(size) for size in (QUICK if options.quick else options.sizes)}
    for size, milliseconds in took.items():
        print(f"a new case among {size} others: compared in {milliseconds:.1f} ms (aim ≤{AIM})")
    if not options.quick and took[max(took)] > GROWN * took[min(took)]:
        sys.exit("The comparison grows with the number of cases.")


def _measured(size: int) -> float:
    print(f"… planting {size} cases", file=sys.stderr, flush=True)
    with own_database() as own:
        return median(asyncio.run(_measure(own, size)))


async def _measure(own: Servers, size: int) -> list[float]:
    """Milliseconds for each of a few new cases; the first ones warm up."""
    random = np.random.default_rng(1)
    planting = Planting()
    drafts = planting.committee(ApplicationStatus.DRAFT, applications=CASES + 1)
    owner = await asyncpg.connect(driver_url(own.owner_database_url))
    await planting.store(owner)
    database = Database(own.owner_database_url)
    await database.open()
    contents = [_content(random) for _ in drafts]
    version_ids = [await _submit(database, each.id, content) for each, content in zip(drafts, contents, strict=True)]
    known = sorted({mark for content in contents for mark in sketch_of(texts_of(content))})
    await owner.execute("ALTER TABLE sketches DISABLE TRIGGER keep_marks")  # all marks at once take a third of the time
    for batch in _sketches(random, size, known, (drafts[-1].id, version_ids[-1])):
        await owner.copy_records_to_table("sketches", records=batch)
    await owner.execute(MARKED)
    await owner.execute("VACUUM ANALYZE")
    took = [await _compared(database, each.id) for each in drafts[:CASES]]
    await database.close()
    await owner.close()
    return took[CASES // 3 :]


async def _compared(database: Database, application_id: UUID) -> float:
    started = time.perf_counter()
    await jobs.alone(database, resemblances.compare)(subject_id=str(application_id))
    return (time.perf_counter() - started) * 1000


async def _submit(database: Database, application_id: UUID, content: dict[str, object]) -> UUID:
    """Store a content with its pictures as a submission does."""
    async with database.transaction() as session:
        clerk = (await session.scalars(select(Account.id).limit(1))).one()
        fixed = {"number": 1, "digest": uuid4().hex, "fixed_at": datetime.now(UTC), "fixed_by": clerk}
        occasion = VersionOccasion.SUBMISSION
        version = ApplicationVersion(application_id=application_id, occasion=occasion, content=content, **fixed)
        session.add(version)
        await session.flush()
        for image in await session.scalars(select(Image).where(Image.application_id == application_id)):
            files = {"file_id": image.file_id, "thumbnail_id": image.thumbnail_id}
            session.add(VersionImage(version_id=version.id, image_id=image.id, slot=image.slot, **files))
        return version.id


def _content(random: np.random.Generator) -> dict[str, object]:
    """Return a content of letters by chance."""
    letters = {name: "".join(map(chr, random.integers(0x4E00, 0x9FA5, count))) for name, count in LETTERS.items()}
    form = {"brand_name": "品牌", "category": "qingman", "phone": "0315-3724062", **letters}
    return {
        "unit_name": "社区",
        "committee_name": "党工委",
        "form": form,
        "narrative_length": 2000,
        "image_count": IMAGES,
    }


def _sketches(
    random: np.random.Generator, size: int, known: list[int], place: tuple[UUID, UUID]
) -> Iterator[Sequence[tuple[object, ...]]]:
    """Make sketches of other contents, in batches; `known` are the marks from which the phrases are chosen."""
    application_id, version_id = place
    phrases = random.choice(known, len(OFTEN), replace=False)
    for start in range(0, size, BATCH):
        batch = []
        for _ in range(min(BATCH, size - start)):
            shared = phrases[random.random(len(OFTEN)) < OFTEN]
            hashes = sorted({*random.integers(0, 1 << 28, MARKS).tolist(), *shared.tolist()})
            bands = sorted({place % BANDS << 16 | bits for place, bits in enumerate(_bits(random))})
            batch.append((application_id, uuid4().hex, version_id, hashes, bands, "{}", uuid4()))
        yield batch


def _bits(random: np.random.Generator) -> list[int]:
    bits: list[int] = random.integers(0, 1 << 16, BANDS * IMAGES).tolist()
    return bits


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resemblances", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="does it run? No verdict")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="other cases")
    return parser.parse_args()


if __name__ == "__main__":
    main()
