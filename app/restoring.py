"""`pinpai restore` and `pinpai backup verify`: a backup becomes a deployment again, the real one or one for a moment.

The store is filled first, then the database in one transaction. Until all is done the schema has no revision that any
program serves; a restore that was interrupted goes on where it was.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select, text, update
from sqlalchemy.pool import NullPool

from app import doctor, embedded, migrating, revisions
from app.backup.manifest import Manifest
from app.backup.places import place_of
from app.backup.programs import fitting
from app.backup.reading import Archive, opened
from app.backup.releasing import release
from app.backup.sealing import Opener
from app.backup.several import several
from app.backup.taking import COUNT
from app.chain import Anchors, Key, Link, number
from app.context import Context
from app.database import Clock, Database, engine_on
from app.embedded.home import read_private, write_private
from app.equipment import backup_storage, chain, keyring, storage_settings
from app.models import AuditEvent, Delivery, Notification, Restoration
from app.models.enums import DeliveryStatus, Language
from app.refusal import Refusal
from app.services import events, jobs
from app.services.files import key_of
from app.services.handover import deliveries
from app.services.history import create, move
from app.services.notifying import notifications
from app.services.policies import backups as policy
from app.services.policies.handover.deliveries import GIVE_UP
from app.serving import database_url, over, owner_url
from app.settings import Settings
from app.storage import Storage
from app.worker import work_of

Say = Callable[[str], None]
RESTORING = "restoring"
KEYS = ("secret_key.json", "history.json")
"""The keys in a data directory that no backup holds."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The operator's choices: to go on without keys that are lost, and to send what waited in the backup."""

    without_keys: bool = False
    send_waiting: bool = False


def open_archive(settings: Settings, source: str, stamp: str | None, identity: Path | None) -> Archive:
    """Open a backup where it lies."""
    return asyncio.run(opened(place_of(source, backup_storage(settings)), Opener(identity), stamp))


def run(settings: Settings, archive: Archive, choices: Choices, secrets: Path | None, say: Say) -> None:
    """Restore into the servers of the settings, or into embedded ones that run as long as it takes."""
    if not settings.embedded:
        asyncio.run(restore(settings, owner_url(settings), archive, choices, say))
        return
    given = _with_keys(settings, secrets) if secrets else settings
    if not choices.without_keys:
        require_keys(given, archive.manifest)
    if secrets:
        keep_secrets(settings.data_dir, secrets)
    with embedded.run(settings.data_dir, log=say) as servers:
        settings = over(settings, servers)
        asyncio.run(restore(settings, servers.owner_database_url, archive, choices, say))


async def restore(settings: Settings, owner_url: str, archive: Archive, choices: Choices, say: Say) -> None:
    """Fill an empty database and an empty store with a backup; refuse to touch any other."""
    manifest = archive.manifest
    if not choices.without_keys:
        require_keys(settings, manifest)
    if manifest.revision > revisions.newest():
        raise Refusal(
            f"The backup is of revision {manifest.revision}, this program knows {revisions.newest()}: "
            f"install Pinpai {manifest.product} or later."
        )
    anchors = chain(settings).anchors
    async with Storage(storage_settings(settings)) as storage:
        await _require_empty_store(storage, manifest)
        loaded = await _loaded(owner_url, manifest)
        say(f"Restoring the backup {manifest.stamp} with {len(manifest.objects)} objects.")
        await _fill_store(storage, archive)
        if not loaded:
            await _load_database(owner_url, archive)
        resumes_after = await _bring_up(settings, owner_url, manifest, anchors.last().sequence)
        _anchor(anchors, manifest, resumes_after, say)
        await _catch_up(settings, storage)
    await _finish(settings, owner_url, choices)
    say("Everybody has to sign in again. Nothing is sent until you run `pinpai release`.")


def require_keys(settings: Settings, manifest: Manifest) -> None:
    """Refuse while a key is missing with which something in the backup was encrypted or chained."""
    secret, history = keyring(settings).names(), settings.history_key
    known = [Key(each).name for each in history.get_secret_value().split(",")] if history else []
    wanted = {
        "PINPAI_SECRET_KEYS": (manifest.secret_keys, secret),
        "PINPAI_HISTORY_KEY": (manifest.history_keys, known),
    }
    for setting, (needed, had) in wanted.items():
        if missing := [name for name in needed if name not in had]:
            raise Refusal(
                f"The backup needs the keys {', '.join(missing)} in {setting}, which are kept apart from it: put them "
                "back (with the embedded servers: --secrets), or go on --without-keys if they are lost for good."
            )


def _with_keys(settings: Settings, secrets: Path) -> Settings:
    """The settings with the keys of a data directory that was."""
    require_secrets(secrets)
    secret, history = (str(read_private(secrets / name)["key"]) for name in KEYS)
    return settings.model_copy(update={"secret_keys": (SecretStr(secret),), "history_key": SecretStr(history)})


def require_secrets(secrets: Path) -> None:
    """Refuse a folder that is not the one with the keys."""
    if missing := [name for name in KEYS if not (secrets / name).is_file()]:
        raise Refusal(
            f"The folder {secrets} has no {' and no '.join(missing)}: name the folder `secrets` of the data directory "
            "that was."
        )


def keep_secrets(data_dir: Path, secrets: Path) -> None:
    """Put the keys that were kept apart into a new data directory, before its servers make others.

    One that has these keys is that of a restore that was interrupted: whether it may go on is seen in its database.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        if all(_same(data_dir / "secrets" / name, secrets / name) for name in KEYS):
            return
        raise Refusal(f"The data directory {data_dir} is not empty: a backup is restored into an empty deployment.")
    (data_dir / "secrets").mkdir(mode=0o700, parents=True)
    (data_dir / "lock").touch(mode=0o600)
    for name in KEYS:
        write_private(data_dir / "secrets" / name, read_private(secrets / name))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and read_private(one) == read_private(other)


def verify(settings: Settings, archive: Archive, say: Say) -> list[str]:
    """Restore a backup into servers for a moment; return everything that is not as it should be."""
    flaws = asyncio.run(archive.flaws())
    if flaws:
        return flaws
    say(f"Every file of the backup {archive.manifest.stamp} is as it was written. Restoring it for a trial.")
    with tempfile.TemporaryDirectory(prefix="pinpai-verify-") as folder:
        Path(folder).chmod(0o711)
        with embedded.run(Path(folder) / "data", durable=False) as servers:
            trial = on_trial(settings, servers, Path(folder) / "anchors")
            return asyncio.run(_tried(trial, servers.owner_database_url, archive))


def on_trial(settings: Settings, servers: embedded.Servers, anchors: Path) -> Settings:
    """The settings of a deployment for a moment: the same keys, other servers, nobody to send anything to."""
    return settings.model_copy(
        update={
            "database_url": SecretStr(servers.database_url),
            "s3_endpoint_url": servers.s3_endpoint_url,
            "s3_region": servers.s3_region,
            "s3_bucket": servers.s3_bucket,
            "s3_access_key_id": SecretStr(servers.s3_access_key_id),
            "s3_secret_access_key": SecretStr(servers.s3_secret_access_key),
            "history_anchors": anchors,
            "backup_target": None,
            "clamd": None,
        }
    )


async def _tried(trial: Settings, owner_url: str, archive: Archive) -> list[str]:
    await restore(trial, owner_url, archive, Choices(), lambda _: None)
    database = _database(trial)
    await release(database)
    await _number_all(trial, database)
    await database.close()
    flaws = [flaw.say(Language.EN) for flaw in await doctor.verify(trial)]
    return [*flaws, *await doctor.examine(trial, deep=True)]


async def _require_empty_store(storage: Storage, manifest: Manifest) -> None:
    """Refuse a store with objects that are not of this backup: an interrupted restore may have left some that are."""
    ours = {key_of(UUID(each.id)) for each in manifest.objects}
    async for key in storage.keys():
        if key not in ours:
            raise Refusal(f"The store is not empty ({key}): a backup is restored into an empty deployment.")


async def _loaded(owner_url: str, manifest: Manifest) -> bool:
    """Return true if an interrupted restore of this backup left its data; refuse any other that there are."""
    engine = engine_on(owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        tables = await connection.scalar(_TABLES)
        known = await connection.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL"))
        version = str(await connection.scalar(_VERSION)) if known else ""
    await engine.dispose()
    if tables and not (version.startswith(RESTORING) and version.endswith(manifest.stamp)):
        raise Refusal("The database is not empty: a backup is restored into a database without any table.")
    return bool(tables)


async def _fill_store(storage: Storage, archive: Archive) -> None:
    waiting = iter(archive.manifest.objects)

    async def put() -> None:
        for each in waiting:
            data = await archive.object(each)
            await storage.put(key_of(UUID(each.id)), data, media_type=each.media_type, sha256=each.sha256)

    await several(put)


async def _load_database(owner_url: str, archive: Archive) -> None:
    """Load the dump, count its rows, and mark the schema as one that is being restored."""
    manifest = archive.manifest
    engine = engine_on(owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        server = int(await connection.scalar(text("SHOW server_version_num"))) // 10000
    if server < manifest.postgres:
        raise Refusal(f"The backup is of PostgreSQL {manifest.postgres}, this server is {server}.")
    with tempfile.TemporaryDirectory(prefix="pinpai-restore-") as folder:
        dump = Path(folder) / "dump"
        with dump.open("wb") as file:
            await archive.write_database(file)
        await (await fitting(server)).load(owner_url, dump, _mark(manifest))
    await engine.dispose()


def _mark(manifest: Manifest) -> str:
    """The statements at the end of the load: as many rows as there were, and the mark of a restore."""
    counted = [
        f"IF ({COUNT.format(name)}) <> {rows} THEN RAISE 'rows of {name}'; END IF;"
        for name, rows in manifest.tables.items()
    ]
    mark = MARK.format(RESTORING, manifest.stamp)
    return "\n".join(["DO $$ BEGIN", *counted, "END $$;", mark])


async def _bring_up(settings: Settings, owner_url: str, manifest: Manifest, furthest: int) -> int:
    """Migrate to the newest revision, and note the restore as the first event beyond those that may be lost.

    The result is the number that events leave behind.
    """
    async with _as_owner(settings, owner_url) as ctx:
        restored = str(await ctx.session.scalar(_VERSION)).split(" ")[1]
        await ctx.session.execute(_SET_VERSION, {"version": restored})
        connection = await ctx.session.connection()
        await connection.run_sync(migrating.upgrade_within, keyring(settings), demonstration=settings.demonstration)
        resumes_after = await _noted(ctx, manifest, furthest)
        marked = f"{RESTORING} {revisions.newest()} {manifest.stamp}"
        await ctx.session.execute(_SET_VERSION, {"version": marked})
        return resumes_after


async def _noted(ctx: Context, manifest: Manifest, furthest: int) -> int:
    if noted := await ctx.session.scalar(select(Restoration).where(Restoration.stamp == manifest.stamp)):
        return noted.resumes_after
    values = {"stamp": manifest.stamp, "as_of": manifest.taken_at, "reached": manifest.reached}
    after = policy.resume_after(manifest.reached, furthest)
    restoration = Restoration(done_at=ctx.now, resumes_after=after, released_at=None, **values)
    create(ctx, restoration, policy.RESTORED, stamp=manifest.stamp, reached=manifest.reached)
    (event,) = (each for each in ctx.session.new if isinstance(each, AuditEvent))
    event.sequence = after + 1
    await ctx.session.flush()
    return after


async def _catch_up(settings: Settings, storage: Storage) -> None:
    """Number and follow what the backup has of events: what comes of them counts as having waited in it."""
    database = _database(settings)
    await database.open()
    try:
        await _number_all(settings, database)
        for name, handle in work_of(database, storage, settings).followers.items():
            while await events.follow(database, name, handle):
                continue
    finally:
        await database.close()


async def _number_all(settings: Settings, database: Database) -> None:
    history = chain(settings)
    while await number(database, history):
        continue


async def _finish(settings: Settings, owner_url: str, choices: Choices) -> None:
    """Drop what waited to be sent, unless it is wanted, and give the schema its revision back."""
    async with _as_owner(settings, owner_url) as ctx:
        if not choices.send_waiting:
            await _drop_waiting(ctx)
        await ctx.session.execute(_SET_VERSION, {"version": revisions.newest()})


async def _drop_waiting(ctx: Context) -> None:
    """Give up what waits: it may have been sent since. Notices stay in the feed; the office may deliver again."""
    await ctx.session.execute(_WAIVED)
    for delivery in await ctx.session.scalars(select(Delivery).where(Delivery.status == DeliveryStatus.PENDING)):
        move(ctx, delivery, GIVE_UP, data={"cause": "restored"}, next_attempt_at=None)
    await ctx.session.execute(_UNQUEUED, {"tasks": [deliveries.TASK, notifications.MAIL]})


@asynccontextmanager
async def _as_owner(settings: Settings, owner_url: str) -> AsyncIterator[Context]:
    """Open a transaction of the owner's that takes as long as it needs."""
    database = _database(settings, owner_url)
    try:
        async with jobs.acting(database) as ctx:
            for each in ("statement_timeout", "idle_in_transaction_session_timeout"):
                await ctx.session.execute(text(f"SET LOCAL {each} = 0"))
            yield ctx
    finally:
        await database.close()


def _anchor(anchors: Anchors, manifest: Manifest, resumes_after: int, say: Say) -> None:
    """Anchor the last link of the backup; anchors of what was lost are put aside, and kept."""
    if manifest.reached < anchors.last().sequence <= resumes_after:
        aside = anchors.path.with_name(f"{anchors.path.name}.before-{manifest.stamp}")
        anchors.path.rename(aside)
        say(f"The anchors of the history reach further than the backup: they are in {aside} now. Keep them.")
    if manifest.mac and anchors.last().sequence < manifest.reached:
        anchors.append(Link(manifest.reached, manifest.mac))


def _database(settings: Settings, url: str | None = None) -> Database:
    return Database(url or database_url(settings), pool_size=2, clock=Clock(settings.offset_from_now()))


MARK = "UPDATE public.alembic_version SET version_num = '{} ' || version_num || ' {}';"
_TABLES = text("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
_VERSION = text("SELECT version_num FROM public.alembic_version")
_SET_VERSION = text("UPDATE public.alembic_version SET version_num = :version")
_WAIVED = update(Notification).where(Notification.by_mail, Notification.mailed_at.is_(None)).values(by_mail=False)
_UNQUEUED = text("DELETE FROM procrastinate_jobs WHERE task_name = ANY(:tasks) AND status IN ('todo', 'doing')")
