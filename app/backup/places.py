"""Places of backups: a folder, or a bucket of another S3. A file in it is written once and whole, or not at all."""

import asyncio
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from app.refusal import Refusal
from app.storage import ObjectMissing, ObjectTaken, Storage, StorageFull, StorageSettings, StorageUnavailable

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Place(Protocol):
    """Files by their names, which have slashes between their parts."""

    async def put(self, name: str, data: bytes) -> bool:
        """Write a file that is not there yet; return false if others are there: the same bytes may be a try of ours."""

    async def get(self, name: str) -> bytes | None:
        """Return the bytes of a file; None if there is none."""

    def names(self, prefix: str) -> AsyncIterator[str]:
        """Yield the names that begin with this, in no order."""

    async def delete(self, name: str) -> None:
        """Remove a file, if it is there."""

    async def close(self) -> None:
        """Let go of connections."""


class Folder:
    """A folder of this host, or one that is mounted here."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    async def put(self, name: str, data: bytes) -> bool:
        return await asyncio.to_thread(self._put, name, data)

    async def get(self, name: str) -> bytes | None:
        try:
            return await asyncio.to_thread((self._path / name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _refused(self._path, error) from error

    async def names(self, prefix: str) -> AsyncIterator[str]:
        for name in await asyncio.to_thread(self._names, prefix):
            yield name

    async def delete(self, name: str) -> None:
        await asyncio.to_thread(self._delete, name)

    async def close(self) -> None:
        """A folder holds nothing open."""

    def _put(self, name: str, data: bytes) -> bool:
        """Link the file to its name once it is on disk: two who write the same name see that there are two."""
        path = self._path / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists():
                return False
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".unfinished") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                return _linked(Path(file.name), path)
        except OSError as error:
            raise _refused(self._path, error) from error

    def _names(self, prefix: str) -> list[str]:
        root = self._path / prefix
        return [str(path.relative_to(self._path)) for path in root.rglob("*") if path.is_file()]

    def _delete(self, name: str) -> None:
        path = self._path / name
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            shutil.rmtree(path.parent)


class Bucket:
    """A bucket of an S3, or what lies below a prefix of it."""

    def __init__(self, settings: StorageSettings, prefix: str) -> None:
        self._storage = Storage(settings)
        self._prefix = f"{prefix}/" if prefix else ""
        self._name = f"s3://{settings.bucket}/{prefix}"

    async def put(self, name: str, data: bytes) -> bool:
        digest = hashlib.sha256(data).hexdigest()
        try:
            await self._storage.put(self._prefix + name, data, media_type="application/octet-stream", sha256=digest)
        except ObjectTaken:
            return False
        except StorageFull as error:
            raise Refusal(f"There is no room left in {self._name}.") from error
        except StorageUnavailable as error:
            raise Refusal(f"{self._name} cannot be written: {error}.") from error
        return True

    async def get(self, name: str) -> bytes | None:
        try:
            return await self._storage.unproven(self._prefix + name)
        except ObjectMissing:
            return None
        except StorageUnavailable as error:
            raise Refusal(f"{self._name} cannot be read: {error}.") from error

    async def names(self, prefix: str) -> AsyncIterator[str]:
        try:
            async for key in self._storage.keys(f"{self._prefix}{prefix}/"):
                yield key.removeprefix(self._prefix)
        except StorageUnavailable as error:
            raise Refusal(f"{self._name} cannot be read: {error}.") from error

    async def delete(self, name: str) -> None:
        await self._storage.delete(self._prefix + name)

    async def close(self) -> None:
        self._storage.close()


def place_of(target: str, storage: StorageSettings | None) -> Place:
    """Return the place that a target names: `s3://bucket/prefix`, with the settings of that S3, or a folder."""
    address = urlsplit(target)
    if address.scheme != "s3":
        return Folder(Path(target))
    if storage is None:
        raise Refusal("Set PINPAI_BACKUP_S3_ENDPOINT_URL, the S3 of the backups, and the key for it.")
    bucket = StorageSettings(
        endpoint_url=storage.endpoint_url,
        region=storage.region,
        bucket=address.netloc,
        access_key_id=storage.access_key_id,
        secret_access_key=storage.secret_access_key,
    )
    return Bucket(bucket, address.path.strip("/"))


def _linked(unfinished: Path, path: Path) -> bool:
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return False
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _refused(path: Path, error: OSError) -> Refusal:
    if error.errno in FULL:
        return Refusal(f"There is no room left in {path}.")
    return Refusal(f"{path} cannot be used: {error}.")
