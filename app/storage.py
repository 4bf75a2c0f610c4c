"""Objects in any S3, through boto3: nothing else imports it, and it talks to nobody but the configured endpoint."""

import asyncio
import gzip
import hashlib
import json
import os
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import JSONFileLoader, Loader

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

Result = TypeVar("Result")

# boto3's own waits (60 s to connect, 60 s to read, five tries) would outlast every caller.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 15, 3
THREADS, CONNECTIONS = 8, 64
"""A download holds a connection as long as its reader takes, and a thread only for each piece."""
BLOCK = 64 * 1024
"""The size of a piece: a reader who takes nothing holds some four of them."""
# No profile, no file of a home directory, no question to a cloud's metadata address: StorageSettings say it all.
ISOLATED = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "defaults_mode": (None, None, "legacy", None),
}
CALLED = {"PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2", "HeadBucket"}
"""The operations called here, of a hundred that botocore knows; their shapes are a sixth of all."""
UNREAD: dict[str, object] = {"documentation": "", "endpoints": {}, "services": {}}
"""Members of botocore's data that nobody reads here, and the blanks in their place: they took 10 MB of a process."""
NEVER = {
    "Accelerate": True,
    "ForcePathStyle": False,
    "UseDualStack": True,
    "UseFIPS": True,
    "UseObjectLambdaEndpoint": True,
    "UseS3ExpressControlEndpoint": True,
}
"""Values that the parameters of an address never have with the configuration below: a quarter of its rules remain."""
ABSENT = {"404", "NoSuchKey", "NotFound"}
FULL = {"507", "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"}
TAKEN = {"412", "PreconditionFailed"}


class StorageUnavailable(Exception):
    """The store failed at a request, for now; the cause has the details."""


class StorageFull(StorageUnavailable):
    """The store has no room left."""


class ObjectLost(Exception):
    """The store answers, and has not the bytes it was given to keep: trying again does not bring them back."""


class ObjectMissing(ObjectLost):
    """There is no object under that key."""


class ObjectUnreadable(ObjectLost):
    """The store knows the key and cannot give its bytes."""


class ObjectAltered(ObjectLost):
    """The bytes under the key are not those that were stored."""


class ObjectTaken(Exception):
    """The key already holds other bytes; keys are never used twice, so this is a mistake of ours."""


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The address of the store, and our credentials there."""

    endpoint_url: str
    region: str
    bucket: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


class Storage:
    """One bucket. Every call runs in one of a few threads of its own, so a slow store holds up nothing else."""

    def __init__(self, settings: StorageSettings) -> None:
        self._settings = settings
        self._client = make_client(settings)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    async def put(self, key: str, data: bytes, *, media_type: str, sha256: str) -> None:
        """Store new bytes under a new key; the store itself compares them with `sha256`, given in hex."""
        await self._in_thread(partial(self._put, key, data, media_type, b64encode(bytes.fromhex(sha256)).decode()))

    async def get(self, key: str, *, sha256: str) -> bytes:
        """The bytes under the key, if they are those with this digest; ObjectLost otherwise."""
        return await self._in_thread(lambda: b"".join(self.blocks(key, sha256=sha256)))

    async def unproven(self, key: str) -> bytes:
        """The bytes under the key, whatever they are: for a reader that knows how to prove them itself."""
        return await self._in_thread(partial(self._read, key))

    def blocks(self, key: str, *, sha256: str) -> Iterator[bytes]:
        """The same bytes a block at a time, for a thread to read; asked for when the first is wanted.

        The last one comes only if the digest is right: a reader who was told the length knows that it is missing.
        """
        yield from _proven(self._object(key)["Body"], key, sha256)

    async def stream(self, key: str, *, sha256: str) -> tuple[int, AsyncGenerator[bytes]]:
        """The number of the bytes, and the bytes in pieces; ObjectLost now, or before the last piece.

        The first piece is here already: what is no longer than that is proven whole.
        """
        found = await self._in_thread(partial(self._object, key))
        pieces = self.drawn(_proven(found["Body"], key, sha256))
        return found["ContentLength"], _beginning_with(await anext(pieces, b""), pieces)

    async def drawn(self, source: Iterator[bytes]) -> AsyncGenerator[bytes]:
        """Draw a source that reads from the store in our threads, in pieces worth a turn; close it in any case."""
        turn = Lock()
        try:
            while piece := await self._in_thread(partial(_piece, source, turn)):
                yield piece
        finally:
            with suppress(RuntimeError):  # the threads are gone, and with them what the source holds
                self._threads.submit(_close, source, turn)

    async def delete(self, key: str) -> None:
        """Remove the object; removing what is not there is no failure."""
        await self._in_thread(partial(self._client.delete_object, Bucket=self._settings.bucket, Key=key))

    async def keys(self, prefix: str = "") -> AsyncIterator[str]:
        """Every key of the bucket, a page at a time."""
        page: dict[str, Any] = {}
        while page.get("IsTruncated", True):
            resume = {"ContinuationToken": page["NextContinuationToken"]} if page else {}
            listing = partial(self._client.list_objects_v2, Bucket=self._settings.bucket, Prefix=prefix, **resume)
            page = dict(await self._in_thread(listing))
            for entry in page.get("Contents", []):
                yield entry["Key"]

    async def check(self) -> None:
        """The bucket answers us and nobody without a key; StorageUnavailable otherwise."""
        try:
            await self._in_thread(partial(self._client.head_bucket, Bucket=self._settings.bucket))
        except ObjectMissing as error:
            raise StorageUnavailable(f"there is no bucket {self._settings.bucket!r}") from error
        if await self._in_thread(self._status_for_strangers) < 400:  # noqa: PLR2004 -- the HTTP classes need no name
            raise StorageUnavailable(f"bucket {self._settings.bucket!r} answers callers without a key")

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except ClientError as error:
            if error_code(error) in ABSENT:
                raise ObjectMissing(str(error)) from error
            full = error_code(error) in FULL
            raise (StorageFull if full else StorageUnavailable)(str(error)) from error
        except (BotoCoreError, OSError) as error:
            raise StorageUnavailable(str(error)) from error

    def _put(self, key: str, data: bytes, media_type: str, checksum: str) -> None:
        try:
            self._client.put_object(
                Bucket=self._settings.bucket,
                Key=key,
                Body=data,
                ContentType=media_type,
                ChecksumSHA256=checksum,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error_code(error) not in TAKEN:
                raise
            # An earlier try of ours may have arrived although its answer did not.
            if self._checksum_of(key) != checksum:
                raise ObjectTaken(key) from error

    def _checksum_of(self, key: str) -> str | None:
        head = self._client.head_object(Bucket=self._settings.bucket, Key=key, ChecksumMode="ENABLED")
        return head.get("ChecksumSHA256")

    def _object(self, key: str) -> "GetObjectOutputTypeDef":
        try:
            return self._client.get_object(Bucket=self._settings.bucket, Key=key)
        except ClientError as error:
            if error_code(error) in ABSENT:
                raise ObjectMissing(key) from error
            if status_of(error) >= 500 and self._checksum_of(key):  # noqa: PLR2004  # the HTTP classes need no name
                raise ObjectUnreadable(key) from error
            raise

    def _read(self, key: str) -> bytes:
        return self._object(key)["Body"].read()

    def _status_for_strangers(self) -> int:
        """Return the store's answer to an unsigned listing of our bucket."""
        address = urlsplit(self._settings.endpoint_url)
        connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = connect(address.netloc, timeout=READ_SECONDS)
        try:
            connection.request("GET", f"{address.path.rstrip('/')}/{self._settings.bucket}?list-type=2&max-keys=1")
            return connection.getresponse().status
        finally:
            connection.close()


def _proven(body: "StreamingBody", key: str, sha256: str) -> Iterator[bytes]:
    """Yield the blocks of a body, each when the next is here; the last one if the digest of all is this."""
    digest, held = hashlib.sha256(), b""
    with closing(body):
        for block in body.iter_chunks(BLOCK):
            digest.update(block)
            if held:
                yield held
            held = block
    if digest.hexdigest() != sha256:
        raise ObjectAltered(key)
    yield held


async def _beginning_with(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


def _piece(source: Iterator[bytes], turn: Lock) -> bytes:
    parts, size = [], 0
    with turn:
        for part in source:
            parts.append(part)
            size += len(part)
            if size >= BLOCK:
                break
    return b"".join(parts)  # one is not copied


def _close(source: Iterator[bytes], turn: Lock) -> None:
    """Close a source when its last piece has been drawn, which its reader may not have waited for."""
    with turn:
        if isinstance(source, Generator):
            source.close()


def make_client(settings: StorageSettings) -> "S3Client":
    """A client that knows its settings and nothing of the machine it runs on."""
    core = botocore.session.Session(ISOLATED)
    core.register_component("data_loader", Loader(file_loader=LightLoader()))
    session = boto3.Session(
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=settings.secret_access_key,
        botocore_session=core,
    )
    config = Config(
        region_name=settings.region,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
        proxies={},
        # Bytes are pinned by the signed ChecksumSHA256 header: hashing them again for the signature, or adding a
        # CRC, would double the cost and prove nothing more.
        request_checksum_calculation="when_required",
        s3={"addressing_style": "path", "payload_signing_enabled": False},
    )
    return session.client("s3", endpoint_url=settings.endpoint_url, config=config)


class LightLoader(JSONFileLoader):
    """botocore's data as it is read from its files, blank where nobody here looks.

    Each part is made blank as soon as it is read: 9 MB for a moment are 3 MB of a process for good.
    """

    def load_file(self, file_path: str) -> Any:
        for path, opened in ((f"{file_path}.json", open), (f"{file_path}.json.gz", gzip.open)):
            if Path(path).is_file():
                with opened(path, "rb") as file:
                    data = json.load(file, object_hook=_light)
                return _of_service(data) if "operations" in data else data
        return None


def _of_service(model: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The model of a service with what is called here, and the shapes that takes."""
    operations = {name: model["operations"][name] for name in CALLED}
    reached, waiting = set[str](), _shapes(operations)
    while waiting:
        reached |= waiting
        waiting = set().union(*[_shapes(model["shapes"][name]) for name in waiting]) - reached
    return model | {"operations": operations, "shapes": {name: model["shapes"][name] for name in reached}}


def _shapes(data: object) -> set[str]:
    """The names of the shapes that data refer to."""
    if isinstance(data, dict):
        named = {data["shape"]} if isinstance(data.get("shape"), str) else set[str]()
        return named.union(*[_shapes(value) for value in data.values()])
    return set[str]().union(*[_shapes(each) for each in data]) if isinstance(data, list) else set()


def _light(data: dict[str, Any]) -> dict[str, Any]:
    """Blank what nobody reads, and leave out the rules that apply to no request."""
    blanks = {name: blank for name, blank in UNREAD.items() if isinstance(data.get(name), type(blank))}
    if rules := data.get("rules"):
        blanks["rules"] = [rule for rule in rules if not any(map(_is_false, rule["conditions"]))]
    return data | blanks


def _is_false(condition: dict[str, Any]) -> bool:
    """Return true if a condition holds for no request: each has an address that is configured, and a bucket."""
    match condition:
        case {"fn": "booleanEquals", "argv": [{"ref": name}, value]}:
            return NEVER.get(name) is value
        case {"fn": "not", "argv": [{"fn": "isSet", "argv": [{"ref": "Bucket" | "Endpoint"}]}]}:
            return True
    return False


def reads_back(settings: StorageSettings) -> bool:
    """Return true if the first object of the bucket, if any, can be read."""
    client = make_client(settings)
    try:
        for entry in client.list_objects_v2(Bucket=settings.bucket, MaxKeys=1).get("Contents", []):
            client.get_object(Bucket=settings.bucket, Key=entry["Key"])["Body"].close()
    except (BotoCoreError, ClientError):
        return False
    finally:
        client.close()
    return True


def status_of(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


def error_code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
