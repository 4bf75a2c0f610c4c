"""A backup is read: each file is opened, and compared with the digest that its name or the manifest has of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from app.backup.manifest import (
    BACKUPS,
    BEGUN,
    MANIFEST,
    NAMES,
    Manifest,
    StoredObject,
    digest_of,
    file_of,
    object_name,
)
from app.backup.places import Place
from app.backup.sealing import ENCRYPTED, Opener
from app.backup.several import several
from app.refusal import Refusal


class Archive:
    """A whole backup, by its manifest."""

    def __init__(self, place: Place, opener: Opener, manifest: Manifest, files: frozenset[str], own: str) -> None:
        self._place, self._opener, self._files, self._own = place, opener, files, own
        self.manifest = manifest

    async def object(self, each: StoredObject) -> bytes:
        """Return the bytes of an object; a Refusal that names the file if it has others."""
        return await proven(self._place, self._opener, self._name_of(each), each.sha256)

    async def write_database(self, file: BinaryIO) -> None:
        """Write the dump together; a Refusal that names the part if it is not what was written."""
        for part in self.manifest.database:
            data = await proven(self._place, self._opener, file_of(self.manifest.stamp, part.name), part.sha256)
            file.write(data)

    async def flaws(self) -> list[str]:
        """Read every file of the backup, and return what is wrong, file by file."""
        found = [flaw async for flaw in self._own_flaws()]
        waiting = iter({each.sha256: each for each in self.manifest.objects}.values())

        async def check() -> None:
            for each in waiting:
                flaw = await self._flaw(self._name_of(each), each.sha256)
                found.extend([flaw] if flaw else [])

        await several(check)
        return sorted(found)

    async def _own_flaws(self) -> AsyncIterator[str]:
        stamp = self.manifest.stamp
        listed = "".join(f"{name}\n" for name in sorted({self._name_of(each) for each in self.manifest.objects}))
        names = file_of(stamp, f"{NAMES}.{digest_of(listed.encode())}")
        expected = {file_of(stamp, part.name): part.sha256 for part in self.manifest.database}
        claim = self.manifest.claim or stamp
        expected |= {names: digest_of(listed.encode()), file_of(stamp, BEGUN): digest_of(claim.encode())}
        for name, sha256 in expected.items():
            if flaw := await self._flaw(name, sha256):
                yield flaw
        for name in self._files - expected.keys() - {self._own}:
            yield f"The file {name} does not belong to the backup."

    async def _flaw(self, name: str, sha256: str) -> str | None:
        try:
            await proven(self._place, self._opener, name, sha256)
        except Refusal as flaw:
            return str(flaw)
        return None

    def _name_of(self, each: StoredObject) -> str:
        name = object_name(self.manifest.group, each.sha256)
        return name + ENCRYPTED if self._own.endswith(ENCRYPTED) else name


async def proven(place: Place, opener: Opener, name: str, sha256: str) -> bytes:
    """Return the content of a file; a Refusal that names it if it is not what was written."""
    data = await place.get(name)
    if data is None:
        raise Refusal(f"The file {name} is missing.")
    content = opener.open(name, data)
    if content is None or digest_of(content) != sha256:
        raise Refusal(f"The file {name} is altered.")
    return content


async def files_by_stamp(place: Place) -> dict[str, frozenset[str]]:
    """Return the files of every backup, finished or not, by its stamp."""
    found: dict[str, set[str]] = {}
    async for name in place.names(BACKUPS):
        found.setdefault(name.split("/")[1], set()).add(name)
    return {stamp: frozenset(files) for stamp, files in sorted(found.items())}


def manifest_of(files: frozenset[str]) -> str | None:
    """Return the name of the manifest among the files of a backup; None if it was never finished."""
    return next((name for name in sorted(files) if Path(name).name.startswith(f"{MANIFEST}.")), None)


async def opened(place: Place, opener: Opener, stamp: str | None = None) -> Archive:
    """Open a backup, by default the last that was finished."""
    found = await files_by_stamp(place)
    if stamp is not None:
        found = {stamp: found.get(stamp, frozenset())}
    finished = {each: name for each, files in found.items() if (name := manifest_of(files))}
    if not finished:
        raise Refusal("There is no finished backup" + (f" {stamp}." if stamp else "."))
    last = max(finished)
    return await _read(place, opener, found[last], finished[last])


async def _read(place: Place, opener: Opener, files: frozenset[str], name: str) -> Archive:
    digest = Path(name).name.removesuffix(ENCRYPTED).partition(".")[2]
    manifest = Manifest.read(await proven(place, opener, name, digest))
    if file_of(manifest.stamp, "") != name[: name.rfind("/") + 1]:
        raise Refusal(f"The file {name} is the manifest of another backup, {manifest.stamp}.")
    return Archive(place, opener, manifest, files, name)
