"""An operation that ends says so in the contract, and in each of its answers."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI

from app.api.http import openapi
from app.api.http.deprecation import Deprecation
from app.api.http.output import Out
from app.api.http.problems import ALWAYS, install
from app.api.http.routing import Router, include
from app.models.enums import Language
from app.problems import NotFound, catalogue
from tests.contract.client import ContractClient

END = Deprecation(since=date(2026, 11, 28), until=date(2027, 12, 31), successor="/api/v1/banners")
TOLD = {
    "deprecation": "@1795824000",
    "sunset": "Sat, 01 Jan 2028 00:00:00 GMT",
    "link": '</api/v1/banners>; rel="successor-version"',
}


class Flag(Out):
    """Something that was renamed."""

    number: int


@pytest.fixture
async def client() -> AsyncIterator[ContractClient]:
    router, app = Router("/flags", tags=["flags"]), FastAPI()

    @router.get("/{number}", deprecated=END)
    async def read_flag(number: int) -> Flag:
        """Read a flag."""
        if number > 1:
            raise NotFound
        return Flag(number=number)

    @router.get("")
    async def read_flags() -> Flag:
        return Flag(number=0)

    include(app, router, raises=ALWAYS)
    install(app)
    openapi.install(app, lambda: [kind.schema() for kind in catalogue()])

    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"language": Language.ZH, "request_id": "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"}

        async def kept_by_nobody(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        await app(scope, receive, kept_by_nobody)

    async with ContractClient.asgi(app) as its_client:
        its_client._transport.app = with_state  # type: ignore[attr-defined]  # noqa: SLF001  # the envelope sets these
        yield its_client


async def test_every_answer_tells_when_it_ends_and_what_follows(client: ContractClient) -> None:
    found, missing, other = [await client.get(f"/flags{path}") for path in ("/1", "/2", "")]
    assert [found.status_code, missing.status_code] == [200, 404]
    for answer in (found, missing):
        assert {name: answer.headers.get(name) for name in TOLD} == TOLD
    assert not TOLD.keys() & other.headers.keys()


async def test_the_contract_says_so_and_promises_the_headers(client: ContractClient) -> None:
    paths = client.contract.document["paths"]
    operation = paths["/flags/{number}"]["get"]
    assert operation["deprecated"] is True
    assert operation["description"].endswith("Deprecated; answered until 2027-12-31. Use `/api/v1/banners` instead.")
    assert set(operation["responses"]["200"]["headers"]) == {"Deprecation", "Sunset", "Link"}
    assert "deprecated" not in paths["/flags"]["get"]


def test_what_is_deprecated_is_kept_for_a_year() -> None:
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(since=date(2026, 11, 28), until=date(2027, 11, 27), successor="/api/v1/banners")
