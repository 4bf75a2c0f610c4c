"""Uploads examined by a real `clamd`, where the machine has one, with one signature of ours."""

import asyncio
import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.problems import Unavailable
from app.scanning import CHUNK, Scanner
from tests.world import World
from tests.world.filing import district
from tests.world.uploads import photo, send_photo

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin")
ILL = photo(66)
CONFIGURATION = """
LocalSocket {folder}/clamd.socket
DatabaseDirectory {folder}
PidFile {folder}/clamd.pid
Foreground yes
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clamd() -> AsyncIterator[Scanner]:
    if CLAMD is None:
        pytest.skip("this machine has no clamd")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ours.hdb").write_text(f"{hashlib.md5(ILL).hexdigest()}:{len(ILL)}:Ours.Test\n")
        (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder))
        process = await asyncio.create_subprocess_exec(
            CLAMD, f"--config-file={folder}/clamd.conf", stdout=asyncio.subprocess.DEVNULL
        )
        scanner = Scanner(f"{folder}/clamd.socket")
        async with asyncio.timeout(30):
            while not await scanner.answers():  # noqa: ASYNC110  # nothing tells when it does
                await asyncio.sleep(0.1)
        yield scanner
        process.terminate()
        await process.wait()


@pytest.mark.thorough
async def test_an_upload_with_a_known_signature_is_refused(
    world: World, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.app.state._state, "scanner", clamd)  # noqa: SLF001  # a State forgets what it is given
    place = await district(world)
    path = f"/api/v1/applications/{await place.complete(pictures=0)}"
    refused = await send_photo(place.by_unit, path, ILL)
    assert [each["code"] for each in refused.json()["findings"]] == ["infected_file"]
    assert (await send_photo(place.by_unit, path, photo(67))).status_code == 201


@pytest.mark.thorough
async def test_bytes_of_any_size_are_examined(clamd: Scanner) -> None:
    assert [await clamd.finds_a_virus(data) for data in (b"", bytes(CHUNK), bytes(26 * 2**20), ILL)] == [
        *(False, False, False, True)
    ]


@pytest.mark.parametrize("reply", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"no end"])
async def test_without_a_verdict_nothing_is_taken(reply: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"x" + bytes(4))
        writer.write(reply)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        scanner = Scanner(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(Unavailable):
            await scanner.finds_a_virus(b"x")
    with pytest.raises(Unavailable):
        await scanner.finds_a_virus(b"x")
    assert not await scanner.answers()
