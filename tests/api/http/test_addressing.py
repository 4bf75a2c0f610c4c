"""Hosts and paths that are refused, at every route there is."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import ASGITransport, AsyncClient
from starlette.types import ASGIApp

from app.main import create_app
from app.models.enums import Role
from app.settings import Environment, Settings
from tests.world import World

LIST = "/api/v1/campaigns"
PROBE = "/health/live"
TYPE = "urn:problem-type:pinpai:"
ID = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
TRAILING = ["%0a", "%0A", "%0d%0a", "%00", "%7f", "%2f", "%5c"]


def addresses(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield every method and path of the application, probes and documentation too."""
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            yield method, re.sub(r"\{.+?\}", ID, route.path_format or "")


def disguised(path: str) -> Iterator[str]:
    """Yield the path with each of its separators encoded, and with something after its end."""
    for place in [match.start() for match in re.finditer("/", path)][1:]:
        yield f"{path[:place]}%2f{path[place + 1 :]}"
        yield f"{path[:place]}%2F{path[place + 1 :]}"
    yield from (path + more for more in TRAILING)


async def test_no_route_is_reached_by_an_encoded_separator_or_a_control_character(world: World) -> None:
    client = plain(world.app)
    client.headers = (await world.client_of(Role.OFFICE)).headers
    asked = [(method, path) for method, plain in addresses(world.app) for path in disguised(plain)]
    answers = [await client.request(method, path) for method, path in asked]
    assert len(asked) > 1000
    assert {(answer.status_code, answer.json()["type"]) for answer in answers if answer.request.method != "HEAD"} == {
        (400, TYPE + "malformed-request")
    }


async def test_no_route_answers_to_the_name_of_another(world: World) -> None:
    office = plain(world.app)
    office.headers = (await world.client_of(Role.OFFICE)).headers
    for method, path in addresses(world.app):
        answer = await office.request(method, path, headers={"Host": "rebound.example"})
        expected = 200 if path.startswith("/health/") else 421
        assert (method, path, answer.status_code) == (method, path, expected)


def plain(app: ASGIApp) -> AsyncClient:
    """A client without the contract, which has no probes."""
    return AsyncClient(transport=ASGITransport(app=app), base_url="http://testserver")


@pytest.fixture(scope="module")
def production(settings: Settings) -> AsyncClient:
    changed = {"environment": Environment.PRODUCTION, "allowed_hosts": ("pinpai.example.cn",)}
    return plain(create_app(settings.model_copy(update=changed)))


@pytest.fixture
def development(app: FastAPI) -> AsyncClient:
    return plain(app)


LOOPBACK = ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.53:8000", "[::1]", "[::1]:8000"]
FOREIGN = ["rebound.example", "localhost.rebound.example", "localhost.", "0.0.0.0", "[::]", "10.0.0.1"]
MALFORMED = ["", " ", "localhost:", "localhost:x", "user@localhost", "localhost/x", "localhost,b", "[::1", "a b"]


async def told(client: AsyncClient, host: str) -> tuple[int, str]:
    answer = await client.get("/api/v1/nothing", headers={"Host": host})
    return answer.status_code, answer.json()["type"].removeprefix(TYPE)


async def test_development_answers_to_any_name_of_loopback(world: World, development: AsyncClient) -> None:
    assert {(await told(development, host))[0] for host in LOOPBACK} == {401}
    assert {await told(development, host) for host in FOREIGN} == {(421, "misdirected-request")}


async def test_production_answers_to_the_names_it_was_given(production: AsyncClient) -> None:
    assert [(await told(production, host))[0] for host in ("pinpai.example.cn", "Pinpai.Example.CN:443")] == [401, 401]
    assert {await told(production, host) for host in (*FOREIGN, *LOOPBACK)} == {(421, "misdirected-request")}


@pytest.mark.parametrize("host", MALFORMED)
async def test_a_host_is_one_name(development: AsyncClient, host: str) -> None:
    assert await told(development, host) == (400, "malformed-request")
    assert (await development.get(PROBE, headers={"Host": host})).status_code == 200


async def test_of_two_hosts_none_counts(development: AsyncClient) -> None:
    twice = [("Host", "localhost"), ("Host", "rebound.example")]
    assert (await development.get("/api/v1/nothing", headers=twice)).status_code == 400


async def test_no_answer_names_the_host_that_was_asked(world: World) -> None:
    """An address made of it would lead readers of a cached answer or a letter to somebody else."""
    named = "testserver"
    office = await world.client_of(Role.OFFICE)
    headers = {"X-Forwarded-Host": named, "Forwarded": f"host={named}", "Idempotency-Key": "k" * 8}
    answers = [
        await office.post(LIST, json={"template": "lubei-2015", "year": 2015}, headers=headers),
        *[await office.get(path, headers=headers) for path in (LIST, "/api/v1/notifications", "/api/docs")],
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200]
    assert [answer.url for answer in answers if named in answer.text + str(answer.headers)] == []
