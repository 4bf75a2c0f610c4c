"""The contract as it is sent: the same bytes to everybody, made once."""

import gzip
import json
import signal
from asyncio import wrap_future
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from fastapi import FastAPI, Request, Response

from app.api.http.downloads import is_known
from app.api.http.packing import takes_gzip
from app.seclusion import end_with_parent

ADDRESS = "/api/v1/openapi.json"
PATIENCE = 30.0


def install(app: FastAPI) -> None:
    """Answer with the document; every router must be included before it is first read."""
    app.state.contract = None
    app.add_route(ADDRESS, read_contract, include_in_schema=False)


@contextmanager
def prepared(app: FastAPI) -> Iterator[None]:
    """Render the document, for more than a second, in a copy of this process while this one serves.

    Here it would stop everybody, and making it takes 20 MB, of which half would stay with this process for good.
    Should the copy fail or hang, the document is rendered by whoever asks for it.
    """
    receiving, sending = get_context("fork").Pipe(duplex=False)
    copy = get_context("fork").Process(target=_send, args=(receiving, sending, app))
    copy.start()
    sending.close()
    with ThreadPoolExecutor(1, "contract") as thread:
        app.state.contract = thread.submit(_received, receiving, copy)
        thread.shutdown(wait=False)  # it ends with its only task
        try:
            yield
        finally:
            copy.kill()  # else a process that is told to stop meanwhile would wait for it


def _received(receiving: Connection, copy: ForkProcess) -> bytes | None:
    """Return what the copy sends, or nothing; the copy is gone afterwards."""
    try:
        with receiving, suppress(EOFError):
            if receiving.poll(PATIENCE):
                return receiving.recv_bytes()
        return None
    finally:
        copy.kill()
        copy.join()


async def read_contract(request: Request) -> Response:
    rendering: Future[bytes | None] | None = request.app.state.contract
    packed = (await wrap_future(rendering) if rendering else None) or _packed(request.app)
    digest = sha256(packed).hexdigest()
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if is_known(request.headers.get("If-None-Match"), digest):
        return Response(status_code=304, headers=headers)
    if not takes_gzip(request.headers):
        return Response(gzip.decompress(packed), headers=headers, media_type="application/json")
    return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type="application/json")


def written(app: FastAPI) -> bytes:
    return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def _packed(app: FastAPI) -> bytes:
    """Compressed, which keeps and sends a seventh of the bytes; the same document gives the same."""
    return gzip.compress(written(app), mtime=0)


def _send(receiving: Connection, sending: Connection, app: FastAPI) -> None:
    end_with_parent(signal.SIGKILL)  # the copy has the lock of the data folder, too: the next server could not start
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)  # the copy ends without a word
    receiving.close()  # the copy has this end, too: it would never learn that nobody reads any more
    with suppress(BrokenPipeError):
        sending.send_bytes(_packed(app))
