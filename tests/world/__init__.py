"""Data of tests: plain rows with plain values, and clients that reject answers outside the contract."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from sqlalchemy import insert, inspect, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from uuid_utils.compat import uuid7

from app.api.http.document import nodes
from app.context import Actor, Context, View
from app.database import Database
from app.keyring import Keyring
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Base,
    Campaign,
    Committee,
    Endpoint,
    Session,
    Unit,
    Versioned,
)
from app.models.enums import (
    AccountStatus,
    ApplicationStatus,
    CampaignStatus,
    Language,
    PlanStatus,
    Role,
    VersionOccasion,
)
from app.services.filing.campaigns import template
from app.services.history import digest_of
from app.services.people.sessions import token_hash
from app.services.policies.filing.campaigns import moved_to_year
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.limits import Quotas
from app.services.policies.people.vocabularies import NOTICE
from tests.contract.client import Contract, ContractClient

PLENTY = Quotas(
    applications_per_unit=100, units_per_committee=100, accounts_per_committee=100, objections_per_account=100
)
"""More than any test makes that is not about quotas."""

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2015, 4, 21, 10, 0, tzinfo=ZONE)
"""Both deadlines of 2015 are open: plans close at the end of 4月22日, applications at the end of 9月14日."""

NO_ROWS: dict[str, Any] = {"items": [], "next_cursor": None, "total": 0, "total_exact": True}
NO_COUNTED_ROWS = NO_ROWS | {"counts": []}
"""The answer of a list to which there is nothing."""
NARRATIVE = {"innovation": "创" * 600, "practices": "做" * 800, "effects": "效" * 600}
FORM = {
    "brand_name": "“红马甲”邻里互助站",
    "leader_name": "李文博",
    "leader_title": "党支部书记",
    "phone": "0315-3724062",
    "category": "qingman",
    "started_on": "2015-04-21",
    "ended_on": "2015-08-31",
    **NARRATIVE,
}
"""Everything 附件2 asks for; only the pictures are missing."""


@dataclass
class World:
    """The system under test, and short ways to put things into it."""

    app: FastAPI
    contract: Contract
    _codes: int = field(default=0)

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    async def add(self, *rows: Base) -> None:
        """Insert rows, neighbours of one kind by one statement: a session would take six times as long."""
        for row in rows:
            if isinstance(row, Versioned):
                row.created_at = row.updated_at = NOW
        async with self._alone.connect() as connection:
            for (kind, _), alike in groupby(rows, lambda row: (type(row), [*_values(row)])):
                await connection.execute(insert(kind), [_values(row) for row in alike])
        for row in rows:
            _become_stored(row)

    async def put(self, row: Base, **values: Any) -> None:
        """Change a row that was added, by no act."""
        model: Any = type(row)
        async with self._alone.connect() as connection:
            await connection.execute(update(model).where(model.id == row.id).values(values))
        for name, value in values.items():
            set_committed_value(row, name, value)

    @cached_property
    def _alone(self) -> AsyncEngine:
        """Connections on which each statement is a transaction."""
        return self.database.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def keyring(self) -> Keyring:
        keyring: Keyring = self.app.state.keyring
        return keyring

    async def endpoint(self, *, secret: str, **values: Any) -> Endpoint:
        """Insert an address that messages may be pushed to."""
        row = Endpoint(**{"id": uuid7(), "description": ""} | values)
        row.secret = self.keyring.encrypt(secret, f"endpoint {row.id}: secret")
        await self.add(row)
        return row

    async def campaign(self, *, status: CampaignStatus = CampaignStatus.PUBLISHED, **changes: Any) -> Campaign:
        """The notice of 2015, with these settings changed."""
        settings = CampaignSettings.model_validate(template("lubei-2015") | changes)
        plain = settings.stored()
        row = Campaign(
            name=settings.name, year=settings.year, status=status, settings=plain, settings_digest=digest_of(plain)
        )
        await self.add(row)
        return row

    async def sample(self, **changes: Any) -> Campaign:
        """The invented notice that asks for what the notice of 2015 does not, in the same year."""
        return await self.campaign(**moved_to_year(template("sample-2025"), 2015) | changes)

    async def committee(self, **values: Any) -> Committee:
        self._codes += 1
        plain = {
            "code": f"C{self._codes:02d}",
            "name": f"第{self._codes}街道党工委",
            "kind": "township_subdistrict",
        }
        row = Committee(**(plain | values))
        await self.add(row)
        return row

    async def unit(self, committee: Committee, **values: Any) -> Unit:
        self._codes += 1
        plain = {"name": f"第{self._codes}社区", "honour_level": "district"}
        row = Unit(committee_id=committee.id, **(plain | values))
        await self.add(row)
        return row

    async def application(self, campaign: Campaign, unit: Unit, **values: Any) -> Application:
        """Insert an application in any state; no rule is applied."""
        self._codes += 1
        plain = {"number": f"2015-{self._codes:03d}", "content_digest": "0" * 64}
        row = Application(campaign_id=campaign.id, committee_id=unit.committee_id, unit_id=unit.id, **(plain | values))
        await self.add(row)
        return row

    async def filed(
        self, campaign: Campaign, unit: Unit, *, attachments: Sequence[dict[str, Any]] = (), **form: Any
    ) -> Application:
        """Insert a filed application with these cells and these supporting documents in its content."""
        row = await self.application(campaign, unit, status=ApplicationStatus.FILED, filed_at=NOW, **form)
        by = await self.account(Role.UNIT, unit=unit)
        cells = {name: value.isoformat() if isinstance(value, date) else value for name, value in form.items()}
        content = {
            "unit_name": unit.name,
            "committee_name": "",
            "form": dict.fromkeys(FORM, "") | cells,
            "narrative_length": 0,
            "image_count": 0,
            "images": [],
        } | ({"attachments": [*attachments]} if attachments else {})
        version = ApplicationVersion(
            application_id=row.id,
            number=1,
            occasion=VersionOccasion.FILING,
            digest="0" * 64,
            content=content,
            fixed_at=NOW,
            fixed_by=by.id,
        )
        await self.add(version)
        await self.put(row, filed_version_id=version.id)
        return row

    async def account(self, role: Role, *, committee: Committee | None = None, unit: Unit | None = None) -> Account:
        row = account_of(role, committee=committee, unit=unit)
        await self.add(row)
        return row

    async def sign_in(self, account: Account) -> ContractClient:
        """A client with a session of this account, made without a password."""
        (client,) = await self.sign_in_all(account)
        return client

    async def sign_in_all(self, *accounts: Account) -> list[ContractClient]:
        """A client for each of these accounts."""
        tokens = [uuid4().hex for _ in accounts]
        await self.add(*(session_of(account, token) for account, token in zip(accounts, tokens, strict=True)))
        clients = [self.client(Authorization=f"Bearer {token}") for token in tokens]
        for account, client in zip(accounts, clients, strict=True):
            client.role = account.role
        return clients

    async def client_of(
        self, role: Role, *, committee: Committee | None = None, unit: Unit | None = None
    ) -> ContractClient:
        return await self.sign_in(await self.account(role, committee=committee, unit=unit))

    def client(self, **headers: str) -> ContractClient:
        return ContractClient.asgi(self.app, self.contract, headers=headers)

    @asynccontextmanager
    async def acting(self, actor: Actor) -> AsyncIterator[Context]:
        """A command's context for this actor: committed at the end."""
        async with self.database.transaction() as session:
            yield Context.within(session, actor, await self.database.now(session), Language.ZH, uuid4())

    @asynccontextmanager
    async def viewing(self, actor: Actor) -> AsyncIterator[View]:
        async with self.database.reading() as reader:
            now = self.database.clock.stopped_at or NOW
            yield View(actor, now, Language.ZH, uuid4(), reader)


def account_of(role: Role, *, committee: Committee | None = None, unit: Unit | None = None) -> Account:
    """An active account, to be added."""
    return Account(
        username=f"{role.value}-{uuid4().hex[:8]}",
        name=f"{role.label}用户",
        role=role,
        status=AccountStatus.ACTIVE,
        committee_id=committee.id if committee else unit.committee_id if unit else None,
        unit_id=unit.id if unit else None,
    )


def session_of(account: Account, token: str) -> Session:
    """A session that lasts for all tests, to be added."""
    far = NOW + timedelta(days=3650)
    return Session(
        account_id=account.id,
        token_hash=token_hash(token),
        created_at=NOW,
        seen_at=far - timedelta(days=1),
        idle_until=far,
        expires_at=far,
        authenticated_at=NOW,
        client="tests",
        address="127.0.0.1",
    )


def _values(row: Base) -> dict[str, Any]:
    """Values that were given to a row, by column: the database fills in the rest."""
    given = inspect(row).dict
    return {column.key: given[column.key] for column in inspect(type(row)).columns if column.key in given}


def _become_stored(row: Base) -> None:
    """Leave the row as a session leaves one that it wrote: what was not given is NULL."""
    for name in inspect(row).unloaded:
        set_committed_value(row, name, None)
    make_transient_to_detached(row)


def actor_of(account: Account) -> Actor:
    """The actor that an account is, who has just signed in."""
    whose = (account.id, account.role, account.name, account.committee_id, account.unit_id)
    return Actor(*whose, authenticated_at=NOW)


def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"Idempotency-Key": str(uuid4())}


def codes_of(settings: dict[str, Any]) -> set[str]:
    """Every code that people should not read: of the notice, and of the states of what it is about."""
    own = {node["code"] for node in nodes(settings) if "code" in node}
    return (
        own
        | {each.value for words in (ApplicationStatus, PlanStatus) for each in words}
        | {word.code for words in NOTICE.values() for word in words}
    )
