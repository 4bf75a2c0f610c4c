import fcntl
import gzip
import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from app.api.http import contract


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI(title="品牌", openapi_url=None)
    contract.install(app)
    return app


async def answer(app: FastAPI, headers: dict[str, str] | None = None) -> Response:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://tests") as client:
        return await client.get(contract.ADDRESS, headers=headers)


async def sent(app: FastAPI) -> bytes:
    return (await answer(app)).content


async def test_what_is_prepared_is_kept_and_leaves_nothing_else_behind(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contract.prepared(app):
        monkeypatch.setattr(contract, "_packed", None)  # who asks before it is there waits for it
        found = await sent(app)
        assert app.openapi_schema is None
        assert multiprocessing.active_children() == []
    assert found == contract.written(app)


KILLED_MEANWHILE = """
import fcntl, multiprocessing, os, signal, sys, time
from fastapi import FastAPI
from app.api.http import contract
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
contract._packed = lambda app: time.sleep(60)
with contract.prepared(FastAPI()):
    time.sleep(0.5)  # the copy is at it
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_copy_ends_with_a_process_that_is_killed_and_holds_no_lock_of_its(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_MEANWHILE, str(tmp_path / "lock")], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with (tmp_path / "lock").open("w") as lock:
        for _ in range(100):
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(0.05)
    raise AssertionError("the lock is held by the copy")


@pytest.mark.parametrize("accepted", ["gzip, br", "identity"])
async def test_what_was_prepared_is_sent_compressed_or_not(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, accepted: str
) -> None:
    app.state.contract = Future[bytes | None]()
    app.state.contract.set_result(gzip.compress(b"{}"))
    monkeypatch.setattr(app, "openapi", None)  # nobody waits for it to be written
    answered = await answer(app, {"Accept-Encoding": accepted})
    assert answered.content == b"{}"
    assert ("content-encoding" in answered.headers) == ("gzip" in accepted)


async def test_who_has_it_already_is_told_so(app: FastAPI) -> None:
    etag = (await answer(app)).headers["etag"]
    known = await answer(app, {"If-None-Match": etag})
    assert (known.status_code, known.content) == (304, b"")


async def test_without_preparation_it_is_written_when_it_is_asked_for(app: FastAPI) -> None:
    assert await sent(app) == contract.written(app)


@pytest.mark.parametrize("copy", [lambda *_: None, lambda *_: time.sleep(60)], ids=["fails", "hangs"])
async def test_a_copy_that_fails_or_hangs_holds_up_no_start(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, copy: Callable[..., None]
) -> None:
    monkeypatch.setattr(contract, "_send", copy)
    monkeypatch.setattr(contract, "PATIENCE", 0.2)
    with contract.prepared(app):
        assert await sent(app) == contract.written(app)
        assert app.state.contract.result() is None
    assert multiprocessing.active_children() == []


def test_who_is_told_to_stop_meanwhile_leaves_no_copy_behind(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "_send", lambda *_: time.sleep(600))
    with pytest.raises(KeyboardInterrupt), contract.prepared(app):
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []
