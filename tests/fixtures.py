"""One database per worker, emptied between tests, and the program on it."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from app import embedded, migrating
from app.database import Clock, Database, dsn_of
from app.embedded.postgres import SUPERUSER
from app.main import create_app
from app.models import Base
from app.services.people import hashing
from app.settings import Settings
from tests.conftest import SERVERS
from tests.contract.client import Contract
from tests.world import NOW, World
from tests.world.chain import SECRET
from tests.world.provider import of_provider
from tests.world.sign_ons import Town, signing_on

CONTRACT = Path(__file__).parents[1] / "openapi" / "openapi.json"
DATA = Path(__file__).parents[1] / ".data"
TABLES = [
    *(table.name for table in reversed(Base.metadata.sorted_tables)),
    "tallies",  # the others' going was counted
    "procrastinate_jobs",
    "procrastinate_workers",
]
_OF_JOBS = ("procrastinate_events", "procrastinate_periodic_defers")
"""What goes with the jobs where triggers are in force."""
_EMPTYING = " ".join(f"DELETE FROM {name};" for name in (*TABLES, *_OF_JOBS))
EMPTY = f"CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {_EMPTYING} END $$"
"""A hundred times faster than TRUNCATE, which makes new files for every table and index; a function plans it once."""


@pytest.fixture(scope="session")
def migrated() -> Iterator[embedded.Servers]:
    """A database with the schema and without a row, which nobody connects to: others are copies of it."""
    own = embedded.attach(Path(os.environ[SERVERS])).create_database(f"migrated_{uuid4().hex[:12]}")
    migrating.upgrade(own.owner_database_url, demonstration=True)  # tests stop the clock
    yield own
    own.drop_database(own.database)


@contextmanager
def copied(migrated: embedded.Servers) -> Iterator[embedded.Servers]:
    """A migrated database for one user, made in a fraction of the time that the migrations take."""
    own = migrated.create_database(f"test_{uuid4().hex[:12]}", template=migrated.database)
    yield own
    own.drop_database(own.database)


@pytest.fixture(scope="session")
def servers(migrated: embedded.Servers) -> Iterator[embedded.Servers]:
    """The servers, and a migrated database of this worker's own."""
    with copied(migrated) as own:
        yield own


@pytest.fixture
def own(migrated: embedded.Servers) -> Iterator[embedded.Servers]:
    """The servers, and a migrated database for one test to fill and to forget."""
    with copied(migrated) as own:
        yield own


@pytest.fixture(scope="session", autouse=True)
def untouched() -> Iterator[None]:
    """No test leaves anything in the data directory that `make run` uses: it refuses one that is not its own."""
    there = DATA.exists()
    yield
    assert DATA.exists() == there, f"a test has made {DATA}: give its settings a folder of their own"


@pytest.fixture(scope="session", autouse=True)
def earnest_hashes() -> Iterator[Mapping[str, Any]]:
    """The hasher of passwords in earnest, 30 ms of a core each; in tests the same algorithm does with less.

    tests/services/people/test_hashing.py puts back what is yielded here.
    """
    earnest = {name: getattr(hashing, name) for name in ("_ARGON2", "_NOBODY")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_ARGON2", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(hashing, "_NOBODY", earnest["_NOBODY"].replace("m=19456,t=2", "m=8,t=1"))
        yield earnest


@pytest.fixture(scope="session")
def settings(servers: embedded.Servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        allowed_hosts=("testserver",),
        database_url=SecretStr(servers.database_url),
        s3_endpoint_url=servers.s3_endpoint_url,
        s3_region=servers.s3_region,
        s3_bucket=servers.s3_bucket,
        s3_access_key_id=SecretStr(servers.s3_access_key_id),
        s3_secret_access_key=SecretStr(servers.s3_secret_access_key),
        secret_keys=(SecretStr(servers.secret_key),),
        history_key=SecretStr(SECRET),
        history_anchors=tmp_path_factory.mktemp("history") / "anchors",
        passkey_domain="pinpai.example.org",
        passkey_origins=("https://pinpai.example.org",),
        cookie_origins=("https://pinpai.example.org",),
        **of_provider(),
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings, clock=Clock())
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The committed contract: to generate it takes seconds, and tests/contract/test_drift.py compares the two."""
    return Contract(json.loads(CONTRACT.read_text("utf-8")))


@pytest.fixture
def clock(app: FastAPI) -> Clock:
    """The clock every test starts with: stopped in the working hours of a day on which both deadlines are open."""
    clock: Clock = app.state.database.clock
    clock.stopped_at = NOW
    return clock


@pytest.fixture
def database(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def owner(servers: embedded.Servers) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection that may delete what the application may not."""
    connection = await asyncpg.connect(dsn_of(servers.owner_database_url))
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def emptying(servers: embedded.Servers) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection for which no trigger and no foreign key is in force: all rows go, so that none is left dangling."""
    url = servers.postgres.url(SUPERUSER, servers.database)
    connection = await asyncpg.connect(dsn_of(url), server_settings={"session_replication_role": "replica"})
    await connection.execute(EMPTY)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    app: FastAPI, contract: Contract, clock: Clock, emptying: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[World]:
    """An empty system to put things into; emptied again afterwards."""
    yield World(app, contract)
    await emptying.execute("SELECT pg_temp.empty()")


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs: sessions are opened by password."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, NOW - datetime.now(UTC)
    yield world
    clock.offset = timedelta()


@pytest_asyncio.fixture(loop_scope="session")
async def town(world: World) -> AsyncIterator[Town]:
    """An empty system whose provider of single sign-on is there."""
    async with signing_on(world) as town:
        yield town
