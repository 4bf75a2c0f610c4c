"""A lost answer costs nothing: every act that is a POST, sent twice with one key, has one effect and one answer.

What is set to what it is already does not change: a PUT or PATCH of the same content leaves neither a trace nor another
ETag. Of an act of several transactions the process dies first, with everything done but the answer kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Request, Response
from sqlalchemy import text

from app.services import idempotency
from tests.contract.client import Contract, ContractClient
from tests.scenarios.acts import CHANGES_NOTHING, CHAPTERS, EACH_CHAPTER
from tests.world import World

NOBODYS = {
    "createSession",
    "completeSignIn",
    "askForPasskey",
    "signInWithPasskey",
    "beginSignOn",
    "signInBySignOn",
    "endByProvider",
    "createToken",
    "createActivation",
}
"""Whoever sends these is nobody yet, and gets a secret that is not to be kept."""
SECRETS = {"replacePassword"}
"""The same again is refused: a new password is another one."""
TRACES = text("SELECT count(*) FROM audit_events WHERE request_id = :id")


def works_before_its_effect(contract: Contract, path: str) -> bool:
    """Tell the acts that examine files or compute for long, and have their effect in a transaction of its own."""
    asked = contract.document["paths"][contract.template(path) or ""]["post"]
    body = asked.get("requestBody", {"content": {}})
    return asked["operationId"] == "createProposal" or "multipart/form-data" in body["content"]


@contextmanager
def dying() -> Iterator[None]:
    """The process ends before it keeps an answer, and five minutes pass."""

    async def dead(*_: object) -> None:
        raise ConnectionResetError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(idempotency, "keep", dead)
        patch.setattr(idempotency, "release", dead)
        yield


def named(contract: Contract, request: Request) -> str:
    """The name of the operation that is asked for; empty for what is none."""
    path = contract.document["paths"].get(contract.template(request.url.path) or "", {})
    return str(path.get(request.method.lower(), {}).get("operationId", ""))


class Echo:
    """A client's network that loses the first answer to every act, so that it is sent again."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.told: dict[str, tuple[bool, str | None, int]] = {}
        self.set_again: dict[str, tuple[int, bool, int]] = {}
        self._send = ContractClient.send
        patch.setattr(ContractClient, "send", lambda *sent, **options: self.send(*sent, **options))  # noqa: PLW0108  # else no client

    async def send(self, client: ContractClient, request: Request, **options: Any) -> Response:
        name = named(self.world.contract, request)
        if request.method in {"PUT", "PATCH"} and name not in SECRETS:
            return await self.send_unchanged(client, name, request, **options)
        if request.method != "POST" or name in NOBODYS | CHANGES_NOTHING:
            return await self._send(client, request, **options)
        request.headers.setdefault("Idempotency-Key", str(uuid4()))
        content = await request.aread()
        died = True
        if works_before_its_effect(self.world.contract, request.url.path):
            with dying():
                lost = await self._send(client, Request("POST", request.url, headers=request.headers, content=content))
            died = lost.status_code == 503
        first = await self._send(client, request, **options)
        if first.is_success:
            again = await self._send(client, Request("POST", request.url, headers=request.headers, content=content))
            same = died and (first.status_code, first.content, *map(first.headers.get, ("etag", "location"))) == (
                *(again.status_code, again.content),
                *map(again.headers.get, ("etag", "location")),
            )
            self.told[name] = (same, again.headers.get("idempotency-replayed"), await self.traces(again))
        return first

    async def send_unchanged(self, client: ContractClient, name: str, request: Request, **options: Any) -> Response:
        """Set a thing to what it has just been set to, whatever version it has by now."""
        content = await request.aread()
        first = await self._send(client, request, **options)
        if first.is_success:
            headers = {key: value for key, value in request.headers.items() if key != "if-match"} | {"if-match": "*"}
            again = await self._send(client, Request(request.method, request.url, headers=headers, content=content))
            same = first.headers.get("etag") == again.headers.get("etag")
            self.set_again[name] = again.status_code, same, await self.traces(again)
        return first

    async def traces(self, answer: Response) -> int:
        async with self.world.database.transaction() as session:
            return int(await session.scalar(TRACES, {"id": answer.headers["x-request-id"]}) or 0)


@EACH_CHAPTER
async def test_every_act_can_be_sent_again(world: World, monkeypatch: pytest.MonkeyPatch, chapter: str) -> None:
    stage = await CHAPTERS[chapter].prepared(world)
    monkeypatch.setattr(idempotency, "UNDECIDED_FOR", timedelta())
    echo = Echo(world, monkeypatch)
    for name, act in CHAPTERS[chapter].ACTS.items():
        answer = await act(stage)
        assert answer.is_success, f"{name}: {answer.status_code} {answer.text}"
    paths = world.contract.document["paths"].values()
    acts = {path["post"]["operationId"] for path in paths if "post" in path} - NOBODYS - CHANGES_NOTHING
    assert echo.told.keys() >= acts & CHAPTERS[chapter].ACTS.keys()
    assert {name: found for name, found in echo.told.items() if found != (True, "true", 0)} == {}
    assert {name: found for name, found in echo.set_again.items() if found != (200, True, 0)} == {}
