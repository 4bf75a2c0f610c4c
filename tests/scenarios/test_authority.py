"""Authority ends at once: what was allowed at the head of a request is not done when the session ended meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import insert, text

from app.api.http.admission import Admission, Caller
from app.models import Session
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.acts import CHANGES_NOTHING, CHAPTERS, EACH_CHAPTER
from tests.scenarios.steps import read
from tests.world import World, key
from tests.world.people import ANOTHER, PASSWORD, enter, person

NOBODYS = {
    "createSession",
    "completeSignIn",
    "signInWithPasskey",
    "signInBySignOn",
    "endByProvider",
    "createToken",
    "createActivation",
}
"""Whoever sends these is nobody yet."""
TAKEN, RETURNED = text("DELETE FROM sessions WHERE id = :id RETURNING *"), insert(Session)
TRACES = text("SELECT count(*) FROM audit_events WHERE request_id = :id")
Meanwhile = Callable[[Caller], Awaitable[None]]


class Line:
    """The way into the application: lets a test act once a request is admitted and before its body is read."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world, self.operation = world, ""
        self.meanwhile: Meanwhile | None = None
        self.refused: list[tuple[str, int, int]] = []
        self._admit, self._call = Admission._admit, Admission.__call__  # noqa: SLF001  # the moment between head and body
        patch.setattr(Admission, "_admit", lambda admission, scope: self.admit(admission, scope))  # noqa: PLW0108  # else no admission

    async def admit(self, admission: Admission, scope: Any) -> Caller:
        caller = await self._admit(admission, scope)
        if self.meanwhile and self.is_it(scope):
            await self.meanwhile(caller)
        return caller

    def is_it(self, scope: Any) -> bool:
        template = self.world.contract.template(scope["path"])
        asked = self.world.contract.document["paths"].get(template or "", {}).get(scope["method"].lower(), {})
        return bool(asked.get("operationId") == self.operation)

    async def twice(self, admission: Admission, scope: Any, receive: Any, send: Any) -> None:
        """Send the operation by a session that ends meanwhile, note what is answered, then as it was meant."""
        if not self.is_it(scope):
            return await self._call(admission, scope, receive, send)
        messages = [message async for message in body_of(receive)]
        await self.by_an_ended_session(admission, scope, messages)
        return await self._call(admission, scope, replay(messages), send)

    async def by_an_ended_session(self, admission: Admission, scope: Any, messages: list[Any]) -> None:
        row: dict[str, Any] = {}
        sent: list[Any] = []

        async def take(caller: Caller) -> None:
            async with self.world.database.transaction() as session:
                row.update((await session.execute(TAKEN, {"id": caller.actor.session_id})).mappings().one())

        async def keep(message: Any) -> None:
            sent.append(message)

        self.meanwhile = take
        await self._call(admission, scope | {"state": dict(scope["state"])}, replay(messages), keep)
        self.meanwhile = None
        async with self.world.database.transaction() as session:
            await session.execute(RETURNED, row)
            traces = await session.scalar(TRACES, {"id": scope["state"]["request_id"]})
        self.refused.append((self.operation, sent[0]["status"], traces or 0))


async def body_of(receive: Any) -> AsyncIterator[Any]:
    while True:
        message = await receive()
        yield message
        if not message.get("more_body"):
            return


def replay(messages: list[Any]) -> Any:
    left = iter(messages)

    async def receive() -> Any:
        return next(left, {"type": "http.disconnect"})

    return receive


@pytest.fixture
def line(world: World, monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(world, monkeypatch)


@EACH_CHAPTER
async def test_no_operation_is_done_by_a_session_that_ended(
    world: World, line: Line, chapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = await CHAPTERS[chapter].prepared(world)
    monkeypatch.setattr(Admission, "__call__", lambda admission, *asked: line.twice(admission, *asked))  # noqa: PLW0108  # as above
    acts = {name: act for name, act in CHAPTERS[chapter].ACTS.items() if name not in CHANGES_NOTHING}
    for name, act in acts.items():
        line.operation = "" if name in NOBODYS else name
        answer = await act(stage)
        assert answer.is_success, (name, answer.text)
    assert set(line.refused) == {(name, 401, 0) for name in acts if name not in NOBODYS}


async def suspend(clerk: ContractClient, account_id: UUID, _: ContractClient) -> Response:
    return await clerk.post(f"/api/v1/accounts/{account_id}/suspension")


async def reassign(clerk: ContractClient, account_id: UUID, _: ContractClient) -> Response:
    href = f"/api/v1/accounts/{account_id}"
    etag = (await read(clerk, href))["etag"]
    return await clerk.patch(href, json={"role": "reviewer"}, headers={"If-Match": etag})


async def sign_out(_: ContractClient, __: UUID, own: ContractClient) -> Response:
    return await own.delete("/api/v1/session")


async def change_password(_: ContractClient, __: UUID, own: ContractClient) -> Response:
    """On another device of the same person: it ends the sessions of all the others."""
    return await own.put("/api/v1/account/password", json={"current_password": PASSWORD, "new_password": ANOTHER})


@pytest.mark.parametrize("end", [suspend, reassign, sign_out, change_password], ids=lambda end: end.__name__)
async def test_an_office_that_was_ended_meanwhile_makes_no_account(world: World, line: Line, end: Any) -> None:
    clerk, account = await world.client_of(Role.OFFICE), await person(world)
    own = await enter(world, account)
    other_device = own if end is sign_out else await enter(world, account)

    async def meanwhile(_: Caller) -> None:
        assert (await end(clerk, account.id, other_device)).is_success

    body = {"username": "office.second", "name": "王秀兰", "role": "office"}
    line.operation, line.meanwhile = "createAccount", meanwhile
    answer = await own.post("/api/v1/accounts", json=body, headers=key())
    assert answer.status_code == 401
    listed = await clerk.get("/api/v1/accounts", params={"q": "office.second"})
    assert listed.json()["items"] == []
