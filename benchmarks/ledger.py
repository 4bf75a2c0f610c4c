"""The ledger of a storm: what was acknowledged, and its comparison with the database and the store."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID

from app.embedded import Servers
from app.services.files import key_of
from app.storage import ObjectLost, Storage, StorageSettings

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Ledger:
    """Every acknowledgement, by kind; what was shed and came again, what came too late, and everything wrong."""

    campaign_id: UUID
    closes_at: datetime = NEVER
    submitted: list[str] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    filed: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    shed: int = 0
    late: int = 0
    stored: int = 0
    faults: list[str] = field(default_factory=list)

    def p99(self, kind: str) -> float:
        times = sorted(self.times.get(kind, [0]))
        return times[int(len(times) * 0.99)]

    def __str__(self) -> str:
        rows = [
            f"{kind:<12} {len(times):>7} {median(times) * 1000:>9.0f} {self.p99(kind) * 1000:>9.0f} ms"
            for kind, times in self.times.items()
        ]
        counts = (
            f"{len(self.submitted)} submissions, {len(self.sealed)} seals, {len(self.filed)} filings and"
            f" {len(self.pictures)} pictures acknowledged; {self.shed} asked to come again (503); {self.late} refused"
            f" after the deadline; {self.stored} objects compared; {len(self.faults)} faults"
        )
        return "\n".join(["Storm", "                  sent       p50       p99", *rows, counts])


async def compare(ledger: Ledger, owner: Any, database: Servers) -> None:
    """Note as faults what was lost, doubled, altered, or let in after the deadline."""
    for name, acknowledged, statement in (
        ("submission", Counter(ledger.submitted), _SUBMITTED),
        ("seal", Counter(ledger.sealed), _SEALED),
        ("filing", ledger.filed, _FILED),
        ("picture", ledger.pictures, _PICTURES),
    ):
        stored = {str(row[0]): row[1] for row in await owner.fetch(statement, ledger.campaign_id)}
        ledger.faults += [f"{name} {each} was lost" for each in acknowledged if each not in stored]
        ledger.faults += [f"{name} {each} that nobody was told of" for each in stored if each not in acknowledged]
        both = acknowledged.keys() & stored.keys()
        ledger.faults += [f"{name} {each} is not as told" for each in both if acknowledged[each] != stored[each]]
    for each in await owner.fetch(_TWICE_FILED, ledger.campaign_id):
        ledger.faults.append(f"application {each[0]} was filed twice")
    for each in await owner.fetch(_TOO_LATE, ledger.campaign_id, ledger.closes_at):
        ledger.faults.append(f"{each[0]} happened after the deadline")
    await _compare_objects(ledger, await owner.fetch(_FILES, ledger.campaign_id), database)


async def _compare_objects(ledger: Ledger, files: list[Any], database: Servers) -> None:
    """Read each object, which fails unless it has the bytes of its digest."""
    address = database.s3_endpoint_url, database.s3_region, database.s3_bucket
    keys = database.s3_access_key_id, database.s3_secret_access_key
    async with Storage(StorageSettings(*address, *keys)) as storage:
        for file in files:
            try:
                await storage.get(key_of(file["id"]), sha256=file["sha256"])
            except ObjectLost as lost:
                ledger.faults.append(f"file {file['id']}: {lost!r}")
            ledger.stored += 1


_OF_CAMPAIGN = "FROM audit_events JOIN applications ON applications.id = subject_id WHERE applications.campaign_id = $1"
_SUBMITTED = f"SELECT subject_id, count(*) {_OF_CAMPAIGN} AND action = 'application.submitted' GROUP BY subject_id"
_SEALED = f"SELECT subject_id, count(*) {_OF_CAMPAIGN} AND action = 'application.endorsed' GROUP BY subject_id"
_FILED = "SELECT id, digest FROM filings WHERE campaign_id = $1"
_ADDED = """
    FROM images JOIN applications ON applications.id = images.application_id
    WHERE applications.campaign_id = $1 AND images.id IN (SELECT subject_id FROM audit_events)
"""
_PICTURES = f"SELECT images.id, images.sha256 {_ADDED}"
_TWICE_FILED = """
    SELECT application_id FROM filing_items JOIN filings ON filings.id = filing_id WHERE campaign_id = $1
    GROUP BY application_id HAVING count(*) > 1
"""
_TOO_LATE = f"""
    SELECT action || ' ' || subject_id {_OF_CAMPAIGN} AND at >= $2
    AND action IN ('application.submitted', 'application.endorsed', 'application.filed')
"""
_FILES = f"""
    SELECT id, sha256 FROM files WHERE id IN (SELECT file_id FROM endorsements
        JOIN applications ON applications.id = application_id WHERE campaign_id = $1)
    OR id IN (SELECT file_id {_ADDED}) OR id IN (SELECT thumbnail_id {_ADDED})
"""
