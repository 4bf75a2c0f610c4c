"""A backup is taken beside writers, is incremental, outlives accidents, and shows every byte that was touched."""

import asyncio
import os
import resource
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import asyncpg
import pyrage
import pytest
from sqlalchemy import select, text

from app.backup import programs
from app.backup.keeping import prune
from app.backup.manifest import BEGUN
from app.backup.places import Bucket, Folder
from app.backup.reading import opened
from app.backup.scheduling import Schedule, back_up_if_due
from app.backup.sealing import Opener, Sealer
from app.backup.taking import take
from app.database import Clock
from app.equipment import storage_settings
from app.models import Backup
from app.refusal import Refusal
from app.services import files, health
from app.services.policies.backups import RETRY
from tests.backup.conftest import Deployment, Elsewhere
from tests.world import World
from tests.world.files import stored

CLEARS = text("SELECT pg_try_advisory_xact_lock(5703, 1)")
DAILY = Schedule(timedelta(days=1), keep=2)


@pytest.fixture
def identity(tmp_path: Path) -> tuple[Path, str]:
    """A file with an identity of age, and its recipient."""
    made = pyrage.x25519.Identity.generate()
    file = tmp_path / "identity"
    file.write_text(f"# made for a test\n{made}\n")
    return file, str(made.to_public())


def _flipped(place: int) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        at = place % len(data)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return flip


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "first byte": _flipped(0),
    "byte in the middle": _flipped(101),
    "last byte": _flipped(-1),
    "end cut off": lambda data: data[:-1],
    "byte at its end": lambda data: data + b"\0",
}


async def _flaws(deployment: Deployment, identity: Path | None) -> list[str]:
    try:
        return await (await deployment.open(identity)).flaws()
    except Refusal as refusal:
        return [str(refusal)]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_every_file_that_is_altered_lost_or_added_is_named(
    world: World, deployment: Deployment, identity: tuple[Path, str], encrypted: bool
) -> None:
    for data in (b"one picture" * 20, b"another" * 20):
        await stored(world, data)
    key, recipient = identity
    await deployment.take(*([recipient] if encrypted else []))
    assert await _flaws(deployment, key) == []
    assert len(deployment.files()) == 6  # of each kind one, and two objects
    for name in deployment.files():
        file = deployment.folder / name
        whole = file.read_bytes()
        for harm, harmed in HARMS.items():
            file.write_bytes(harmed(whole))
            found = await _flaws(deployment, key)
            assert len(found) == 1, (name, harm)
            assert name in found[0], (name, harm)
        file.unlink()
        found = await _flaws(deployment, key)
        assert len(found) == 1
        assert "There is no finished backup" in found[0] if "manifest." in name else name in found[0]
        file.write_bytes(whole)
    surplus = deployment.folder / Path(deployment.files()[0]).parent / "surplus"
    surplus.write_bytes(b"")
    (found_surplus,) = await _flaws(deployment, key)
    assert "surplus does not belong" in found_surplus


async def test_an_encrypted_backup_is_read_by_its_identity_alone(
    world: World, deployment: Deployment, identity: tuple[Path, str], tmp_path: Path
) -> None:
    await stored(world, b"a picture of a person")
    await deployment.take(identity[1])
    assert not any(b"a picture of a person" in (deployment.folder / name).read_bytes() for name in deployment.files())
    with pytest.raises(Refusal, match="--identity"):
        await deployment.open()
    other = tmp_path / "other"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(Refusal, match="is altered"):
        await deployment.open(other)
    assert await (await deployment.open(identity[0])).flaws() == []


async def test_a_second_backup_copies_only_what_is_new(world: World, deployment: Deployment) -> None:
    await stored(world, b"old")
    assert (await deployment.take()).copied == 1
    await stored(world, b"new")
    second = await deployment.take()
    assert (second.copied, len(second.manifest.objects)) == (1, 2)
    assert await (await deployment.open()).flaws() == []


async def test_lost_bytes_are_named_and_the_rest_is_backed_up(world: World, deployment: Deployment) -> None:
    kept, lost, altered = await stored(world, b"kept"), await stored(world), await stored(world, b"altered")
    key = files.key_of(altered.id)
    await world.app.state.storage.delete(key)
    await world.app.state.storage.put(key, b"ALTERED", media_type="x/y", sha256=sha256(b"ALTERED").hexdigest())
    manifest = (await deployment.take()).manifest
    assert [each.id for each in manifest.objects] == [str(kept.id)]
    assert manifest.lost == sorted([str(lost.id), str(altered.id)])


async def test_nothing_is_cleared_away_while_a_backup_is_taken(world: World, deployment: Deployment) -> None:
    """The dump is held up in its first part; meanwhile a worker would clear files away."""
    seen: list[bool] = []

    class Watched(Folder):
        async def put(self, name: str, data: bytes) -> bool:
            async with world.database.transaction() as session:
                seen.append(bool(await session.scalar(CLEARS)))
            return await super().put(name, data)

    await take(deployment.source, Watched(deployment.folder), Sealer(()))
    assert len(seen) == 4
    assert not any(seen)


async def test_what_is_acknowledged_before_the_start_is_in_the_backup(world: World, deployment: Deployment) -> None:
    """A writer goes on during the backup; its ledger of before is a part of what is there."""
    ledger: list[str] = []
    enough = asyncio.Event()

    async def write() -> None:
        for number in range(40):
            ledger.append(str((await stored(world, b"written %d" % number)).id))
            if number == 10:
                enough.set()

    writing = asyncio.create_task(write())
    await enough.wait()
    before = list(ledger)
    manifest = (await deployment.take()).manifest
    await writing
    assert {each.id for each in manifest.objects} >= set(before)
    assert manifest.lost == []
    assert await (await deployment.open()).flaws() == []


async def test_two_backups_at_once_are_two(world: World, deployment: Deployment) -> None:
    await stored(world, b"shared")
    first, second = await asyncio.gather(deployment.take(), deployment.take())
    assert first.manifest.stamp != second.manifest.stamp
    assert first.copied + second.copied == 1
    for taken in (first, second):
        assert await (await deployment.open(stamp=taken.manifest.stamp)).flaws() == []


class Interrupted(Exception):
    """The end of a process, as the place sees it."""


class Mortal(Folder):
    """A folder whose writer dies before or after one of its files."""

    def __init__(self, path: Path, left: int, *, after: bool) -> None:
        super().__init__(path)
        self.left, self.after = left, after

    async def put(self, name: str, data: bytes) -> bool:
        if name.endswith(BEGUN) and await self.get(name) is not None:
            return False  # the former began in the same second: this one claims the next
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Interrupted
        done = await super().put(name, data)
        if self.left == 0:
            raise Interrupted
        return done


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, 6))
async def test_an_interrupted_backup_leaves_the_former_and_the_next_is_whole(
    world: World, deployment: Deployment, step: int, after: bool
) -> None:
    await stored(world, b"first")
    former = (await deployment.take()).manifest.stamp
    await stored(world, b"second")
    with pytest.raises(Interrupted):
        await take(deployment.source, Mortal(deployment.folder, step, after=after), Sealer(()))
    finished = step == 5 and after
    assert ((await deployment.open()).manifest.stamp == former) is not finished
    assert await (await deployment.open(stamp=former)).flaws() == []
    last = await deployment.take()
    assert await (await deployment.open()).flaws() == []
    await prune(deployment.source.url, deployment.place, keep=1)
    assert {name.split("/")[1] for name in deployment.files() if name.startswith("backups/")} == {last.manifest.stamp}
    assert await (await deployment.open()).flaws() == []


async def test_a_full_disk_is_told_and_harms_no_former_backup(world: World, deployment: Deployment) -> None:
    """The kernel refuses larger files, as a full disk does."""
    await stored(world, b"small")
    await deployment.take()
    await stored(world, os.urandom(3 * 2**20))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 2**20, hard))
    try:
        with pytest.raises(Refusal, match="There is no room left"):
            await deployment.take()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await (await deployment.open()).flaws() == []
    assert [name for name in deployment.files() if name.endswith(".unfinished")] == []


async def test_old_backups_go_and_with_them_the_objects_that_no_backup_names(
    world: World, deployment: Deployment, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await stored(world, b"gone soon")
    await deployment.take()
    await owner.execute("DELETE FROM files")
    await stored(world, b"stays")
    stamps = [(await deployment.take()).manifest.stamp for _ in range(2)]
    await prune(deployment.source.url, deployment.place, keep=2)
    assert sorted({name.split("/")[1] for name in deployment.files() if name.startswith("backups/")}) == stamps
    assert [name for name in deployment.files() if name.startswith("objects/")] == [
        f"objects/plain/{(digest := sha256(b'stays').hexdigest())[:2]}/{digest}"
    ]


async def test_nothing_is_pruned_by_an_altered_list(world: World, deployment: Deployment) -> None:
    await stored(world, b"needed")
    await deployment.take()
    (listed,) = (name for name in deployment.files() if "/objects." in name)
    (deployment.folder / listed).write_bytes(b"")
    before = deployment.files()
    with pytest.raises(Refusal, match="nothing is pruned"):
        await prune(deployment.source.url, deployment.place, keep=1)
    assert deployment.files() == before


async def test_two_backups_at_once_to_an_s3_are_two(world: World, deployment: Deployment, elsewhere: Elsewhere) -> None:
    """Both begin in one second, and neither takes the other's stamp for its own."""
    await stored(world, b"shared")
    bucket = Bucket(storage_settings(elsewhere.settings), "copies/of")
    taken = await asyncio.gather(*(take(deployment.source, bucket, Sealer(())) for _ in range(3)))
    stamps = {each.manifest.stamp for each in taken}
    assert len(stamps) == 3
    for stamp in stamps:
        assert await (await opened(bucket, Opener(None), stamp)).flaws() == []
    await bucket.close()


async def test_a_backup_goes_to_another_s3(world: World, deployment: Deployment, elsewhere: Elsewhere) -> None:
    await stored(world, b"a picture")
    bucket = Bucket(storage_settings(elsewhere.settings), "copies/of")
    taken = [await take(deployment.source, bucket, Sealer(())) for _ in range(2)]
    assert [each.copied for each in taken] == [1, 0]
    archive = await opened(bucket, Opener(None))
    assert await archive.flaws() == []
    (key,) = [key async for key in elsewhere.storage.keys("copies/of/objects")]
    await elsewhere.storage.delete(key)
    assert await archive.flaws() == [f"The file {key.removeprefix('copies/of/')} is missing."]
    await prune(deployment.source.url, bucket, keep=1)
    assert {key.split("/")[3] async for key in elsewhere.storage.keys("copies/of/backups")} == {taken[1].manifest.stamp}
    await bucket.close()


async def test_programs_of_an_older_postgresql_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal, match=r"pg_dump, pg_restore and psql of PostgreSQL 99 or later are needed"):
        await programs.fitting(99)


async def test_a_worker_takes_a_backup_when_one_is_due_and_notes_it(world: World, deployment: Deployment) -> None:
    await stored(world, b"a picture")
    assert await back_up_if_due(world.database, deployment.means(), DAILY)
    assert not await back_up_if_due(world.database, deployment.means(), DAILY)
    async with world.database.transaction() as session:
        (row,) = (await session.scalars(select(Backup))).all()
    assert (row.objects, row.copied, row.lost, row.failure) == (1, 1, 0, None)
    assert (await health.backups(world.database)).taken_at == row.finished_at


async def test_a_failure_is_noted_and_tried_again_later(world: World, deployment: Deployment, clock: Clock) -> None:
    deployment.folder.write_text("a file where the folder should be")
    with pytest.raises(Refusal, match="cannot be used"):
        await back_up_if_due(world.database, deployment.means(), DAILY)
    last = await health.backups(world.database)
    assert last.taken_at is None
    assert last.failure is not None
    assert "cannot be used" in last.failure
    assert not await back_up_if_due(world.database, deployment.means(), DAILY)
    deployment.folder.unlink()
    assert last.failed_at is not None
    clock.stopped_at = last.failed_at + RETRY
    assert await back_up_if_due(world.database, deployment.means(), DAILY)
