"""The contract as it is sent: the same bytes to everybody, made before anybody asks."""

import gzip
import json
from contextlib import suppress
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection

from fastapi import FastAPI, Request, Response

from app.api.http.downloads import is_known

ADDRESS = "/api/v1/openapi.json"
PATIENCE = 30.0


def install(app: FastAPI) -> None:
    """Answer with the document; every router must be included before it is first read."""
    app.state.contract = None
    app.add_route(ADDRESS, read_contract, include_in_schema=False)


def prepare(app: FastAPI) -> None:
    """Render the document, for more than a second, which would stop everybody were it done at the first request.

    A copy of this process does it: making it takes 20 MB, of which half would stay with this one for good. Should the
    copy fail or hang, the document is rendered by whoever asks for it.
    """
    receiving, sending = get_context("fork").Pipe(duplex=False)
    copy = get_context("fork").Process(target=_send, args=(receiving, sending, app))
    copy.start()
    sending.close()
    try:
        with receiving, suppress(EOFError):
            if receiving.poll(PATIENCE):
                app.state.contract = receiving.recv_bytes()
    finally:
        copy.kill()  # else a process that is told to stop meanwhile would wait for it at its end
        copy.join()


async def read_contract(request: Request) -> Response:
    packed = request.app.state.contract or _packed(request.app)
    digest = sha256(packed).hexdigest()
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if is_known(request.headers.get("If-None-Match"), digest):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(gzip.decompress(packed), headers=headers, media_type="application/json")
    return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type="application/json")


def written(app: FastAPI) -> bytes:
    return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def _packed(app: FastAPI) -> bytes:
    """Compressed, which keeps and sends a seventh of the bytes; the same document gives the same."""
    return gzip.compress(written(app), mtime=0)


def _send(receiving: Connection, sending: Connection, app: FastAPI) -> None:
    receiving.close()  # the copy has this end, too: it would never learn that nobody reads any more
    with suppress(BrokenPipeError):
        sending.send_bytes(_packed(app))
