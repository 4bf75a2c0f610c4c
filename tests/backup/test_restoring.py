"""A restore brings back what was backed up, into an empty deployment alone, and sends nothing a second time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from app import doctor, migrating, restoring, revisions
from app.backup.releasing import is_held, release
from app.chain import Anchors, Chain, Key, number
from app.database import Database, dsn_of
from app.equipment import keyring
from app.keyring import new_key
from app.models import AuditEvent, Delivery, Notification
from app.models.enums import DeliveryStatus, Role
from app.refusal import Refusal
from app.services import jobs
from app.services.files import key_of
from app.services.history import mark
from app.services.policies.backups import RELEASED, RESTORED, STEP, resume_after
from app.settings import Settings
from tests.backup.conftest import Deployment, Elsewhere
from tests.world import World
from tests.world.chain import SECRET
from tests.world.deliveries import delivering, owing
from tests.world.files import stored
from tests.world.filing import district
from tests.world.notifying import hand_on
from tests.world.receiver import Receiver, receiving
from tests.world.worker import MARK, a_worker, number_all

WRITTEN = {
    "alembic_version",
    "followers",
    "passkey_challenges",
    "procrastinate_workers",
    "sessions",
    "sign_on_challenges",
}
"""Tables that a restore changes, or of which no backup has the rows."""
GROWN = {"audit_events", "notifications", "procrastinate_events", "procrastinate_jobs", "restorations"}
"""Tables to which it adds: itself, and what follows from events that were not followed yet."""
Connection = Any
"""asyncpg's connection, which is generic for the type checker only."""


async def rows_of(connection: Connection) -> dict[str, list[str]]:
    """Every row of every table as text."""
    tables = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
    return {
        name: sorted([row for (row,) in await connection.fetch(f'SELECT t::text FROM "{name}" t')])
        for (name,) in tables
    }


async def happen(world: World) -> None:
    """Let three events happen."""
    async with jobs.acting(world.database) as ctx:
        for _ in range(3):
            mark(ctx, uuid7(), MARK)


async def connect(elsewhere: Elsewhere) -> Connection:
    return await asyncpg.connect(dsn_of(elsewhere.servers.owner_database_url))


def database_of(elsewhere: Elsewhere) -> Database:
    return Database(elsewhere.servers.database_url, pool_size=2)


async def test_rows_and_pictures_are_those_that_were_backed_up(
    world: World, deployment: Deployment, elsewhere: Elsewhere, owner: Connection
) -> None:
    there = await district(world)
    await world.filed(there.campaign, there.unit)
    await happen(world)
    pictures = {await stored(world, data): data for data in (b"one", b"two" * 100_000)}
    await number_all(world.database)
    last = await owner.fetchval("SELECT max(sequence) FROM audit_events")
    before = await rows_of(owner)
    await deployment.take()
    await elsewhere.restore(await deployment.open())
    connection = await connect(elsewhere)
    after = await rows_of(connection)
    assert after.keys() == before.keys()
    for name in before.keys() - WRITTEN:
        more = [row for row in after[name] if row not in set(before[name])]
        assert [row for row in after[name] if row not in more] == before[name], name
        assert not more or name in GROWN
    assert before["sessions"]
    assert after["sessions"] == []
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == revisions.newest()
    for row, data in pictures.items():
        assert await elsewhere.storage.unproven(key_of(row.id)) == data
    first = await connection.fetchrow("SELECT action, sequence FROM audit_events WHERE sequence > $1", last)
    assert tuple(first) == (RESTORED.code, resume_after(last) + 1)
    await connection.close()


@pytest.mark.thorough
async def test_the_history_goes_on_beyond_the_numbers_that_were_lost(
    world: World, deployment: Deployment, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """Anchors that reach further than the backup are put aside, and no number up to theirs is given again."""
    anchors = Anchors(tmp_path / "anchors")
    chained = Chain([Key(SECRET)], anchors)
    await happen(world)
    await number_all(world.database, chain=chained)
    reached = anchors.last().sequence
    stamp = (await deployment.take()).manifest.stamp
    await happen(world)
    await number_all(world.database, chain=chained)
    lost = anchors.last().sequence
    assert lost > reached
    await elsewhere.restore(await deployment.open())
    aside = Anchors(tmp_path / f"anchors.before-{stamp}")
    assert aside.last().sequence == lost
    assert next(link.sequence for link in anchors.links()) == reached
    assert anchors.last().sequence >= resume_after(reached) + 1 > lost
    database = database_of(elsewhere)
    assert await release(database) == 1
    await number(database, Chain([Key(SECRET)], anchors))
    assert await doctor.verify(elsewhere.settings) == []
    async with database.transaction() as session:
        acts = {event.action for event in await session.scalars(select(AuditEvent).where(AuditEvent.sequence > STEP))}
        gap = doctor.INVARIANTS["the numbers of events have a gap"]
        assert (await session.scalars(text(gap))).all() == []
    assert acts == {RESTORED.code, RELEASED.code}
    await database.close()


@pytest.mark.thorough
async def test_the_doctor_says_that_nothing_is_sent(world: World, deployment: Deployment, elsewhere: Elsewhere) -> None:
    await deployment.take()
    await elsewhere.restore(await deployment.open())
    held = "Since a restore nothing is sent: look at what was lost, then run `pinpai release`."
    assert held in await doctor.examine(elsewhere.settings)
    database = database_of(elsewhere)
    await release(database)
    assert held not in await doctor.examine(elsewhere.settings)
    assert await release(database) == 0
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def waiting(world: World, settings: Settings, owner: Connection) -> AsyncIterator[Receiver]:
    """A delivery and a letter wait; of one more event nothing was made yet."""
    sender = await delivering(world, settings, owner)
    await world.account(Role.OFFICE)
    await owner.execute("UPDATE accounts SET email = 'office@example.org'")
    async with receiving() as receiver:
        await sender.endpoint(receiver)
        await sender.nominate()
        await owing(world)
        await hand_on(world)
        await sender.nominate()
        await number_all(world.database)
        yield receiver


@pytest.mark.thorough
@pytest.mark.parametrize("send_waiting", [False, True])
async def test_what_waited_in_the_backup_is_not_sent_unless_it_is_wanted(
    waiting: Receiver, deployment: Deployment, elsewhere: Elsewhere, send_waiting: bool
) -> None:
    await deployment.take()
    await elsewhere.restore(await deployment.open(), send_waiting=send_waiting)
    database = database_of(elsewhere)
    async with database.transaction() as session:
        deliveries = [delivery.status for delivery in await session.scalars(select(Delivery))]
        tasks = set(await session.scalars(text("SELECT task_name FROM procrastinate_jobs")))
        letters = (await session.scalars(select(Notification.id).where(Notification.by_mail))).all()
    assert deliveries == [DeliveryStatus.PENDING if send_waiting else DeliveryStatus.FAILED] * 2
    assert ("deliver" in tasks) is send_waiting
    assert send_waiting or not letters
    assert waiting.received == []
    await database.close()


async def until(connection: Connection, question: str, *values: object) -> None:
    """Ask until it is so."""
    async with asyncio.timeout(30):
        while not await connection.fetchval(question, *values):  # noqa: ASYNC110  # the database sends no word of it
            await asyncio.sleep(0.05)


@pytest.mark.thorough
async def test_a_worker_does_no_job_before_the_release(
    world: World, deployment: Deployment, elsewhere: Elsewhere
) -> None:
    subject = await stored(world, b"anything")
    await deployment.take()
    await elsewhere.restore(await deployment.open())
    database, connection = database_of(elsewhere), await connect(elsewhere)
    await connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'leave_a_mark', $1)",
        f'{{"subject_id": "{subject.id}"}}',
    )
    done = "SELECT count(*) FROM audit_events WHERE action = $1"
    with a_worker(elsewhere.settings):
        await until(
            connection, "SELECT EXISTS (SELECT FROM audit_events WHERE sequence > $1 AND mac IS NOT NULL)", STEP
        )
        assert await is_held(database)
        assert await connection.fetchval(done, MARK.code) == 0
        await release(database)
        await until(connection, done, MARK.code)
    await connection.close()
    await database.close()


@pytest.mark.thorough
async def test_a_deployment_that_is_not_empty_is_refused(
    world: World, deployment: Deployment, elsewhere: Elsewhere
) -> None:
    await stored(world, b"a picture")
    await deployment.take()
    archive = await deployment.open()
    await elsewhere.storage.put("files/foreign", b"x", media_type="x/y", sha256="2d711642b726b04401627ca9fbac32f5"
                                "c8530fb1903cc4db02258717921a4881")  # fmt: skip
    with pytest.raises(Refusal, match="The store is not empty"):
        await elsewhere.restore(archive)
    await elsewhere.storage.delete("files/foreign")
    await elsewhere.restore(archive)
    with pytest.raises(Refusal, match="The database is not empty"):
        await elsewhere.restore(archive)


@pytest.mark.thorough
async def test_a_restore_that_was_interrupted_goes_on(
    world: World, deployment: Deployment, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stored(world, b"a picture")
    await deployment.take()
    archive = await deployment.open()

    class Interrupted(Exception):
        pass

    async def end(*_: object) -> None:
        raise Interrupted

    for step in ("_load_database", "_bring_up", "_catch_up", "_finish"):
        with monkeypatch.context() as patch:
            patch.setattr(restoring, step, end)
            with pytest.raises(Interrupted):
                await elsewhere.restore(archive)
        assert await revisions.current(elsewhere.servers.owner_database_url) != revisions.newest()
    await elsewhere.restore(archive)
    assert await revisions.current(elsewhere.servers.owner_database_url) == revisions.newest()
    connection = await connect(elsewhere)
    assert await connection.fetchval("SELECT count(*) FROM restorations") == 1
    await connection.close()


@pytest.mark.thorough
async def test_keys_that_are_missing_are_named_and_never_new(
    world: World, deployment: Deployment, elsewhere: Elsewhere, settings: Settings
) -> None:
    await happen(world)
    await number_all(world.database)
    await deployment.take()
    archive = await deployment.open()
    whole = elsewhere.settings
    for name, value, key in (
        ("secret_keys", (SecretStr(new_key()),), keyring(settings).names()[0]),
        ("history_key", SecretStr("another-key-of-the-history-that-is-long-enough"), Key(SECRET).name),
    ):
        elsewhere.settings = whole.model_copy(update={name: value})
        with pytest.raises(Refusal, match=f"needs the keys {key} in PINPAI_{name.upper()}"):
            await elsewhere.restore(archive)
    await elsewhere.restore(archive, without_keys=True)


@pytest.mark.thorough
async def test_a_backup_of_an_older_revision_is_migrated_and_of_a_newer_one_refused(
    deployment: Deployment, elsewhere: Elsewhere, servers_elsewhere: Any
) -> None:
    old = servers_elsewhere.create_database("older")
    await asyncio.to_thread(migrating.upgrade, old.owner_database_url, "0032")
    deployment.source = type(deployment.source)(old.owner_database_url, deployment.source.storage, [])
    assert (await deployment.take()).manifest.revision == "0032"
    old.drop_database("older")
    archive = await deployment.open()
    await elsewhere.restore(archive)
    assert await revisions.current(elsewhere.servers.owner_database_url) == revisions.newest()
    archive.manifest = type(archive.manifest).read(archive.manifest.written().replace(b'"0032"', b'"9999"'))
    with pytest.raises(Refusal, match="of revision 9999"):
        await elsewhere.restore(archive)


@pytest.mark.thorough
async def test_rows_that_are_not_there_end_the_restore(
    deployment: Deployment, elsewhere: Elsewhere, world: World
) -> None:
    await world.committee()
    await deployment.take()
    archive = await deployment.open()
    archive.manifest.tables["committees"] += 1
    with pytest.raises(Refusal, match="rows of committees"):
        await elsewhere.restore(archive)
    connection = await connect(elsewhere)
    assert await rows_of(connection) == {}
    await connection.close()


def test_the_keys_of_a_data_directory_are_put_into_a_new_one_only(tmp_path: Path) -> None:
    secrets = tmp_path / "kept"
    secrets.mkdir()
    for name in restoring.KEYS:
        (secrets / name).write_text('{"key": "k"}')
    restoring.keep_secrets(tmp_path / "data", secrets)
    assert {(tmp_path / "data" / "secrets" / name).stat().st_mode & 0o777 for name in restoring.KEYS} == {0o600}
    restoring.keep_secrets(tmp_path / "data", secrets)  # the restore was interrupted, and goes on
    (secrets / restoring.KEYS[0]).write_text('{"key": "another"}')
    with pytest.raises(Refusal, match="is not empty"):
        restoring.keep_secrets(tmp_path / "data", secrets)
    (secrets / restoring.KEYS[0]).unlink()
    with pytest.raises(Refusal, match=f"has no {restoring.KEYS[0]}"):
        restoring.require_secrets(secrets)
