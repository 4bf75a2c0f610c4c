"""The contract as it is sent: the same bytes to everybody, made before anybody asks."""

import json
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from fastapi import FastAPI, Request, Response

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
    copy = get_context("fork").Process(target=_send, args=(sending, app))
    copy.start()
    sending.close()
    with receiving, suppress(EOFError):
        if receiving.poll(PATIENCE):
            app.state.contract = receiving.recv_bytes()
    copy.kill()
    copy.join()


async def read_contract(request: Request) -> Response:
    return Response(request.app.state.contract or written(request.app), media_type="application/json")


def written(app: FastAPI) -> bytes:
    return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def _send(connection: Connection, app: FastAPI) -> None:
    connection.send_bytes(written(app))
