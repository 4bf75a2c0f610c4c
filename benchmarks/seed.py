"""A district in the middle of its campaign: committees of three units and fifty applications, six pictures in each."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Column, Table, make_url

from app.models import Account, Application, Base, Campaign, Committee, File, Image, Session, Unit
from app.models.enums import (
    AccountStatus,
    ApplicationStatus,
    CampaignStatus,
    FileState,
    Role,
)
from app.services.filing.campaigns import template
from app.services.filing.contents import narrative_length
from app.services.history import digest_of
from app.services.people.sessions import token_hash
from app.services.policies.filing.campaigns import moved_to_year
from app.services.policies.filing.forms import FORM
from app.services.policies.filing.notice import CampaignSettings
from demo.content import application_form

UNITS, APPLICATIONS, IMAGES = 3, 50, 6
TEXTS = 36
SETTLED = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)
NOW = datetime.now(UTC)
FAR = NOW + timedelta(days=30)
STAMPS = {"created_at": NOW, "updated_at": NOW}
SESSION = {
    "created_at": NOW,
    "authenticated_at": NOW,
    "seen_at": FAR,
    "idle_until": FAR,
    "expires_at": FAR,
    "client": "",
    "address": "127.0.0.1",
}
STORED = {"state": FileState.STORED, "state_since": NOW, "media_type": "image/jpeg"}
PHOTOGRAPH = {"caption": "志愿者为独居老人义诊", "width": 4000, "height": 3000, "size": 2_345_678}
DRIVER = make_url("postgresql+asyncpg://").get_dialect()()


@dataclass(frozen=True)
class Owned:
    """An application, and the tokens of those it belongs to."""

    id: UUID
    unit: str
    committee: str


@dataclass(frozen=True)
class District:
    """The planted rows: applications in several states to read, complete drafts to submit, some to add pictures to."""

    settled: list[Owned]
    drafts: list[Owned]
    albums: list[Owned]


class Planting:
    """Rows as the models make them, with every default a column has."""

    def __init__(self, images: int = IMAGES) -> None:
        self._images = images
        self._rows: dict[Table, list[Base]] = {table: [] for table in Base.metadata.sorted_tables}
        self._forms = [_form(seed) for seed in range(TEXTS)]
        self.campaign_id = self._campaign()
        self._committees = self._applications = 0

    def committee(self, *statuses: ApplicationStatus, applications: int = APPLICATIONS) -> list[Owned]:
        """Plant a committee, its units, and applications in these states by turns."""
        self._committees += 1
        code = f"C{self._committees:04}"
        kind = "township_subdistrict"
        committee_id = self._add(Committee(code=code, name=f"{code}街道党工委", kind=kind, **STAMPS))
        token = self._account(code, Role.COMMITTEE, committee_id, None)
        units = [self._unit(committee_id, f"{code}-{place}") for place in range(UNITS)]
        places = zip(range(applications), cycle(statuses), cycle(units), strict=False)
        return [
            Owned(self._application(f"2015-{code}-{place}", status, committee_id, unit_id), unit_token, token)
            for place, status, (unit_id, unit_token) in places
        ]

    async def store(self, connection: Any) -> None:
        """Copy each table after those that it refers to."""
        for table, rows in self._rows.items():
            written = {column.name: _written(column) for column in table.columns if column.computed is None}
            records = [tuple(write(row) for write in written.values()) for row in rows]
            await connection.copy_records_to_table(table.name, records=records, columns=list(written))

    def office(self) -> str:
        """Plant the office, and return its token."""
        return self._account("office", Role.OFFICE, None, None)

    def _add(self, row: Base) -> UUID:
        self._rows[row.metadata.tables[row.__tablename__]].append(row)
        return row.id

    def _campaign(self) -> UUID:
        settings = settings_until(None)
        named = {"name": settings["name"], "year": NOW.year, "status": CampaignStatus.PUBLISHED}
        return self._add(Campaign(settings=settings, settings_digest=digest_of(settings), **named, **STAMPS))

    def _unit(self, committee_id: UUID, name: str) -> tuple[UUID, str]:
        level = "district"
        unit_id = self._add(Unit(committee_id=committee_id, name=name, honour_level=level, **STAMPS))
        return unit_id, self._account(name, Role.UNIT, committee_id, unit_id)

    def _account(self, name: str, role: Role, committee_id: UUID | None, unit_id: UUID | None) -> str:
        """Plant an account that is signed in, and return its token."""
        place = {"committee_id": committee_id, "unit_id": unit_id, "status": AccountStatus.ACTIVE}
        account_id = self._add(Account(username=name, name=name, role=role, **place, **STAMPS))
        token = uuid4().hex
        self._add(Session(account_id=account_id, token_hash=token_hash(token), **SESSION))
        return token

    def _application(self, number: str, status: ApplicationStatus, committee_id: UUID, unit_id: UUID) -> UUID:
        place = {"campaign_id": self.campaign_id, "committee_id": committee_id, "unit_id": unit_id}
        state = {"number": number, "status": status, "content_digest": _sha256(number), "image_count": self._images}
        form = self._forms[self._applications % TEXTS]
        self._applications += 1
        application_id = self._add(Application(**place, **state, **form, **STAMPS))
        for slot in range(1, self._images + 1):
            self._image(application_id, slot)
        return application_id

    def _image(self, application_id: UUID, slot: int) -> None:
        sha256 = _sha256(f"{application_id} {slot}")
        file_id, thumbnail_id = (self._add(File(size=1, sha256=sha256, **STORED)) for _ in range(2))
        files = {"application_id": application_id, "slot": slot, "file_id": file_id, "thumbnail_id": thumbnail_id}
        digests = {"sha256": sha256, "source_sha256": sha256, "fingerprint": sha256[:16]}
        self._add(Image(**files, **digests, **PHOTOGRAPH, added_at=NOW))


def settings_until(closes_at: datetime | None) -> dict[str, Any]:
    """Settings of a campaign whose applications may be filed until an instant, or for a month."""
    due_on = FAR.date() if closes_at is None else NOW.date() - timedelta(days=1)
    days = {"opens_on": NOW.date() - timedelta(days=9), "due_on": due_on, "enforced_at": closes_at}
    settings = moved_to_year(template("lubei-2015"), NOW.year) | {"applications": days}
    return CampaignSettings.model_validate(settings).stored()


async def plant(owner_url: str, *, committees: int, drafts: int) -> District:
    """Fill a freshly migrated database."""
    planting = Planting()
    settled = [one for _ in range(committees) for one in planting.committee(*SETTLED)]
    fresh = [one for _ in range(-(-drafts // APPLICATIONS)) for one in planting.committee(ApplicationStatus.DRAFT)]
    albums = planting.committee(ApplicationStatus.DRAFT)
    connection = await asyncpg.connect(owner_url)
    await planting.store(connection)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return District(settled, fresh, albums)


def _form(seed: int) -> dict[str, Any]:
    form = application_form(seed)
    texts = vars(form.narrative)
    cells = {name: str(getattr(form, name)) for name in FORM if name not in texts}
    return cells | texts | {"narrative_length": narrative_length(texts)}


def _written(column: Column[Any]) -> Callable[[Base], Any]:
    """The value of a row in this column, as the driver writes it."""
    write = column.type.dialect_impl(DRIVER).bind_processor(DRIVER)
    if write is None:
        return attrgetter(column.key)
    return lambda row: write(getattr(row, column.key))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
