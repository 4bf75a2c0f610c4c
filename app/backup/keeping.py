"""Backups are kept for a while: older ones go, then the objects that no backup names any more, and the older log."""

from collections.abc import Iterable

import asyncpg

from app.backup.log import bases, is_segment, log_of, number_of
from app.backup.manifest import LOG, NAMES, OBJECTS, digest_of, object_name
from app.backup.places import Place
from app.backup.reading import files_by_stamp, manifest_of
from app.backup.sealing import ENCRYPTED
from app.backup.taking import TAKING
from app.database import dsn_of
from app.refusal import Refusal


async def prune(url: str, place: Place, *, keep: int, group: str = "") -> int:
    """Remove all backups but the newest, and what a killed one left; return how many files. Nothing while one is taken.

    In the group that is written now the objects of all files stay that there are: the log may name them, and no backup.
    """
    connection = await asyncpg.connect(dsn_of(url), timeout=5)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", *TAKING):
            return 0
        gone, named = await _prune_backups(place, keep)
        there = [name async for name in place.names(OBJECTS)]  # before the rows, which come before their objects
        living = {object_name(group, sha256) for (sha256,) in await connection.fetch(_LIVING)}
        nameless = [name for name in there if name not in named and name.removesuffix(ENCRYPTED) not in living]
        return gone + await _remove(place, nameless)
    finally:
        await connection.close()


async def prune_log(place: Place, *, keep: int) -> int:
    """Remove all bases but the newest, and the log that none of these needs; return how many files."""
    found = await bases(place)
    kept = [base for base in found if base.manifest][-keep:]
    gone = [name for base in found if base not in kept for name in _manifest_first(base.files, base.manifest)]
    for system in {base.system for base in found} | {name.split("/")[1] async for name in place.names(LOG)}:
        needed = min((number_of(base.first) for base in kept if base.system == system), default=None)
        log = await log_of(place, system)
        gone += [log[name] for name in log if needed is None or (is_segment(name) and number_of(name) < needed)]
    return await _remove(place, gone)


async def _prune_backups(place: Place, keep: int) -> tuple[int, set[str]]:
    """Remove all backups but the newest; return how many files, and the objects that those name.

    The manifest goes first: what is interrupted here is no backup any more, and removed by the next.
    """
    found = await files_by_stamp(place)
    finished = [stamp for stamp, files in found.items() if manifest_of(files)]
    kept = set(finished[-keep:])
    old = [files for stamp, files in found.items() if stamp not in kept]
    gone = await _remove(place, [name for files in old for name in _manifest_first(files, manifest_of(files))])
    return gone, {name for stamp in kept for name in await _named(place, found[stamp])}


async def _remove(place: Place, names: list[str]) -> int:
    for name in names:
        await place.delete(name)
    return len(names)


def _manifest_first(files: Iterable[str], manifest: str | None) -> list[str]:
    return sorted(files, key=lambda name: name != manifest)


async def _named(place: Place, files: frozenset[str]) -> list[str]:
    """Return the objects that a backup names; its list is there for who may not decrypt its manifest."""
    (name,) = (each for each in files if each.rsplit("/", 1)[1].startswith(f"{NAMES}."))
    listed = await place.get(name) or b""
    if not name.endswith(f".{digest_of(listed)}"):
        raise Refusal(f"The file {name} is altered: nothing is pruned, for it says which objects are needed.")
    return listed.decode().splitlines()


_LIVING = "SELECT DISTINCT sha256 FROM files WHERE sha256 IS NOT NULL"
