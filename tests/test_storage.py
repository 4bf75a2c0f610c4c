import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

from app.embedded import Servers
from app.storage import (
    BLOCK,
    THREADS,
    LightLoader,
    ObjectAltered,
    ObjectMissing,
    ObjectTaken,
    Storage,
    StorageSettings,
    StorageUnavailable,
    make_client,
)


@pytest.fixture(scope="session")
def s3(servers: Servers) -> StorageSettings:
    return StorageSettings(
        endpoint_url=servers.s3_endpoint_url,
        region=servers.s3_region,
        bucket=servers.s3_bucket,
        access_key_id=servers.s3_access_key_id,
        secret_access_key=servers.s3_secret_access_key,
    )


@pytest.fixture(scope="session")
async def storage(s3: StorageSettings) -> AsyncIterator[Storage]:
    async with Storage(s3) as storage:
        yield storage


@pytest.fixture
def key() -> str:
    return f"tests/{uuid4()}"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def put(storage: Storage, key: str, data: bytes) -> None:
    await storage.put(key, data, media_type="image/jpeg", sha256=digest(data))


async def test_what_is_put_is_got(storage: Storage, key: str) -> None:
    data = os.urandom(5_000_000)
    await put(storage, key, data)
    assert await storage.get(key, sha256=digest(data)) == data


async def test_what_is_not_there_is_missing(storage: Storage, key: str) -> None:
    with pytest.raises(ObjectMissing):
        await storage.get(key, sha256="")


async def test_other_bytes_than_were_stored_are_not_given(storage: Storage, key: str) -> None:
    await put(storage, key, b"other bytes")
    with pytest.raises(ObjectAltered):
        await storage.get(key, sha256=digest(b"as they were"))


LONG = 5 * BLOCK + 17


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 1, LONG])
async def test_a_stream_tells_its_length_and_brings_the_bytes(storage: Storage, key: str, size: int) -> None:
    data = os.urandom(size)
    await put(storage, key, data)
    length, pieces = await storage.stream(key, sha256=digest(data))
    found = [piece async for piece in pieces]
    assert (length, b"".join(found)) == (size, data)
    assert max(map(len, found)) <= 2 * BLOCK


async def test_what_is_not_there_is_missing_before_a_stream_begins(storage: Storage, key: str) -> None:
    with pytest.raises(ObjectMissing):
        await storage.stream(key, sha256="")


async def test_other_bytes_are_found_out_before_a_short_stream_begins(storage: Storage, key: str) -> None:
    await put(storage, key, bytes(BLOCK))
    with pytest.raises(ObjectAltered):
        await storage.stream(key, sha256=digest(b"as they were"))


async def test_the_end_of_a_long_stream_of_other_bytes_never_comes(storage: Storage, key: str) -> None:
    await put(storage, key, bytes(LONG))
    length, pieces = await storage.stream(key, sha256=digest(b"as they were"))
    received: list[bytes] = []
    with pytest.raises(ObjectAltered):
        await _all(pieces, received)
    assert 0 < sum(map(len, received)) < length


async def test_more_streams_than_threads_may_be_open(storage: Storage, key: str) -> None:
    data = os.urandom(LONG)
    await put(storage, key, data)
    streams = [await storage.stream(key, sha256=digest(data)) for _ in range(3 * THREADS)]
    bodies = await asyncio.gather(*(_all(pieces, []) for _, pieces in streams))
    assert set(bodies) == {data}


async def _all(pieces: AsyncIterator[bytes], received: list[bytes]) -> bytes:
    async for piece in pieces:
        received.append(piece)  # noqa: PERF401  # also those before a failure
    return b"".join(received)


async def test_deleting_is_final_and_repeatable(storage: Storage, key: str) -> None:
    await put(storage, key, b"x")
    await storage.delete(key)
    await storage.delete(key)
    with pytest.raises(ObjectMissing):
        await storage.get(key, sha256="")


async def test_an_object_is_never_overwritten(storage: Storage, key: str) -> None:
    await put(storage, key, b"first")
    with pytest.raises(ObjectTaken):
        await put(storage, key, b"second")
    assert await storage.get(key, sha256=digest(b"first")) == b"first"


async def test_the_same_bytes_again_are_our_own_retry(storage: Storage, key: str) -> None:
    await put(storage, key, b"same")
    await put(storage, key, b"same")
    assert await storage.get(key, sha256=digest(b"same")) == b"same"


async def test_of_many_writers_of_one_key_one_wins(storage: Storage, key: str) -> None:
    attempts = [put(storage, key, f"writer {number}".encode()) for number in range(8)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert [outcome for outcome in outcomes if outcome is None] == [None]
    assert all(isinstance(outcome, ObjectTaken) for outcome in outcomes if outcome is not None)


async def test_bytes_that_differ_from_their_digest_are_not_stored(storage: Storage, key: str) -> None:
    with pytest.raises(StorageUnavailable):
        await storage.put(key, b"spoiled on the way", media_type="image/jpeg", sha256=digest(b"as computed"))
    with pytest.raises(ObjectMissing):
        await storage.get(key, sha256="")


async def test_keys_are_listed_over_pages(storage: Storage) -> None:
    prefix = f"tests/{uuid4()}/"
    await asyncio.gather(*(put(storage, f"{prefix}{number:04}", b"") for number in range(1001)))
    assert [key async for key in storage.keys(prefix)] == [f"{prefix}{number:04}" for number in range(1001)]


async def test_the_bucket_is_ready_and_closed(storage: Storage) -> None:
    await storage.check()


@pytest.mark.parametrize(
    "wrong", [{"bucket": "nobodys"}, {"secret_access_key": "wrong"}, {"endpoint_url": "http://127.0.0.1:9"}]
)
async def test_a_wrong_setting_is_found_out(s3: StorageSettings, wrong: dict[str, str]) -> None:
    async with Storage(replace(s3, **wrong)) as storage:
        with pytest.raises(StorageUnavailable):
            await storage.check()


async def test_a_bucket_open_to_strangers_is_found_out(s3: StorageSettings) -> None:
    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(welcome, "127.0.0.1", 0)
    async with server, Storage(replace(s3, endpoint_url=address(server))) as storage:
        with pytest.raises(StorageUnavailable, match="without a key"):
            await storage.check()


async def test_an_answer_lost_on_the_way_is_no_loss(s3: StorageSettings, key: str) -> None:
    async with losing_first_answer(s3.endpoint_url) as endpoint, Storage(replace(s3, endpoint_url=endpoint)) as storage:
        await put(storage, key, b"stored although nobody heard so")
        assert (
            await storage.get(key, sha256=digest(b"stored although nobody heard so"))
            == b"stored although nobody heard so"
        )


async def test_nothing_of_the_machine_is_asked(s3: StorageSettings, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, nobody)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "auto")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "wrong")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "wrong")
    async with Storage(s3) as storage:
        await storage.check()
        await put(storage, key, b"x")
        assert await storage.get(key, sha256=digest(b"x")) == b"x"


def test_settings_do_not_show_the_secret(s3: StorageSettings) -> None:
    assert s3.secret_access_key not in repr(s3)


def address(server: asyncio.Server) -> str:
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def losing_first_answer(endpoint: str) -> AsyncIterator[str]:
    """A line to the store that carries the first request there and breaks before its answer comes back."""
    lines: list[asyncio.Task[None] | None] = []
    lost = asyncio.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(asyncio.current_task())
        there, back = await asyncio.open_connection(urlsplit(endpoint).hostname, urlsplit(endpoint).port)
        requests = asyncio.create_task(pump(reader, back))
        try:
            while (answer := await there.read(65536)) and (lost.is_set() or not answer.startswith(b"HTTP/1.1 200")):
                writer.write(answer)
        finally:
            lost.set()
            requests.cancel()
            for end in (writer, back):
                end.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    async with server:
        yield address(server)
        assert len(lines) > 1
        for line in filter(None, lines):
            line.cancel()  # the client may keep its connection, and the store waits two minutes for it to speak
        await asyncio.gather(*filter(None, lines), return_exceptions=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way until the line ends, then end it on the other side as well."""
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


def test_a_client_carries_neither_the_manual_of_s3_nor_the_addresses_of_aws(s3: StorageSettings) -> None:
    read = vars(make_client(s3))["_loader"]
    assert read.load_service_model("s3", "service-2")["operations"]["GetObject"]["documentation"] == ""
    assert {len(each["services"]) for each in read.load_data("endpoints")["partitions"]} == {0}


@pytest.mark.parametrize("key", [None, "images/1", "报送/一"])
@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8333", "https://s3.example.org/pinpai", "https://192.0.2.7"])
def test_the_rules_of_addresses_that_remain_give_the_address_of_all(endpoint: str, key: str | None) -> None:
    whole, light = Loader(), Loader(file_loader=LightLoader())
    asked = {"Region": "district-1", "Bucket": "pinpai", "Key": key, "Endpoint": endpoint, "ForcePathStyle": True}
    given = {"UseFIPS": False, "UseDualStack": False, "Accelerate": False, "UseGlobalEndpoint": False}
    one, other = (
        EndpointProvider(
            loader.load_service_model("s3", "endpoint-rule-set-1"), loader.load_data("partitions")
        ).resolve_endpoint(**{name: value for name, value in (asked | given).items() if value is not None})
        for loader in (whole, light)
    )
    assert one == other
    assert one.url == f"{endpoint}/pinpai"
