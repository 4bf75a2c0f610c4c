"""An upgrade that cannot be made: refused in one sentence, and nothing is changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url

from app import migrating, revisions
from app.embedded import Servers
from app.refusal import Refusal

BEFORE = "0045"
"""The revision before one that refers to the applications, and so wants their table for a moment."""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        yield connection
    finally:
        await connection.close()


async def upgrade(servers: Servers) -> str | None:
    """Upgrade to the newest revision; return the refusal."""
    try:
        await asyncio.to_thread(migrating.upgrade, servers.owner_database_url)
    except Refusal as refusal:
        return str(refusal)
    return None


async def until_somebody_waits(watch: asyncpg.Connection) -> None:
    waiting = """
        SELECT EXISTS (
            SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
            WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
        )
    """
    while not await watch.fetchval(waiting):
        await watch.execute("SELECT pg_sleep(0.05)")


async def test_behind_a_long_transaction_it_gives_up_names_it_and_changes_nothing(
    own: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT_SECONDS", 0.2)
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, BEFORE)
    async with connected(own.database_url) as writer:
        async with writer.transaction():
            await writer.execute("UPDATE applications SET id = id")
            role, pid = await writer.fetchval("SELECT current_user"), writer.get_server_pid()
            assert await upgrade(own) == (
                "A table was not free within 0.2 s: nothing is changed, and serving goes on. "
                f"Sessions that hold tables now: {pid} ({role}). Run it again when they have ended."
            )
            assert await revisions.current(own.owner_database_url) == BEFORE
        assert await upgrade(own) is None
    assert await revisions.current(own.owner_database_url) == revisions.newest()


async def test_readers_do_not_keep_it_from_anything(own: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT_SECONDS", 0.2)
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, BEFORE)
    async with connected(own.database_url) as reader, reader.transaction():
        await reader.fetch("SELECT * FROM applications")
        assert await upgrade(own) is None


async def test_another_upgrade_is_waited_for_as_long_as_it_takes(own: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT_SECONDS", 0.2)
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, BEFORE)
    async with connected(own.owner_database_url) as other, connected(own.owner_database_url) as watch:
        async with other.transaction():
            await other.execute(f"SELECT pg_advisory_xact_lock({migrating.ONE_MIGRATOR})")
            waiting = asyncio.create_task(upgrade(own))
            await until_somebody_waits(watch)
            await watch.execute("SELECT pg_sleep(0.5)")
            assert not waiting.done()
        assert await waiting is None


async def test_a_schema_that_a_later_program_made_is_left_alone(own: Servers) -> None:
    async with connected(own.owner_database_url) as owner:
        await owner.execute("UPDATE alembic_version SET version_num = '9999'")
    assert await upgrade(own) == (
        f"The schema is at 9999, this program knows {revisions.newest()}: a later one has upgraded it. "
        "Install that again. There is no way down but a backup of before."
    )
    assert await revisions.current(own.owner_database_url) == "9999"


async def test_a_database_that_cannot_be_reached_is_said_to_be_away(own: Servers) -> None:
    nowhere = make_url(own.owner_database_url).set(port=1).render_as_string(hide_password=False)
    with pytest.raises(Refusal, match=r"^The database cannot be reached: "):
        await asyncio.to_thread(migrating.upgrade, nowhere)
