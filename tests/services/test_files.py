import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import select

from app.context import Actor, Context
from app.database import Clock, Database
from app.equipment import storage_settings
from app.imaging import ImageRefused, Workers
from app.models import File
from app.models.enums import FileState, Language, Role
from app.problems import Forbidden, RulesViolated, Unavailable
from app.services import files
from app.services.files import UNFINISHED_AFTER, Arrival, Blob, Intake, Kind, key_of
from app.settings import Settings
from app.storage import ObjectMissing, Storage, StorageSettings, StorageUnavailable
from tests.world import NOW, World

ACTOR = Actor(uuid4(), Role.UNIT, "李文博")


async def echoed(_: Workers, data: bytes) -> bytes:
    return data


def as_it_is(data: bytes) -> list[Blob]:
    return [Blob(data, "image/jpeg", hashlib.sha256(data).hexdigest())]


PLAIN = Kind(echoed, as_it_is, files=1)


async def admitted(_: Context) -> None:
    """Anybody may."""


class Corner(Storage):
    """The real store, of which it asks only for what was put through it: other tests share the bucket."""

    def __init__(self, settings: StorageSettings) -> None:
        super().__init__(settings)
        self.mine: set[str] = set()

    async def put(self, key: str, data: bytes, *, media_type: str, sha256: str) -> None:
        self.mine.add(key)
        await super().put(key, data, media_type=media_type, sha256=sha256)

    async def keys(self, prefix: str = "") -> AsyncIterator[str]:
        for mine in sorted(key for key in self.mine if key.startswith(prefix)):
            async for key in super().keys(mine):
                yield key


@pytest_asyncio.fixture(loop_scope="session")
async def storage(settings: Settings) -> AsyncIterator[Storage]:
    async with Corner(storage_settings(settings)) as corner:
        yield corner


@pytest.fixture
def intake(world: World, storage: Storage) -> Intake:
    return Intake(lambda: world.acting(ACTOR), world.app.state.imaging, storage, world.app.state.upload_limits)


async def state_of(world: World, file_id: UUID) -> FileState | None:
    async with world.database.transaction() as session:
        return await session.scalar(select(File.state).where(File.id == file_id))


async def attached(intake: Intake, data: bytes = b"bytes") -> UUID:
    arrival = await intake.receive(data, PLAIN, admitted)
    async with intake.attaching(arrival):
        return arrival.file_ids[0]


async def condemned(world: World, intake: Intake) -> UUID:
    file_id = await attached(intake)
    async with world.acting(ACTOR) as ctx:
        await files.condemn(ctx, [file_id])
    return file_id


def later(clock: Clock, delay: timedelta) -> None:
    clock.stopped_at = NOW + delay


async def test_the_row_comes_first_then_the_object_then_the_attachment(world: World, intake: Intake) -> None:
    async def watching(_: Workers, data: bytes) -> bytes:
        async with world.database.transaction() as session:
            assert (await session.scalars(select(File.state))).all() == [FileState.RESERVED]
        return data

    arrival = await intake.receive(b"bytes", Kind(watching, as_it_is, files=1), admitted)
    file_id = arrival.file_ids[0]
    assert await state_of(world, file_id) is FileState.RESERVED
    assert await intake.storage.get(key_of(file_id), sha256=hashlib.sha256(b"bytes").hexdigest()) == b"bytes"
    async with intake.attaching(arrival):
        assert await state_of(world, file_id) is FileState.RESERVED
    async with world.database.transaction() as session:
        row = await session.get_one(File, file_id)
    assert (row.state, row.media_type, row.size, row.sha256) == (
        FileState.STORED,
        "image/jpeg",
        5,
        hashlib.sha256(b"bytes").hexdigest(),
    )


async def test_no_connection_is_held_while_bytes_travel(world: World, settings: Settings) -> None:
    """A pool of one connection would wait for ever, were it held."""
    assert settings.database_url is not None
    narrow = Database(settings.database_url.get_secret_value(), pool_size=1, clock=world.database.clock)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Context]:
        async with narrow.transaction() as session:
            yield Context.within(session, ACTOR, await narrow.now(session), Language.ZH, uuid4())

    async def asking(_: Workers, data: bytes) -> bytes:
        async with asyncio.timeout(60), transaction():
            return data

    class Asking(Corner):
        async def put(self, key: str, data: bytes, *, media_type: str, sha256: str) -> None:
            async with asyncio.timeout(60), transaction():
                await super().put(key, data, media_type=media_type, sha256=sha256)

    async with Asking(storage_settings(settings)) as storage:
        intake = Intake(transaction, world.app.state.imaging, storage, world.app.state.upload_limits)
        arrival = await intake.receive(b"bytes", Kind(asking, as_it_is, files=1), admitted)
        assert await storage.get(key_of(arrival.file_ids[0]), sha256=hashlib.sha256(b"bytes").hexdigest()) == b"bytes"
    await narrow.close()


async def test_who_is_not_admitted_costs_nothing(world: World, intake: Intake) -> None:
    async def refused(_: Context) -> None:
        raise Forbidden

    with pytest.raises(Forbidden):
        await intake.receive(b"bytes", PLAIN, refused)
    assert await files.strays(world.database, intake.storage) == []
    async with world.database.transaction() as session:
        assert (await session.scalars(select(File))).all() == []


async def test_refused_bytes_leave_neither_row_nor_object(world: World, intake: Intake) -> None:
    async def refusing(_: Workers, __: bytes) -> bytes:
        raise ImageRefused("broken_image", reason="tests")

    with pytest.raises(RulesViolated):
        await intake.receive(b"bytes", Kind(refusing, as_it_is, files=2), admitted)
    async with world.database.transaction() as session:
        assert (await session.scalars(select(File))).all() == []


async def test_the_instant_of_the_handing_in_decides(world: World, intake: Intake, clock: Clock) -> None:
    arrival = await intake.receive(b"bytes", PLAIN, admitted)
    later(clock, timedelta(hours=3))
    async with intake.attaching(arrival) as ctx:
        assert ctx.now == NOW


async def test_a_store_that_is_away_leaves_a_reservation_that_is_swept(
    world: World, intake: Intake, storage: Storage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", away)
        with pytest.raises(StorageUnavailable):
            await intake.receive(b"bytes", PLAIN, admitted)
    async with world.database.transaction() as session:
        file_id = (await session.scalars(select(File.id))).one()
    later(clock, UNFINISHED_AFTER)
    assert await files.sweep(world.database, storage, grace_days=30) == 0
    later(clock, UNFINISHED_AFTER + timedelta(seconds=1))
    assert await files.sweep(world.database, storage, grace_days=30) == 1
    assert await state_of(world, file_id) is None


async def test_what_was_put_but_never_attached_goes_after_a_day_object_first(
    world: World, intake: Intake, storage: Storage, clock: Clock
) -> None:
    arrival = await intake.receive(b"bytes", PLAIN, admitted)
    later(clock, UNFINISHED_AFTER + timedelta(seconds=1))
    assert await files.sweep(world.database, storage, grace_days=30) == 1
    with pytest.raises(ObjectMissing):
        await storage.get(key_of(arrival.file_ids[0]), sha256="")
    assert await state_of(world, arrival.file_ids[0]) is None


async def test_bytes_given_up_meanwhile_are_never_acknowledged(
    world: World, intake: Intake, storage: Storage, clock: Clock
) -> None:
    arrival = await intake.receive(b"bytes", PLAIN, admitted)
    later(clock, UNFINISHED_AFTER + timedelta(seconds=1))
    await files.sweep(world.database, storage, grace_days=30)
    with pytest.raises(Unavailable):
        await _attach(intake, arrival)


async def _attach(intake: Intake, arrival: Arrival[bytes]) -> None:
    async with intake.attaching(arrival):
        pass


async def test_condemned_bytes_are_kept_for_the_grace(
    world: World, intake: Intake, storage: Storage, clock: Clock
) -> None:
    file_id, kept = await condemned(world, intake), await attached(intake)
    later(clock, timedelta(days=30) - timedelta(seconds=1))
    assert await files.sweep(world.database, storage, grace_days=30) == 0
    later(clock, timedelta(days=30))
    assert await files.sweep(world.database, storage, grace_days=30) == 1
    assert (await state_of(world, file_id), await state_of(world, kept)) == (None, FileState.STORED)
    assert await files.strays(world.database, storage) == []


async def test_a_sweep_killed_between_object_and_row_is_finished_by_the_next(
    world: World, intake: Intake, storage: Storage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await condemned(world, intake) for _ in range(3)]
    later(clock, timedelta(days=31))
    delete, left = storage.delete, iter((True, True, False))

    async def killed(key: str) -> None:
        await delete(key)
        if not next(left):
            raise StorageUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(storage, "delete", killed)
        with pytest.raises(StorageUnavailable):
            await files.sweep(world.database, storage, grace_days=30)
    assert [await state_of(world, file_id) for file_id in ids] == [FileState.CONDEMNED] * 3
    assert await files.sweep(world.database, storage, grace_days=30) == 3
    assert [await state_of(world, file_id) for file_id in ids] == [None] * 3
    assert await files.strays(world.database, storage) == []


async def test_several_workers_sweep_at_once_without_harm(
    world: World, intake: Intake, storage: Storage, clock: Clock
) -> None:
    for _ in range(5):
        await condemned(world, intake)
    kept = await attached(intake)
    later(clock, timedelta(days=31))
    await asyncio.gather(*(files.sweep(world.database, storage, grace_days=30) for _ in range(4)))
    async with world.database.transaction() as session:
        assert (await session.scalars(select(File.id))).all() == [kept]
    assert await storage.get(key_of(kept), sha256=hashlib.sha256(b"bytes").hexdigest()) == b"bytes"


async def test_strays_of_both_kinds_are_told_and_left_alone(world: World, intake: Intake, storage: Storage) -> None:
    lost = await attached(intake)
    await storage.delete(key_of(lost))
    await intake.receive(b"on its way", PLAIN, admitted)
    stranger = key_of(uuid4())
    await storage.put(stranger, b"?", media_type="text/plain", sha256=hashlib.sha256(b"?").hexdigest())
    for _ in range(2):
        assert await files.strays(world.database, storage) == [
            f"The object {stranger} belongs to no row: it is left alone.",
            f"The file {lost} is stored, but there is no object files/{lost}.",
        ]
    assert await storage.get(stranger, sha256=hashlib.sha256(b"?").hexdigest()) == b"?"


async def test_stored_bytes_are_read_back_and_lost_and_altered_ones_named(
    world: World, intake: Intake, storage: Storage
) -> None:
    _, lost, altered = [await attached(intake, f"bytes {number}".encode()) for number in range(3)]
    assert await files.damaged(world.database, storage, sample=None) == []
    await storage.delete(key_of(lost))
    await storage.delete(key_of(altered))
    other = b"thirteen oth."
    await storage.put(key_of(altered), other, media_type="image/jpeg", sha256=hashlib.sha256(other).hexdigest())
    remedy = "put it back from a backup, and read all with `pinpai doctor --deep`."
    harms = {lost: "is missing", altered: "holds other bytes than were stored"}
    complaints = await files.damaged(world.database, storage, sample=None)
    assert complaints == [f"The object files/{file_id} {harms[file_id]}: {remedy}" for file_id in sorted(harms)]
    assert len(await files.damaged(world.database, storage, sample=1)) <= 1
