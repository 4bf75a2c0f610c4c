"""`pinpai backup recover`: what the log has beyond the last backup becomes a backup, which `pinpai restore` restores.

A copy of the cluster and the log after it are replayed by a server that runs for that alone, and an ordinary backup is
taken out of it, with the objects that lie in the place. So a recovery is a restore like any other.
"""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import embedded
from app.backup.log import Base, BaseManifest, bases, digest_in, is_segment, log_of, reach
from app.backup.manifest import OBJECTS
from app.backup.places import Folder, Place, place_of
from app.backup.reading import proven
from app.backup.sealing import ENCRYPTED, Opener, Sealer
from app.backup.taking import Source, Taken, connected, take
from app.embedded.recovery import outbox, recovered
from app.equipment import backup_storage
from app.refusal import Refusal
from app.settings import Settings
from app.storage import ObjectMissing

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whence, whither, and until when."""

    place: Place
    opener: Opener
    to: Path
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a place, by the digest of their bytes."""

    place: Place
    opener: Opener
    names: dict[str, list[str]]
    """For each digest where the bytes lie, encrypted for one or another."""

    async def get(self, key: str, *, sha256: str) -> bytes:
        """Return the bytes of an object of a file; an ObjectMissing if they are not there."""
        for name in self.names.get(sha256, ()):
            with suppress(Refusal):
                return await proven(self.place, self.opener, name, sha256)
        raise ObjectMissing(key)


def run(settings: Settings, source: str, to: Path, identity: Path | None, *, until: datetime | None, say: Say) -> Taken:
    """Recover what lies in a place into a backup in a new folder."""
    if to.exists() and any(to.iterdir()):
        raise Refusal(f"The folder {to} is not empty: name a new one for the backup that is recovered.")
    wanted = Wanted(place_of(source, backup_storage(settings)), Opener(identity), to, until)
    with tempfile.TemporaryDirectory(prefix="pinpai-recover-") as folder:
        Path(folder).chmod(0o711)
        data_dir, copy = Path(folder) / "data", Path(folder) / "copy"
        manifest = asyncio.run(_fetched(wanted, outbox(data_dir), copy, say))
        say("Replaying the log.")
        with recovered(data_dir, copy, until, say) as servers:
            return asyncio.run(_taken(wanted, servers, manifest, Sealer(settings.backup_recipients)))


async def _fetched(wanted: Wanted, log: Path, copy: Path, say: Say) -> BaseManifest:
    """Fetch the files of the cluster, and its log as far as it goes on."""
    base, manifest = await _chosen(wanted)
    with _private(copy).open("wb") as file:
        for part in manifest.parts:
            file.write(await proven(wanted.place, wanted.opener, f"{base.folder}/{part.name}", part.sha256))
    fetched = await _fetch_log(wanted, base, log, say)
    say(f"The cluster of {base.begun_at:%Y-%m-%d %H:%M:%S} UTC, and {fetched} segments of its log.")
    return manifest


def _private(file: Path) -> Path:
    """Make a file that only we read: others may enter its folder, as the servers' user has to."""
    file.touch(mode=0o600)
    return file


async def _fetch_log(wanted: Wanted, base: Base, log: Path, say: Say) -> int:
    """Fetch the log up to its first gap; return how many segments. What lies beyond a gap is told."""
    names = await log_of(wanted.place, base.system)
    usable, beyond = reach(base.first, names)
    if beyond:
        say(f"The log has a gap before {beyond[0]}: that and all after it cannot be recovered.")
    histories = [name for name in names if not is_segment(name)]
    for number, name in enumerate([*histories, *usable], start=-len(histories)):
        try:
            data = await proven(wanted.place, wanted.opener, names[name], digest_in(names[name]))
        except Refusal as flaw:
            say(f"{flaw} Nothing after it in the log can be recovered.")
            return number
        (log / name).write_bytes(data)
    return len(usable)


async def _chosen(wanted: Wanted) -> tuple[Base, BaseManifest]:
    """Return the last copy that was finished before the instant."""
    for base in reversed(await bases(wanted.place)):
        if base.manifest is None or (wanted.until and base.begun_at > wanted.until):
            continue
        data = await proven(wanted.place, wanted.opener, base.manifest, digest_in(base.manifest))
        manifest = BaseManifest.read(data)
        if wanted.until is None or manifest.finished_at <= wanted.until:
            return base, manifest
    before = f" before {wanted.until}" if wanted.until else ""
    raise Refusal(f"There is no copy of the cluster{before}: restore a backup with `pinpai restore`.")


async def _taken(wanted: Wanted, servers: embedded.Servers, manifest: BaseManifest, sealer: Sealer) -> Taken:
    """Take a backup of what was recovered, as of its last transaction."""
    names = dict[str, list[str]]()
    async for name in wanted.place.names(OBJECTS):
        names.setdefault(Path(name).name.removesuffix(ENCRYPTED), []).append(name)
    async with connected(servers.database_url) as connection:
        as_of = await connection.fetchval("SELECT pg_last_xact_replay_timestamp()") or manifest.finished_at
    objects = Objects(wanted.place, wanted.opener, names)
    return await take(
        Source(servers.database_url, objects, manifest.secret_keys), Folder(wanted.to), sealer, as_of=as_of
    )
