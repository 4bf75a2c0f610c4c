"""Lists are sent compressed to who reads that; nothing else is, but what is made once and kept packed."""

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers

from app.api.http.packing import LEAST_BYTES, _lists, takes_gzip
from app.models.enums import Role
from tests.contract.operations import LISTS
from tests.world import World

COMMITTEES = "/api/v1/committees"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        *((each, True) for each in ("gzip", "br, gzip;q=0.5", "GZIP , br", "*", "deflate,gzip; q=1.0")),
        *((each, False) for each in ("", "br", "gzip;q=0", "gzip;q=0.0, br", "identity", "x-gzip-like")),
    ],
)
def test_it_is_known_who_reads_gzip(sent: str, taken: bool) -> None:
    assert takes_gzip(Headers({"Accept-Encoding": sent})) == taken


def test_every_list_of_the_contract_is_one(app: FastAPI) -> None:
    found = {
        f"{method.lower()} {each.path_format}"
        for each in iter_route_contexts(app.routes)
        for method in each.methods or ()
        if _lists(getattr(each.original_route, "response_model", None))
    }
    assert found == {*LISTS}


async def test_a_long_list_is_compressed_and_says_on_what_that_depends(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    short = await office.get(f"{COMMITTEES}?q=nobody")
    for _ in range(8):
        await world.committee()
    packed, plain = await office.get(COMMITTEES), await office.get(COMMITTEES, headers=PLAIN)
    head = await office.request("HEAD", COMMITTEES)
    assert len(plain.content) > LEAST_BYTES > len(short.content)
    assert [each.headers.get("content-encoding") for each in (packed, plain, short, head)] == [
        *("gzip", None, None, "gzip")
    ]
    assert packed.content == plain.content
    assert int(head.headers["content-length"]) == int(packed.headers["content-length"]) < len(plain.content) / 2
    for each in (packed, plain, short):
        assert "accept-encoding" in each.headers["vary"].lower()


async def test_what_has_a_tag_for_if_match_is_left_as_it_is(world: World) -> None:
    """One strong tag names one row of bytes, and is what a change sends back."""
    office, campaign = await world.client_of(Role.OFFICE), await world.campaign()
    answer = await office.get(f"/api/v1/campaigns/{campaign.id}")
    assert len(answer.content) > LEAST_BYTES
    assert answer.headers["etag"] == answer.json()["etag"]
    assert "content-encoding" not in answer.headers


async def test_a_table_is_left_as_it_is(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    for _ in range(20):
        await world.committee()
    answer = await office.get(f"{COMMITTEES}?limit=100", headers={"Accept": "text/csv"})
    assert len(answer.content) > LEAST_BYTES
    assert "content-encoding" not in answer.headers
