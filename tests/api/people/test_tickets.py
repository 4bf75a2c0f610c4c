"""Tickets: what a browser loads by an address alone, and everything that such an address does not open."""

import asyncio
import json
import logging
from datetime import timedelta
from string import ascii_lowercase, ascii_uppercase, digits
from uuid import UUID, uuid4

import pytest

from app.models import Account, Application
from app.models.enums import AccountStatus, Role
from app.services.policies.people.tickets import MOST
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.filing import District, add_picture, district
from tests.world.people import person
from tests.world.seats import seated
from tests.world.tickets import load, loaded, ticketed, tickets
from tests.world.uploads import photo, read

THUMBNAIL = "thumbnail_href"
LETTERS = ascii_uppercase + ascii_lowercase + digits + "-_"
NEXT = {letter: LETTERS[number ^ 1] for number, letter in enumerate(LETTERS)}
"""Each with its last bit turned: at the end of a ticket, one that nothing is read from."""


async def pictured(place: District, count: int = 2) -> tuple[UUID, list[str]]:
    """A draft with pictures, and the addresses of their thumbnails."""
    application_id = await place.complete(pictures=0)
    for slot in range(1, count + 1):
        await add_picture(place.world, application_id, slot, photo(slot))
    images = (await read(place.by_unit, f"/api/v1/applications/{application_id}"))["images"]
    return application_id, [image[THUMBNAIL] for image in images]


async def test_a_page_of_pictures_is_one_call_and_each_is_loaded_without_a_header(world: World) -> None:
    place = await district(world)
    _, hrefs = await pictured(place)
    answer = (await tickets(place.by_unit, *hrefs)).json()
    assert [each["href"] for each in answer["tickets"]] == hrefs
    assert answer["expires_at"] == "2015-04-21T02:10:00Z"
    for href, ticket in zip(hrefs, answer["tickets"], strict=True):
        mine, shown = await place.by_unit.get(href), await load(world.client(), ticket["ticketed_href"])
        assert (shown.status_code, shown.content, shown.headers["etag"]) == (200, mine.content, mine.headers["etag"])
        assert shown.headers["cache-control"] == "private, no-cache"
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert shown.headers["x-content-type-options"] == "nosniff"
        known = await load(world.client(), ticket["ticketed_href"], headers={"If-None-Match": shown.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")


async def test_the_same_file_has_the_same_address_for_a_while_and_no_address_for_long(world: World) -> None:
    place = await district(world)
    _, [href, _] = await pictured(place)
    first, clock = await ticketed(place.by_unit, href), world.database.clock
    clock.stopped_at = NOW + timedelta(minutes=4, seconds=59)
    assert await ticketed(place.by_unit, href) == first
    clock.stopped_at = NOW + timedelta(minutes=5)
    later = await ticketed(place.by_unit, href)
    assert later != first
    clock.stopped_at = NOW + timedelta(minutes=9, seconds=59)
    assert (await load(world.client(), first)).status_code == 200
    clock.stopped_at = NOW + timedelta(minutes=10)
    assert [(await load(world.client(), each)).status_code for each in (first, later)] == [401, 200]


async def test_a_ticket_opens_its_own_file_as_it_was_asked_for_and_nothing_else(world: World) -> None:
    place = await district(world)
    application_id, [href, other] = await pictured(place)
    address = await ticketed(place.by_unit, href)
    ticket = address.partition("?ticket=")[2]
    elsewhere = [
        other,
        href.replace("thumbnail", "content"),
        href.removesuffix("/thumbnail"),
        f"/api/v1/applications/{application_id}",
        "/api/v1/applications",
        "/api/v1/account",
    ]
    refused = [f"{each}?ticket={ticket}" for each in elsewhere]
    refused += [f"{href}?version=1&ticket={ticket}", f"{href}?ticket={ticket}&version=1", f"{href}?ticket={ticket}x"]
    refused += [
        f"{href}?ticket={ticket}&ticket={ticket}",
        f"{href}?ticket=",
        f"{href}?ticket=%00",
        f"{href}?x&{ticket}",
    ]
    for each in refused:
        assert (await load(world.client(), each)).status_code == 401, each
    for place_of, letter in enumerate(ticket):
        tampered = ticket[:place_of] + NEXT[letter] + ticket[place_of + 1 :]
        assert (await load(world.client(), f"{href}?ticket={tampered}")).status_code == 401, place_of
    assert (await load(world.client(), address)).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_ticket_changes_nothing(world: World, method: str) -> None:
    place = await district(world)
    _, [href, _] = await pictured(place)
    answer = await load(world.client(), await ticketed(place.by_unit, href), method)
    assert answer.status_code == 401


async def test_a_head_is_answered_and_a_range_is_not_cut(world: World) -> None:
    place = await district(world)
    _, [href, _] = await pictured(place)
    address = await ticketed(place.by_unit, href)
    whole = await load(world.client(), address)
    head = await load(world.client(), address, "HEAD")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    part = await load(world.client(), address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content, part.headers["accept-ranges"]) == (200, whole.content, "none")


async def test_it_ends_with_its_session_whatever_ends_that(world: World) -> None:
    place = await district(world)
    _, [href, _] = await pictured(place)
    second = await world.sign_in(place.member)
    mine, others = await ticketed(place.by_unit, href), await ticketed(second, href)
    assert mine != others
    assert (await second.delete("/api/v1/session")).status_code == 204
    assert [(await load(world.client(), each)).status_code for each in (mine, others)] == [200, 401]
    async with world.database.transaction() as session:
        (await session.get_one(Account, place.member.id)).status = AccountStatus.DISABLED
    assert (await load(world.client(), mine)).status_code == 401


async def test_a_session_is_not_prolonged_by_what_a_page_shows(world: World) -> None:
    place = await district(world)
    _, [href, _] = await pictured(place)
    clock = world.database.clock
    clock.stopped_at = NOW + timedelta(minutes=25)
    third = await world.sign_in(place.member)
    address = await ticketed(third, href)
    idle_until = (await third.get("/api/v1/session")).json()["idle_until"]
    clock.stopped_at = NOW + timedelta(minutes=27)
    assert (await load(world.client(), address)).status_code == 200
    clock.stopped_at = NOW + timedelta(minutes=25)
    assert (await third.get("/api/v1/session")).json()["idle_until"] == idle_until


async def test_nothing_is_opened_once_sign_out_has_answered(world: World) -> None:
    """Pictures that are asked for at the same time may come, and tickets; none of these opens anything later."""
    place = await district(world)
    _, [href, _] = await pictured(place)
    address = await ticketed(place.by_unit, href)
    under_way = [load(world.client(), address) for _ in range(8)]
    *answers, asked, ended = await asyncio.gather(
        *under_way, tickets(place.by_unit, href), place.by_unit.delete("/api/v1/session")
    )
    assert ended.status_code == 204
    assert {each.status_code for each in (*answers, asked)} <= {200, 401}
    afterwards = [address, *(each["ticketed_href"] for each in asked.json().get("tickets", ()))]
    assert [(await load(world.client(), each)).status_code for each in afterwards] == [401] * len(afterwards)


async def test_what_may_no_longer_be_seen_is_not_found_and_what_never_could_neither(world: World) -> None:
    place, elsewhere = await district(world), await district(world)
    application_id, [href, _] = await pictured(place)
    address = await ticketed(place.by_unit, href)
    assert (await loaded(place.by_committee, href)).status_code == 200
    for stranger in (place.by_office, elsewhere.by_unit, elsewhere.by_committee):
        hidden, absent = (
            await loaded(stranger, href),
            await loaded(stranger, href.replace(str(application_id), str(uuid4()))),
        )
        assert (hidden.status_code, hidden.json()["type"]) == (404, absent.json()["type"])
    async with world.database.transaction() as session:
        (await session.get_one(Application, application_id)).unit_id = (await world.unit(place.committee)).id
    assert (await load(world.client(), address)).status_code == 404


async def test_it_acts_in_the_seat_it_was_asked_for_in_and_in_no_other(world: World) -> None:
    place = await district(world)
    _, [href, _] = await pictured(place)
    other = await world.account(Role.COMMITTEE, committee=await world.committee())
    by_seat = await seated(world, other, other, unit_id=place.unit.id)
    address = await ticketed(by_seat, href)
    own = await ticketed(by_seat, href, headers={"Act-For": str(other.id)})
    assert [(await load(world.client(), each)).status_code for each in (address, own)] == [200, 404]
    refused = await world.client().get(own, headers={"Act-For": by_seat.headers["Act-For"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/Act-For")
    ended = await place.by_office.post(
        f"/api/v1/seats/{by_seat.headers['Act-For']}/revocation", json={"reason": "换人。"}
    )
    assert ended.status_code == 200
    assert (await load(world.client(), address)).status_code == 403


async def test_a_ticket_says_whose_request_it_is_whatever_else_is_sent(world: World) -> None:
    place, elsewhere = await district(world), await district(world)
    _, [href, _] = await pictured(place)
    address = await ticketed(place.by_unit, href)
    assert (await elsewhere.by_unit.get(address)).status_code == 200
    assert (await elsewhere.by_unit.get(href)).status_code == 404


async def test_no_line_of_the_log_has_a_ticket(world: World, caplog: pytest.LogCaptureFixture) -> None:
    place = await district(world)
    _, [href, other] = await pictured(place)
    address = await ticketed(place.by_unit, href)
    ticket = address.partition("?ticket=")[2]
    with caplog.at_level(logging.DEBUG):
        for each in (address, f"{other}?ticket={ticket}", f"/api/v1/nothing?ticket={ticket}"):
            answer = await load(world.client(), each)
            assert ticket not in answer.text if answer.status_code != 200 else answer.content
    lines = [json.loads(record.message) for record in caplog.records if record.name == "pinpai.access"]
    assert [(line["path"], line["status"]) for line in lines] == [(href, 200), (other, 401), (None, 401)]
    assert lines[0]["account"] == str(place.member.id)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not any(ticket in line for line in ours)


@pytest.mark.parametrize(
    "href",
    [
        "/api/v1/applications",
        "/api/v1/account",
        f"/api/v1/public/awards/{UUID(int=0)}/images/1",
        "/api/v1/openapi.json",
        "/api/v1/tickets",
        "/api/v1/nothing",
    ],
)
async def test_only_files_have_tickets(world: World, href: str) -> None:
    client = await world.client_of(Role.OFFICE)
    file = f"/api/v1/documents/{UUID(int=0)}/content"
    refused = await tickets(client, file, href)
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/hrefs/1", "not_a_file")]


async def test_an_address_of_no_object_is_answered_as_it_is_to_a_header(world: World) -> None:
    """Malformed, or of what is nobody's: 422 and 404, and not 401 as if its ticket were wrong."""
    place = await district(world)
    application_id, [href, _] = await pictured(place)
    for each, status in (
        (href.replace(str(application_id), "nonsense"), 422),
        (href.replace(str(application_id), str(uuid4())), 404),
        (f"{href}?page=nonsense", 422),
    ):
        by_ticket = await load(world.client(), await ticketed(place.by_unit, each))
        by_header = await place.by_unit.get(each)
        assert [by_ticket.status_code, by_header.status_code] == [status] * 2, each
        assert by_ticket.json()["type"] == by_header.json()["type"]


@pytest.mark.parametrize("href", ["https://example.org/api/v1/x", "//example.org", "/api/v1/a b", "/api/v1/x#y", ""])
async def test_an_address_is_a_path_of_ours(world: World, href: str) -> None:
    client: ContractClient = await world.client_of(Role.OFFICE)
    assert (await tickets(client, href)).status_code == 422


async def test_a_screen_has_so_many_files(world: World) -> None:
    client = await world.sign_in(await person(world))
    file = f"/api/v1/documents/{UUID(int=0)}/content"
    assert len((await tickets(client, *[file] * MOST)).json()["tickets"]) == MOST
    assert (await tickets(client, *[file] * (MOST + 1))).status_code == 422
    assert (await tickets(client)).status_code == 422
    assert (await tickets(world.client(), file)).status_code == 401
