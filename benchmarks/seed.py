"""A district in the middle of its campaign: committees of three units and fifty applications, six pictures in each."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from uuid_utils.compat import uuid7

from app.demo.content import application_form
from app.services.filing.campaigns import template
from app.services.filing.contents import narrative_length
from app.services.history import digest_of
from app.services.people.sessions import token_hash
from app.services.policies.filing.campaigns import moved_to_year
from app.services.policies.filing.notice import CampaignSettings

TABLES = ("campaigns", "committees", "units", "accounts", "sessions", "applications", "files", "images")
COMMITTEES, UNITS, APPLICATIONS, IMAGES = 100, 3, 50, 6
TEXTS = 36
NOW = datetime.now(UTC)
FAR = NOW + timedelta(days=30)
STAMPS = {"version": 1, "created_at": NOW, "updated_at": NOW}
ACCOUNT = {"status": "active", **STAMPS}
SESSION = {
    "created_at": NOW,
    "seen_at": FAR,
    "idle_until": FAR,
    "expires_at": FAR,
    "client": "",
    "address": "127.0.0.1",
}
STORED = {"state": "stored", "state_since": NOW, "media_type": "image/jpeg"}
PHOTOGRAPH = {"caption": "志愿者为独居老人义诊", "width": 4000, "height": 3000, "size": 2_345_678}
IMAGE = {"version": 1, "added_at": NOW, **PHOTOGRAPH}


@dataclass(frozen=True)
class Owned:
    """An application, and the tokens of those it belongs to."""

    id: UUID
    unit: str
    committee: str


@dataclass(frozen=True)
class District:
    """What was planted: applications in several states to read, complete drafts to submit, some to add pictures to."""

    settled: list[Owned]
    drafts: list[Owned]
    albums: list[Owned]


class Planting:
    """Rows by table, in the order in which they may be stored: each after what it refers to."""

    def __init__(self) -> None:
        self._tables: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
        self._forms = [_form(seed) for seed in range(TEXTS)]
        self._campaign_id = self._campaign()
        self._committees = 0

    def committee(self, *statuses: str) -> list[Owned]:
        """Plant a committee, its units, and applications in these states by turns."""
        self._committees += 1
        code = f"C{self._committees:04}"
        row = {"code": code, "name": f"{code}街道党工委", "kind": "township_subdistrict"}
        committee_id = self._add("committees", **row, **STAMPS)
        token = self._account(code, "committee", committee_id, None)
        units = [self._unit(committee_id, f"{code}-{place}") for place in range(UNITS)]
        places = zip(range(APPLICATIONS), cycle(statuses), cycle(units), strict=False)
        return [
            Owned(self._application(f"2015-{code}-{place}", status, committee_id, unit_id), unit_token, token)
            for place, status, (unit_id, unit_token) in places
        ]

    async def store(self, connection: Any) -> None:
        for table, rows in self._tables.items():
            await connection.copy_records_to_table(
                table, records=[tuple(row.values()) for row in rows], columns=[*rows[0]]
            )

    def _add(self, table: str, **row: Any) -> UUID:
        row_id: UUID = uuid7()
        self._tables[table].append({"id": row_id, **row})
        return row_id

    def _campaign(self) -> UUID:
        days = {"opens_on": NOW.date() - timedelta(days=9), "due_on": FAR.date(), "enforced_at": None}
        settings = CampaignSettings.model_validate(
            moved_to_year(template("lubei-2015"), NOW.year) | {"applications": days}
        )
        plain = settings.model_dump(mode="json")
        stored = {"settings": json.dumps(plain), "settings_digest": digest_of(plain)}
        return self._add("campaigns", name=settings.name, year=NOW.year, status="published", **stored, **STAMPS)

    def _unit(self, committee_id: UUID, name: str) -> tuple[UUID, str]:
        unit_id = self._add("units", committee_id=committee_id, name=name, honour_level="district", **STAMPS)
        return unit_id, self._account(name, "unit", committee_id, unit_id)

    def _account(self, name: str, role: str, committee_id: UUID, unit_id: UUID | None) -> str:
        """Plant an account that is signed in, and return its token."""
        place = {"committee_id": committee_id, "unit_id": unit_id}
        account_id = self._add("accounts", username=name, name=name, role=role, **place, **ACCOUNT)
        token = uuid4().hex
        self._add("sessions", account_id=account_id, token_hash=token_hash(token), **SESSION)
        return token

    def _application(self, number: str, status: str, committee_id: UUID, unit_id: UUID) -> UUID:
        place = {"campaign_id": self._campaign_id, "committee_id": committee_id, "unit_id": unit_id}
        state = {"number": number, "status": status, "content_digest": _sha256(number), "image_count": IMAGES}
        form = self._forms[len(self._tables["applications"]) % TEXTS]
        blank = {"versions": 0, "reason_codes": "[]"}
        application_id = self._add("applications", **place, **state, **form, **blank, **STAMPS)
        for slot in range(1, IMAGES + 1):
            self._image(application_id, slot)
        return application_id

    def _image(self, application_id: UUID, slot: int) -> None:
        sha256 = _sha256(f"{application_id} {slot}")
        file_id, thumbnail_id = (self._add("files", size=1, sha256=sha256, **STORED) for _ in range(2))
        files = {"application_id": application_id, "slot": slot, "file_id": file_id, "thumbnail_id": thumbnail_id}
        self._add("images", **files, sha256=sha256, source_sha256=sha256, fingerprint=sha256[:16], **IMAGE)


async def plant(owner_url: str, *, drafts: int) -> District:
    """Fill a freshly migrated database."""
    planting = Planting()
    settled = [one for _ in range(COMMITTEES) for one in planting.committee("draft", "submitted", "returned")]
    fresh = [one for _ in range(-(-drafts // APPLICATIONS)) for one in planting.committee("draft")]
    albums = planting.committee("draft")
    connection = await asyncpg.connect(owner_url)
    await planting.store(connection)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return District(settled, fresh, albums)


def _form(seed: int) -> dict[str, Any]:
    form = application_form(seed)
    cells = ("brand_name", "leader_name", "leader_title", "phone", "category", "started_on", "ended_on")
    texts = vars(form.narrative)
    return {name: getattr(form, name) for name in cells} | texts | {"narrative_length": narrative_length(texts)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
