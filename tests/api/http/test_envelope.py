import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import make_url

from app.api.http.cookies import EXPOSED
from app.api.http.envelope import SAFE_HEADERS, language_of
from app.embedded import Servers
from app.main import create_app
from app.models.enums import Language, Role
from app.settings import Settings
from tests.contract.client import Contract, ContractClient
from tests.world import World, key
from tests.world.apps import another_app

LIST = "/api/v1/campaigns"
TYPE = "urn:problem-type:pinpai:"
PROBLEM = "application/problem+json"
NOBODY = UUID(int=0)


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def test_an_unknown_path_is_a_problem_too(world: World, office: ContractClient) -> None:
    for client, path in ((office, "/api/v1/nothing"), (world.client(), "/nothing"), (world.client(), "/")):
        response = await client.get(path)
        assert (response.status_code, response.json()["type"]) == (404, TYPE + "not-found")
        assert response.headers["content-type"] == PROBLEM


async def test_a_refused_method_waits_for_no_document(
    office: ContractClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "openapi", None)
    assert (await office.request("DELETE", LIST)).status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", LIST, "GET, HEAD, POST"),
        ("PATCH", f"{LIST}/{NOBODY}", "GET, HEAD, PUT"),
        ("PUT", f"/api/v1/applications/{NOBODY}", "DELETE, GET, HEAD, PATCH"),
        ("GET", f"{LIST}/{NOBODY}/closure", "POST"),
        ("HEAD", f"{LIST}/{NOBODY}/closure", "POST"),
        ("TRACE", LIST, "GET, HEAD, POST"),
    ],
)
async def test_another_method_is_told_every_one_there_is(
    office: ContractClient, method: str, path: str, allowed: str
) -> None:
    response = await office.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert response.headers["content-type"] == PROBLEM


async def test_head_is_get_without_its_body(world: World, office: ContractClient) -> None:
    path = f"{LIST}/{(await world.campaign()).id}"
    got, head = await office.get(path), await office.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])
    assert head.headers["content-length"] == got.headers["content-length"]
    assert (await office.head(f"{LIST}/{uuid4()}")).status_code == 404
    assert (await world.client().head(path)).status_code == 401


async def test_every_answer_has_a_number_of_its_own_and_a_problem_quotes_it(office: ContractClient) -> None:
    fine, missing = await office.get(LIST), await office.get("/api/v1/nothing", headers={"X-Request-Id": "mine"})
    numbers = {UUID(answer.headers["x-request-id"]) for answer in (fine, missing)}
    assert len(numbers) == 2
    assert missing.json()["instance"] == "urn:uuid:" + missing.headers["x-request-id"]


async def test_every_answer_is_safe_to_hold(world: World, office: ContractClient) -> None:
    answers = [
        await office.get(LIST),
        await office.get("/api/v1/nothing"),
        await world.client().get(LIST),
        await office.delete(LIST),
        await office.post(LIST, content=b"{", headers={"Content-Type": "application/json"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 401, 405, 400]
    for answer in answers:
        assert {name: answer.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS
        directives = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))
        assert directives == dict.fromkeys(["default-src", "base-uri", "form-action", "frame-ancestors"], "'none'")
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.ZH),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en-US,en;q=0.9,zh;q=0.8", Language.EN),
        ("EN", Language.EN),
        ("fr, de;q=0.5", Language.ZH),
        ("fr, en;q=0.5", Language.EN),
        ("ben, gen", Language.ZH),
        ("*", Language.ZH),
        ("\xff;;;,,,=", Language.ZH),
    ],
)
def test_chinese_unless_english_is_asked_for_before_it(header: str, language: Language) -> None:
    assert language_of(header) is language


@pytest.mark.parametrize(
    ("header", "language", "detail"),
    [("zh-CN", "zh-CN", "未找到，或无权查看。"), ("en", "en", "Not found, or not yours to see.")],
)
async def test_sentences_are_in_the_language_that_was_asked_for(
    office: ContractClient, header: str, language: str, detail: str
) -> None:
    answer = await office.get(f"{LIST}/{uuid4()}", headers={"Accept-Language": header})
    assert (answer.json()["detail"], answer.json()["title"]) == (detail, "Not found")
    assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language, Origin")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[1,]", b"\xff\xfe", b"{'a': 1}", b'{"year": 01}', b"null", b"[]", b'"x"', b"0"),
        *(b'{"year": NaN}', b'{"year": -Infinity, "template": null}', b'{"year": 1e999, "template": "lubei-2015"}'),
        *(b'{"year": ' + b"9" * 5000 + b"}", b'{"year": ' + b"9" * 400 + b', "template": "lubei-2015"}'),
        *(b"[" * 100_000, b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
        *(b'{"\\ud800": 1}', b'{"template": "\\ud800", "year": 2015}', b'{"template": "\\u0000", "year": 2015}'),
        *(b'{"copy_of": "\\udfff", "year": 2015}', b'{"__proto__": {}, "constructor": 1}'),
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_no_body_is_our_fault(office: ContractClient, body: bytes) -> None:
    answer = await office.post(LIST, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == PROBLEM


async def test_a_member_named_twice_is_refused(office: ContractClient) -> None:
    body = b'{"year": 2015, "template": "lubei-2015", "year": 2016}'
    answer = await office.post(LIST, content=body, headers={"Content-Type": "application/json"})
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/year", "repeated_part")]


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ED%A0%80", "q=%FF", "q=%25_%5C", "q=" + "x" * 101, "category=%00", "limit=9" + "9" * 5000]
)
async def test_no_query_is_our_fault(office: ContractClient, query: str) -> None:
    assert (await office.get(f"/api/v1/applications?{query}")).status_code in {200, 422}


@pytest.mark.parametrize("path", ["%00", "%FF", "..%2f", "x" * 5000, "0199b3c4"])
async def test_no_path_is_our_fault(office: ContractClient, path: str) -> None:
    assert (await office.get(f"/api/v1/applications/{path}")).status_code in {400, 404, 422}


async def test_what_was_rejected_is_never_repeated(office: ContractClient) -> None:
    secret = "hunter2-hunter2"
    body: dict[str, Any] = {"year": secret, "template": secret, "copy_of": secret, "more": {"deep": secret}}
    answers = [
        await office.post(LIST, json=body),
        await office.get(LIST, params={"limit": secret, "cursor": secret, "status": secret}),
        await office.get(f"{LIST}/{secret}"),
        await office.patch(f"/api/v1/applications/{uuid4()}", json={"phone": secret * 20}, headers={"If-Match": "*"}),
        await office.post("/api/v1/applications", json={"campaign_id": secret}, headers=key()),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 422]
    assert [answer.text for answer in answers if secret in answer.text] == []


async def test_the_log_has_a_line_per_request_and_nothing_private(
    office: ContractClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "pinpai.access"):
        answer = await office.get(LIST, params={"cursor": "hunter2"})
    [line] = [json.loads(record.message) for record in caplog.records if record.name == "pinpai.access"]
    assert (line["method"], line["path"], line["status"]) == ("GET", LIST, 422)
    assert (line["request"], line["client"]) == (answer.headers["x-request-id"], "127.0.0.1")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line["at"])) < timedelta(minutes=1)
    assert re.search("hunter2|Bearer", caplog.text) is None


async def test_the_log_has_ids_and_nothing_else_of_a_path(
    world: World, office: ContractClient, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = (await world.campaign()).id
    with caplog.at_level(logging.INFO, "pinpai.access"):
        for client in (office, world.client()):
            for path in (f"{LIST}/{campaign}", f"{LIST}/hunter2", "/api/v1/hunter2", f"{LIST}/{campaign}/hunter2"):
                await client.get(path)
        await office.get("/api/v1/public/receipts/hunter2")
        await office.get("/api/v1/public%2freceipts%2fhunter2")
    lines = [json.loads(record.message)["path"] for record in caplog.records if record.name == "pinpai.access"]
    told = [f"{LIST}/{campaign}", LIST + "/{campaign_id}", None, None]
    assert lines == [*told, *told, *["/api/v1/public/receipts/{verification_code}"] * 2]
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "192.0.2.1", "127.0.0.1"),
        (1, "198.51.100.9, 192.0.2.1", "192.0.2.1"),
        (2, "198.51.100.9, 192.0.2.1", "198.51.100.9"),
        (1, "李文博", "127.0.0.1"),
    ],
)
async def test_the_log_has_the_client_that_our_proxies_saw(  # noqa: PLR0917  # three fixtures, three values
    world: World,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    proxies: int,
    forwarded: str,
    client: str,
) -> None:
    state = world.app.state._state  # noqa: SLF001  # what a State forgets, monkeypatch could not put back
    monkeypatch.setitem(state, "settings", state["settings"].model_copy(update={"trusted_proxies": proxies}))
    with caplog.at_level(logging.INFO, "pinpai.access"):
        await world.client().get(LIST, headers={b"X-Forwarded-For": forwarded.encode()})
    [line] = [json.loads(record.message) for record in caplog.records if record.name == "pinpai.access"]
    assert line["client"] == client


async def test_the_log_tells_who_was_refused_what_and_why(
    world: World, office: ContractClient, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = await world.campaign()
    account = await world.account(Role.COMMITTEE, committee=await world.committee())
    committee = await world.sign_in(account)
    with caplog.at_level(logging.INFO, "pinpai.access"):
        await world.client().get(LIST)
        await committee.post(LIST, json={"template": "lubei-2015", "year": 2015})
        await committee.get(f"/api/v1/applications/{NOBODY}")
        await office.post(f"{LIST}/{campaign.id}/publication")
        await office.post(LIST, json={})
        await office.get(LIST)
    lines = [json.loads(record.message) for record in caplog.records if record.name == "pinpai.access"]
    assert [(line["status"], line["refusal"]) for line in lines] == [
        (401, "unauthenticated"),
        (403, "forbidden"),
        (404, "not-found"),
        (409, "wrong-state"),
        (422, "invalid-request"),
        (200, None),
    ]
    assert [line["account"] for line in lines[:3]] == [None, str(account.id), str(account.id)]


async def test_what_we_did_not_foresee_is_a_problem_and_is_in_the_log_under_its_number(
    app: FastAPI, contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> None:
        raise ZeroDivisionError("hunter2")

    app.add_api_route("/broken", broken, include_in_schema=False)
    try:
        answer = await ContractClient.asgi(app, contract).get("/broken")
    finally:
        app.router.routes.pop()
    assert (answer.status_code, answer.json()["type"]) == (500, TYPE + "internal-error")
    assert "hunter2" not in answer.text
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert answer.headers["x-request-id"] in record.getMessage()
    assert record.exc_info


ORIGIN = "https://front.example"
PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match, authorization"}


@pytest.fixture(scope="module")
def open_to_one(settings: Settings) -> FastAPI:
    """No database: a refusal at the admission needs none."""
    return create_app(settings.model_copy(update={"cors_origins": (ORIGIN,)}))


async def test_a_configured_frontend_may_ask_and_may_read_the_headers(open_to_one: FastAPI, contract: Contract) -> None:
    client = ContractClient.asgi(open_to_one, contract, headers={"Origin": ORIGIN})
    asked = await client.options(LIST, headers=PREFLIGHT)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert "PATCH" in asked.headers["access-control-allow-methods"].split(", ")
    answer = await client.get(LIST)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, ORIGIN)
    assert answer.headers["access-control-expose-headers"].split(", ") == EXPOSED
    assert "access-control-allow-credentials" not in answer.headers


async def test_another_origin_may_not(open_to_one: FastAPI, world: World) -> None:
    for app in (open_to_one, world.app):
        client = ContractClient.asgi(app, world.contract, headers={"Origin": "https://evil.example"})
        for answer in (await client.options(LIST, headers=PREFLIGHT), await client.get(LIST)):
            assert "access-control-allow-origin" not in answer.headers


class Wire:
    """A wire to the database that can be cut."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._writers = list[asyncio.StreamWriter]()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def join(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0.05)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._socket_path)
        self._writers += [writer, far_writer]
        with suppress(ConnectionError):
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def behind(wire: Wire, settings: Settings, servers: Servers, world: World) -> AsyncIterator[FastAPI]:
    url = make_url(servers.database_url).set(host="127.0.0.1", port=wire.port, query={})
    database_url = SecretStr(url.render_as_string(hide_password=False))
    async with another_app(settings, world.database.clock, database_url=database_url) as app:
        yield app


async def test_while_the_database_is_away_everybody_is_asked_to_wait(
    world: World, settings: Settings, servers: Servers, office: ContractClient
) -> None:
    wire = Wire(f"{make_url(servers.database_url).query['host']}/.s.PGSQL.5432")
    await wire.join()
    async with behind(wire, settings, servers, world) as app:
        client = ContractClient.asgi(app, world.contract, headers=office.headers)
        begin = {"template": "lubei-2015", "year": 2015}
        assert (await client.post(LIST, json=begin)).status_code == 201
        await wire.cut()
        for _ in range(3):
            for answer in (await client.get(LIST), await client.post(LIST, json=begin)):
                assert (answer.status_code, answer.json()["type"]) == (503, TYPE + "unavailable")
                assert int(answer.headers["retry-after"]) > 0
        await wire.join()
        assert (await client.get(LIST)).json()["total"] == 1
        tries = [(await client.post(LIST, json=begin)).status_code for _ in range(2)]
        assert tries == [503, 201], "the pool learns once that its connections broke"
        await wire.cut()
