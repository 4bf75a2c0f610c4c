"""A deployment that is backed up, the tests' own, and servers elsewhere that it is restored into."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from app import embedded, restoring
from app.backup.places import Folder, Place
from app.backup.reading import Archive, opened
from app.backup.scheduling import Means
from app.backup.sealing import Opener, Sealer
from app.backup.taking import Source, Taken, take
from app.equipment import keyring, storage_settings
from app.restoring import Choices
from app.settings import Settings
from app.storage import Storage
from tests.world import World
from tests.world.worker import plain


@dataclass
class Deployment:
    """The tests' deployment, and where its backups go."""

    source: Source
    folder: Path

    @property
    def place(self) -> Place:
        return Folder(self.folder)

    def means(self) -> Means:
        return Means(self.source, self.place, Sealer(()))

    async def take(self, *recipients: str) -> Taken:
        return await take(self.source, self.place, Sealer(recipients))

    async def open(self, identity: Path | None = None, stamp: str | None = None) -> Archive:
        return await opened(self.place, Opener(identity), stamp)

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@dataclass
class Elsewhere:
    """An empty deployment on servers of its own."""

    settings: Settings
    servers: embedded.Servers
    storage: Storage

    async def restore(self, archive: Archive, **choices: bool) -> None:
        await restoring.restore(self.settings, self.servers.owner_database_url, archive, Choices(**choices), print)


@pytest.fixture
def deployment(world: World, settings: Settings, tmp_path: Path) -> Deployment:
    source = Source(plain(settings.database_url), world.app.state.storage, keyring(settings).names())
    return Deployment(source, tmp_path / "backups")


@pytest.fixture(scope="session")
def servers_elsewhere() -> Iterator[embedded.Servers]:
    with tempfile.TemporaryDirectory(prefix="pinpai-elsewhere-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with embedded.run(Path(folder) / "data", durable=False) as servers:
            yield servers


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(
    settings: Settings, servers_elsewhere: embedded.Servers, tmp_path: Path
) -> AsyncIterator[Elsewhere]:
    own = servers_elsewhere.create_database(f"restored_{uuid4().hex[:12]}")
    there = restoring.on_trial(settings, own, tmp_path / "anchors")
    async with Storage(storage_settings(there)) as storage:
        yield Elsewhere(there, own, storage)
        async for key in storage.keys():
            await storage.delete(key)
    own.drop_database(own.database)
