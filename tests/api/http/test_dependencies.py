from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import literal
from starlette.requests import Request

from app.api.http.dependencies import Chosen, Paging, client_address, filtered_by
from app.models.enums import CampaignStatus
from app.services.pages import Filter, among


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, [], "10.0.0.9"),
        (0, ["1.2.3.4"], "10.0.0.9"),
        (1, ["1.2.3.4"], "1.2.3.4"),
        (1, ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        (2, ["6.6.6.6, 1.2.3.4, 10.0.0.8"], "1.2.3.4"),
        (2, ["6.6.6.6, 1.2.3.4", "10.0.0.8"], "1.2.3.4"),
        (2, ["1.2.3.4"], "10.0.0.9"),
        (1, ["unknown"], "10.0.0.9"),
        (1, ["2001:db8::1"], "2001:db8::1"),
    ],
)
async def test_only_our_own_proxies_are_believed(proxies: int, forwarded: list[str], address: str) -> None:
    settings = SimpleNamespace(trusted_proxies=proxies)
    scope = {
        "type": "http",
        "client": ("10.0.0.9", 5000),
        "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded],
        "app": SimpleNamespace(state=SimpleNamespace(settings=settings)),
    }
    assert await client_address(Request(scope)) == address


FILTERS = {
    "status": among(literal(""), CampaignStatus, "Only in these states.", max_length=2),
    "standing": Filter(bool, "Those that count.", lambda value: value, default=True),
}


@pytest.fixture
async def filtering() -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()

    @app.get("/")
    async def read_filters(filters: Annotated[Chosen, filtered_by(FILTERS)], page: Paging) -> dict[str, Any]:
        return filters | page.binds

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as client:
        yield client


async def test_filters_are_read_as_they_are_described(filtering: httpx2.AsyncClient) -> None:
    page = {"after": None, "limit": 20, "counts": False}
    assert (await filtering.get("/")).json() == {"status": None, "standing": True} | page
    several = await filtering.get("/?status=draft&status=closed&standing=false&unknown=1")
    assert several.json() == {"status": ["draft", "closed"], "standing": False} | page
    assert (await filtering.get("/?counts=true")).json() == {"status": None, "standing": True} | page | {"counts": True}


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("status=ended", ["query", "status", 0]),
        ("status=draft&status=draft&status=draft", ["query", "status"]),
        ("standing=maybe", ["query", "standing"]),
    ],
)
async def test_what_is_no_value_of_a_filter_is_refused(
    filtering: httpx2.AsyncClient, query: str, where: list[str | int]
) -> None:
    refused = await filtering.get(f"/?{query}")
    assert (refused.status_code, [each["loc"] for each in refused.json()["detail"]]) == (422, [where])


async def test_filters_stand_in_the_contract_as_parameters(filtering: httpx2.AsyncClient) -> None:
    operation = (await filtering.get("/openapi.json")).json()["paths"]["/"]["get"]
    assert [(each["name"], each.get("description")) for each in operation["parameters"][:2]] == [
        ("status", "Only in these states."),
        ("standing", "Those that count."),
    ]
