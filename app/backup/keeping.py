"""Backups are kept for a while: older ones go, then the objects that no backup names any more."""

import asyncpg

from app.backup.manifest import NAMES, OBJECTS, digest_of
from app.backup.places import Place
from app.backup.reading import files_by_stamp, manifest_of
from app.backup.taking import TAKING
from app.database import dsn_of
from app.refusal import Refusal


async def prune(url: str, place: Place, *, keep: int) -> int:
    """Remove all backups but the newest, and what a killed one left; return how many files. Nothing while one is taken.

    The manifest goes first: what is interrupted here is no backup any more, and removed by the next.
    """
    connection = await asyncpg.connect(dsn_of(url), timeout=5)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", *TAKING):
            return 0
        return await _pruned(place, keep)
    finally:
        await connection.close()


async def _pruned(place: Place, keep: int) -> int:
    found = await files_by_stamp(place)
    finished = [stamp for stamp, files in found.items() if manifest_of(files)]
    kept = set(finished[-keep:])
    gone = [name for stamp, files in found.items() if stamp not in kept for name in _manifest_first(files)]
    for name in gone:
        await place.delete(name)
    named = {name for stamp in kept for name in await _named(place, found[stamp])}
    nameless = [name async for name in place.names(OBJECTS) if name not in named]
    for name in nameless:
        await place.delete(name)
    return len(gone) + len(nameless)


def _manifest_first(files: frozenset[str]) -> list[str]:
    manifest = manifest_of(files)
    return sorted(files, key=lambda name: name != manifest)


async def _named(place: Place, files: frozenset[str]) -> list[str]:
    """Return the objects that a backup names; its list is there for who may not decrypt its manifest."""
    (name,) = (each for each in files if each.rsplit("/", 1)[1].startswith(f"{NAMES}."))
    listed = await place.get(name) or b""
    if not name.endswith(f".{digest_of(listed)}"):
        raise Refusal(f"The file {name} is altered: nothing is pruned, for it says which objects are needed.")
    return listed.decode().splitlines()
