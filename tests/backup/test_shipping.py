"""The log goes to the place of the backups, whatever interrupts it, and a gap in it is seen."""

import asyncio
import gzip
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pyrage
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import make_url
from uuid_utils.compat import uuid7

from app import doctor, embedded, migrating, recovering
from app.backup import shipping
from app.backup.keeping import prune, prune_log
from app.backup.log import bases, number_of, reach
from app.backup.manifest import Manifest
from app.backup.places import Folder
from app.backup.scheduling import Means, Schedule
from app.backup.sealing import Sealer
from app.backup.shipping import Cluster, Shipper, waiting
from app.backup.taking import Source
from app.refusal import Refusal
from app.services.files import key_of
from app.settings import Settings
from app.storage import Storage
from tests.world import World

DAILY = Schedule(timedelta(days=1), keep=2)
Connection = Any
"""asyncpg's connection, which is generic for the type checker only."""


@dataclass
class Logged:
    """A server that archives its log, and a place that it is shipped to."""

    servers: embedded.Servers
    connection: Connection
    storage: Storage
    folder: Path
    recipients: tuple[str, ...] = ()
    told: list[str] = field(default_factory=list)

    @property
    def source(self) -> Source:
        return Source(self.servers.superuser_database_url, self.storage, ["a key"])

    def shipper(self, place: Folder | None = None, schedule: Schedule = DAILY) -> Shipper:
        means = Means(self.source, place or Folder(self.folder), Sealer(self.recipients))
        return Shipper(Cluster(self.servers.superuser_database_url, self.servers.outbox), means, schedule)

    async def file(self, data: bytes) -> UUID:
        """Store an object under a row of its own."""
        row, digest = uuid7(), sha256(data).hexdigest()
        await self.storage.put(key_of(row), data, media_type="x/y", sha256=digest)
        await self.connection.execute(
            "INSERT INTO files (id, state, state_since, media_type, size, sha256, damaged, codes)"
            " VALUES ($1, 'stored', now(), 'x/y', $2, $3, false, '')",
            row, len(data), digest,
        )  # fmt: skip
        return row

    async def finish(self) -> str:
        """End the segment that is written now; return its name once it is in the outbox."""
        await self.connection.execute("SELECT pg_logical_emit_message(true, 'test', '13800001234')")
        name: str = await self.connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        async with asyncio.timeout(30):
            while not (self.servers.outbox / name).exists():  # noqa: ASYNC110  # the archiver sends no word of it
                await asyncio.sleep(0.05)
        return name

    def names(self, prefix: str) -> list[str]:
        root = self.folder / prefix
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

    def segments(self) -> list[str]:
        return [name.split("/")[1].split(".")[0] for name in self.names("log")]

    def recover(self, to: Path, identity: Path, until: datetime | None = None) -> Manifest:
        return recovering.run(Settings(), str(self.folder), to, identity, until=until, say=self.told.append).manifest


@pytest.fixture(scope="session")
def archiving() -> Iterator[embedded.Servers]:
    with tempfile.TemporaryDirectory(prefix="pinpai-archiving-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        options = {"durable": False, "with_s3": False, "postgres": embedded.ARCHIVING}
        with embedded.run(Path(folder) / "data", **options) as servers:  # type: ignore[arg-type]
            migrating.upgrade(servers.owner_database_url)
            yield servers


@pytest_asyncio.fixture(loop_scope="session")
async def logged(archiving: embedded.Servers, world: World, tmp_path: Path) -> AsyncIterator[Logged]:
    url = make_url(archiving.superuser_database_url).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    await connection.execute("DELETE FROM files")
    yield Logged(archiving, connection, world.app.state.storage, tmp_path / "place")
    await connection.close()


def test_a_gap_is_where_a_number_is_missing() -> None:
    names = [f"00000001{number // 256:08X}{number % 256:08X}" for number in (254, 255, 256, 257, 260, 261)]
    assert [number_of(name) for name in names] == [254, 255, 256, 257, 260, 261]
    assert reach(names[0], names) == (names[:4], names[4:])
    assert reach(names[1], [*names[:4], "00000002.history"]) == (names[1:4], [])
    assert reach(names[0], names[1:]) == ([], names[1:])
    assert reach(names[0], []) == ([], [])


async def test_the_log_and_what_it_names_leave_the_outbox_once_they_are_in_the_place(logged: Logged) -> None:
    await logged.file(b"a picture")
    first, shipper = await logged.finish(), logged.shipper()
    await shipper.ship()
    assert waiting(logged.servers.outbox) == []
    assert first not in logged.segments()  # no copy needs it
    (base,) = await bases(Folder(logged.folder))
    assert base.manifest
    assert number_of(base.first) > number_of(first)  # it began after the log that was there
    await logged.file(b"another")
    second = await logged.finish()
    assert await shipper.ship() == 1
    assert second in logged.segments()
    assert {name[-64:] for name in logged.names("objects")} == {
        sha256(data).hexdigest() for data in (b"a picture", b"another")
    }
    assert await shipper.ship() == 0
    assert len(await bases(Folder(logged.folder))) == 1


async def test_a_segment_that_is_finished_while_objects_are_copied_waits_for_those_that_it_names(
    logged: Logged,
) -> None:
    late: list[str] = []

    class Slow(Folder):
        async def put(self, name: str, data: bytes) -> bool:
            if name.startswith("objects/") and not late:
                await logged.file(b"another")
                late.append(await logged.finish())
            return await super().put(name, data)

    shipper = logged.shipper(Slow(logged.folder))
    await shipper.ship()
    await logged.file(b"a picture")
    name = await logged.finish()
    assert await shipper.ship() == 1
    assert (logged.segments()[-1], waiting(logged.servers.outbox)) == (name, late)
    assert await shipper.ship() == 1
    assert late[0] in logged.segments()
    assert sha256(b"another").hexdigest() in {each[-64:] for each in logged.names("objects")}


async def test_what_was_interrupted_is_shipped_again_and_is_there_once(logged: Logged) -> None:
    """The process ends between the copy of a segment and its removal, or before the copy."""

    class Interrupted(Exception):
        pass

    class Mortal(Folder):
        async def put(self, name: str, data: bytes) -> bool:
            if name.startswith("log/") and not self.after:
                raise Interrupted
            done = await super().put(name, data)
            if name.startswith("log/"):
                raise Interrupted
            return done

        after = False

    await logged.shipper().ship()
    name = await logged.finish()
    for after in (False, True, True):
        place = Mortal(logged.folder)
        place.after = after
        with pytest.raises(Interrupted):
            await logged.shipper(place).ship()
        assert waiting(logged.servers.outbox) == [name]
    assert await logged.shipper().ship() == 1
    assert logged.segments().count(name) == 1
    assert waiting(logged.servers.outbox) == []


async def test_two_ship_at_once_and_everything_is_there_once(logged: Logged) -> None:
    await logged.shipper().ship()
    names = []
    for number in range(3):
        await logged.file(b"%d" % number)
        names.append(await logged.finish())
    shipped = await asyncio.gather(*(logged.shipper().ship() for _ in range(4)))
    assert sum(shipped) == 3
    assert [name for name in logged.segments() if name in names] == names


async def test_a_log_with_a_gap_begins_again(logged: Logged) -> None:
    await logged.shipper().ship()
    for _ in range(3):
        await logged.file(b"x")
        await logged.finish()
    await logged.shipper().ship()
    assert len(await bases(Folder(logged.folder))) == 1
    (logged.folder / "log" / logged.names("log")[-2]).unlink()
    await asyncio.sleep(1.1)  # a base has the second in its name
    await logged.shipper().ship()
    assert len(await bases(Folder(logged.folder))) == 2


async def test_an_outbox_that_grows_too_large_is_given_up_and_the_log_begins_again(
    logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(Folder):
        away = False

        async def put(self, name: str, data: bytes) -> bool:
            if self.away:
                raise Refusal("The place is away.")
            return await super().put(name, data)

    place = Away(logged.folder)
    shipper = logged.shipper(place)
    await shipper.ship()
    await logged.file(b"x")
    name = await logged.finish()
    place.away = True
    with pytest.raises(Refusal):
        await shipper.ship()
    assert waiting(logged.servers.outbox) == [name]
    monkeypatch.setattr(shipping, "LARGEST", 0)
    with pytest.raises(Refusal):
        await shipper.ship()
    assert waiting(logged.servers.outbox) == []
    place.away = False
    await logged.file(b"y")
    await logged.finish()
    await asyncio.sleep(1.1)
    await shipper.ship()
    assert name not in logged.segments()
    assert len(await bases(Folder(logged.folder))) == 2


async def test_log_before_the_oldest_base_that_is_kept_goes(logged: Logged) -> None:
    for _ in range(3):
        await logged.file(b"x")
        await logged.finish()
        await logged.shipper(schedule=Schedule(timedelta(), keep=2)).ship()
        await asyncio.sleep(1.1)
    kept = await bases(Folder(logged.folder))
    assert len(kept) == 2
    assert min(logged.segments()) == kept[0].first
    (history,) = (logged.folder / "log").iterdir()
    (history / f"00000002.history.{sha256(b'').hexdigest()}").write_bytes(b"")
    (logged.folder / "log/4711").mkdir()
    (logged.folder / "log/4711" / f"000000010000000000000001.{sha256(b'').hexdigest()}").write_bytes(b"")
    (logged.folder / kept[1].manifest).unlink()  # type: ignore[operator]  # a copy that was never finished
    await prune_log(Folder(logged.folder), keep=1)
    assert await bases(Folder(logged.folder)) == kept[:1]
    assert min(name for name in logged.segments() if name != "00000002") == kept[0].first
    assert "00000002" in logged.segments()
    assert not (logged.folder / "log/4711").exists()


async def test_objects_of_living_files_stay_though_no_backup_names_them(logged: Logged) -> None:
    living, gone = await logged.file(b"living"), await logged.file(b"gone")
    await logged.finish()
    await logged.shipper().ship()
    await logged.connection.execute("DELETE FROM files WHERE id = $1", gone)
    await prune(logged.servers.superuser_database_url, Folder(logged.folder), keep=1, group="plain")
    assert [name[-64:] for name in logged.names("objects")] == [sha256(b"living").hexdigest()]
    assert living != gone


@pytest.mark.parametrize("encrypted", [False, True])
async def test_what_is_shipped_is_encrypted_for_the_recipients_of_the_backups(logged: Logged, encrypted: bool) -> None:
    logged.recipients = (str(pyrage.x25519.Identity.generate().to_public()),) if encrypted else ()
    await logged.shipper().ship()
    await logged.file(b"a picture of a person")
    name = await logged.finish()
    await logged.shipper().ship()
    every = [*logged.names("")]
    assert all(each.endswith(".age") for each in every) is encrypted
    (file,) = (each for each in every if f"/{name}." in each)
    data = (logged.folder / file).read_bytes()
    assert data.startswith(b"age-encryption.org") if encrypted else b"13800001234" in gzip.decompress(data)


async def test_the_doctor_says_when_the_log_waits_or_cannot_be_archived(logged: Logged, settings: Settings) -> None:
    outbox = logged.servers.outbox
    own = settings.model_copy(
        update={
            "database_url": SecretStr(logged.servers.database_url),
            "data_dir": outbox.parents[1],
            "backup_target": str(logged.folder),
        }
    )

    async def said() -> list[str]:
        return [each for each in await doctor.examine(own) if "log" in each]

    await logged.shipper().ship()
    name = await logged.finish()
    assert await said() == []
    os.utime(outbox / name, (0, 0))
    (waits,) = await said()
    assert waits.startswith("The log of PostgreSQL has waited for ")
    await logged.shipper().ship()
    outbox.rename(outbox.with_name("away"))
    await logged.connection.execute("SELECT pg_logical_emit_message(true, 'test', 'x'), pg_switch_wal()")
    async with asyncio.timeout(30):
        while not await logged.connection.fetchval("SELECT failed_count FROM pg_stat_archiver"):  # noqa: ASYNC110  # the archiver sends no word of it
            await asyncio.sleep(0.1)
    (fails,) = await said()
    assert fails.startswith("PostgreSQL cannot archive its log")
    outbox.with_name("away").rename(outbox)
    await logged.finish()
    assert await said() == []


@pytest.mark.thorough  # servers are started for each recovery
async def test_a_recovery_stops_before_what_is_missing_or_altered_and_says_so(logged: Logged, tmp_path: Path) -> None:
    made, identity = pyrage.x25519.Identity.generate(), tmp_path / "identity"
    identity.write_text(str(made))
    logged.recipients = (str(made.to_public()),)
    shipper, begun = logged.shipper(), datetime.now(UTC)
    await shipper.ship()
    segments = []
    for number in range(3):
        await logged.file(b"%d" % number)
        segments.append(await logged.finish())
    await shipper.ship()
    whole = await asyncio.to_thread(logged.recover, tmp_path / "whole", identity)
    assert len(whole.objects) == 3
    assert whole.lost == []
    assert whole.secret_keys == ["a key"]
    assert logged.told[-2].endswith("segments of its log.")
    beyond = datetime.now(UTC) + timedelta(hours=1)
    assert (await asyncio.to_thread(logged.recover, tmp_path / "beyond", identity, beyond)).objects == whole.objects
    assert logged.told[-1] == f"The log ends before {beyond}: all that there is of it is recovered."
    with pytest.raises(Refusal, match="There is no copy of the cluster before"):
        await asyncio.to_thread(logged.recover, tmp_path / "before", identity, begun)
    (middle,) = (name for name in logged.names("log") if segments[1] in name)
    file = logged.folder / "log" / middle
    data = file.read_bytes()
    file.write_bytes(data[:-1])
    altered = await asyncio.to_thread(logged.recover, tmp_path / "altered", identity)
    assert altered.objects == whole.objects[:1]
    assert f"The file log/{middle} is altered. Nothing after it in the log can be recovered." in logged.told
    file.unlink()
    missing = await asyncio.to_thread(logged.recover, tmp_path / "missing", identity)
    assert missing.objects == altered.objects
    assert f"The log has a gap before {segments[2]}: that and all after it cannot be recovered." in logged.told
    with pytest.raises(Refusal, match="is not empty"):
        logged.recover(tmp_path / "whole", identity)
