"""The stream: everything that is new to one, once, in order, and nothing of anybody else's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from sqlalchemy import delete, text, update

from app.models import Session
from app.models.enums import AccountStatus, Role
from app.services.notifying import live
from app.services.notifying.live import Live
from tests.world import NOW, World, key
from tests.world.filing import District, district
from tests.world.listening import listening
from tests.world.notifying import number
from tests.world.proxy import needs_nginx, proxying
from tests.world.streams import STREAM, heard, notify

LIST = "/api/v1/notifications"
TYPE = "urn:problem-type:pinpai:"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.02)
    monkeypatch.setattr(live, "CHECKED_EVERY", 2)


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with listening(world) as address:
        yield address


async def test_a_notice_comes_as_it_is_read_and_with_it_the_unread_number(place: District, address: str) -> None:
    async with heard(place.by_unit, address) as stream:
        [id_] = await notify(place.world, place.member)
        notice, unread = await stream.until("unread")
    page = (await place.by_unit.get(LIST)).json()
    [read] = page["items"]
    assert page["unread"] == 1
    assert (notice.name, notice.data, notice.data["id"]) == ("notification", read, id_)
    assert (unread.data, unread.id) == ({"unread": 1}, notice.id)


async def test_the_language_is_that_of_the_request(place: District, address: str) -> None:
    async with heard(place.by_unit, address, **{"Accept-Language": "en"}) as stream:
        await notify(place.world, place.member)
        [notice] = await stream.until("notification")
    assert notice.data["text"] == "“1号” was returned."


async def test_what_came_meanwhile_comes_after_the_last_event_once_and_in_order(place: District, address: str) -> None:
    async with heard(place.by_unit, address) as stream:
        before = await notify(place.world, place.member, 3)
        last = (await stream.until("notification", 3))[-1]
    meanwhile = await notify(place.world, place.member, 120)
    async with heard(place.by_unit, address, **{"Last-Event-ID": last.id}) as again:
        later = await notify(place.world, place.member, 2)
        while len(again.ids()) < 122:
            await again.until("notification")
    assert (stream.ids(), again.ids()) == (before, meanwhile + later)


async def test_a_stream_without_notices_goes_on_where_it_was_cut(place: District, address: str) -> None:
    """The number of unread ones has a position, too: a browser that got nothing else asks by it."""
    async with heard(place.by_unit, address) as stream:
        position = stream.events[0].id
    missed = await notify(place.world, place.member)
    async with heard(place.by_unit, address, **{"Last-Event-ID": position}) as again:
        pass
    assert again.ids() == missed


async def test_a_position_that_was_never_reached_is_now(place: District, address: str) -> None:
    async with heard(place.by_unit, address, **{"Last-Event-ID": "9" * 18}) as stream:
        told = await notify(place.world, place.member)
        await stream.until("notification")
    assert stream.ids() == told


async def test_nothing_is_missed_while_one_begins_to_listen(place: District, address: str) -> None:
    """Opened first and read then, stream and list together have all, and the stream nothing twice."""
    telling = asyncio.create_task(notify(place.world, place.member, 60))
    for _ in range(3):
        async with heard(place.by_unit, address) as stream:
            listed = {each["id"] for each in (await place.by_unit.get(LIST, params={"limit": 100})).json()["items"]}
            told = await asyncio.shield(telling) if _ == 2 else []
            missing = set(told) - listed
            while missing - set(stream.ids()):
                await stream.until("notification")
        assert len(set(stream.ids())) == len(stream.ids())


async def test_a_notice_that_another_overtook_is_not_lost(place: District, address: str) -> None:
    """Positions are given in the order of commits: who announces waits for who announces already."""
    async with heard(place.by_unit, address) as stream:
        async with place.world.database.transaction() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(5706)"))
            waiting = asyncio.create_task(_announced(place))
            await asyncio.sleep(0.1)
            assert not waiting.done()
        await waiting
        [notice] = await stream.until("notification")
    assert notice.data["kind"] == "announcement.sent"


async def _announced(place: District) -> None:
    body = {
        "campaign_id": str(place.campaign.id),
        "title": "催报",
        "text": "请上报。",
        "audience": "all",
        "to_units": True,
    }
    answer = await place.by_office.post("/api/v1/announcements", json=body, headers=key())
    assert answer.status_code == 201, answer.text


@needs_nginx
async def test_the_deployed_proxy_passes_each_event_on_at_once(place: District, address: str, tmp_path: Path) -> None:
    """None would come before the answer ends, or a buffer is full, if the proxy kept back what it gets."""
    async with proxying(address, tmp_path) as proxy:
        async with heard(place.by_unit, proxy) as stream:
            told = await notify(place.world, place.member)
            [last] = await stream.until("notification")
        meanwhile = await notify(place.world, place.member)
        async with heard(place.by_unit, proxy, **{"Last-Event-ID": last.id}) as again:
            later = await notify(place.world, place.member)
            while len(again.ids()) < len(meanwhile + later):
                await again.until("notification")
    assert (stream.ids(), again.ids()) == (told, meanwhile + later)


async def test_another_tab_that_reads_is_told_here(place: District, address: str) -> None:
    await notify(place.world, place.member, 2)
    async with heard(place.by_unit, address) as stream:
        newest = (await place.by_unit.get(LIST)).json()["items"][0]["id"]
        await place.by_unit.post(f"{LIST}/readings", json={"up_to": newest})
        await number(place.world)
        [unread] = await stream.until("unread")
    assert [event.data for event in (stream.events[0], unread)] == [{"unread": 2}, {"unread": 0}]


async def test_progress_is_told_to_those_who_would_read_another(place: District, address: str) -> None:
    """A twin of everybody listens, of another committee: a draft changes nothing for them."""
    twin = await district(place.world, campaign=place.campaign)
    clients = (place.by_office, place.by_committee, twin.by_committee, place.by_unit)
    async with (
        heard(clients[0], address) as office,
        heard(clients[1], address) as mine,
        heard(clients[2], address) as other,
        heard(clients[3], address) as unit,
    ):
        await place.by_unit.post("/api/v1/applications", json={"campaign_id": str(place.campaign.id)}, headers=key())
        await number(place.world)
        for stream in (office, mine):
            [changed] = await stream.until("progress")
            assert changed.data == {"campaign_id": str(place.campaign.id)}
        for stream, account in ((other, twin.liaison), (unit, place.member)):
            await notify(place.world, account)
            await stream.until("notification")
    assert {event.name for stream in (other, unit) for event in stream.events} == {"unread", "notification"}


async def test_nobody_hears_of_anothers_notices(place: District, address: str) -> None:
    twin = await district(place.world, campaign=place.campaign)
    async with heard(place.by_unit, address) as mine, heard(twin.by_unit, address) as theirs:
        own, other = await notify(place.world, place.member), await notify(place.world, twin.member)
        await mine.until("notification")
        await theirs.until("notification")
    assert (mine.ids(), theirs.ids()) == (own, other)


async def sign_out(place: District) -> None:
    assert (await place.by_unit.delete("/api/v1/session")).status_code == 204


async def revoke(place: District) -> None:
    async with place.world.database.transaction() as session:
        await session.execute(delete(Session).where(Session.account_id == place.member.id))


async def disable(place: District) -> None:
    await place.world.put(place.member, status=AccountStatus.DISABLED)


async def give_other_rights(place: District) -> None:
    unit = await place.world.unit(await place.world.committee())
    await place.world.put(place.member, unit_id=unit.id, committee_id=unit.committee_id)


async def wait(place: District) -> None:
    place.world.database.clock.stopped_at = NOW + timedelta(days=3650)


@pytest.mark.parametrize("end", [sign_out, revoke, disable, give_other_rights, wait])
async def test_it_ends_with_its_session_or_its_rights_and_tells_nothing_more(
    place: District, address: str, end: Callable[[District], Awaitable[None]]
) -> None:
    async with heard(place.by_unit, address) as stream:
        await end(place)
        await notify(place.world, place.member)
        assert await stream.rest() == []


async def test_it_keeps_no_session_awake(place: District, address: str) -> None:
    async with place.world.database.transaction() as session:
        times = {"seen_at": NOW, "idle_until": NOW + timedelta(minutes=30)}
        await session.execute(update(Session).where(Session.account_id == place.member.id).values(times))
    place.world.database.clock.stopped_at = NOW + timedelta(minutes=29)
    async with heard(place.by_unit, address) as stream:
        place.world.database.clock.stopped_at = NOW + timedelta(minutes=30)
        assert await stream.rest() == []


async def test_it_is_neither_kept_nor_collected_on_its_way_and_gives_signs_of_life(
    place: District, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)
    async with (
        AsyncClient(base_url=address, headers=place.by_unit.headers) as client,
        client.stream("GET", STREAM) as response,
    ):
        lines = aiter(response.aiter_lines())
        first = [await anext(lines) for _ in range(12)]
    assert first[0] == "retry: 3000"
    assert first[-1 if first[-1] else -2] == ": "
    headers = ("content-type", "cache-control", "x-accel-buffering")
    assert [response.headers[name] for name in headers] == [
        "text/event-stream; charset=utf-8",
        "private, no-store",
        "no",
    ]


async def test_head_has_a_head_alone(place: District) -> None:
    answer = await place.by_unit.head(STREAM)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_machine_client_follows_events_instead(world: World) -> None:
    answer = await (await world.client_of(Role.MUNICIPAL)).get(STREAM)
    assert (answer.status_code, answer.json()["type"]) == (403, TYPE + "forbidden")


@pytest.mark.parametrize("position", ["x", "-1", "1e3", "9" * 19, ""])
async def test_a_position_that_is_none_is_refused(place: District, position: str) -> None:
    assert (await place.by_unit.get(STREAM, headers={"Last-Event-ID": position})).status_code == 422


@pytest.fixture
def few(world: World) -> Iterator[Callable[[int], Live]]:
    """Listeners of the application, of whom there may be so many."""
    state = world.app.state
    before = state.live

    def of(most: int) -> Live:
        listeners = state.live = Live(world.database, most)
        return listeners

    yield of
    state.live = before


async def test_an_account_has_ten(place: District, address: str) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(heard(place.by_unit, address))
        answer = await place.by_unit.get(STREAM)
        assert (answer.status_code, answer.json()["type"]) == (429, TYPE + "limit-reached")
        assert (answer.json()["limit"]["code"], answer.headers["retry-after"]) == ("too_many_streams", "30")
        await stack.enter_async_context(heard(place.by_committee, address))


@pytest.mark.parametrize("closed", [False, True])
async def test_a_process_has_so_many_and_none_when_it_stops(
    place: District, address: str, few: Callable[[int], Live], *, closed: bool
) -> None:
    listeners = few(1)
    async with heard(place.by_unit, address) as stream:
        if closed:
            listeners.close()
            assert await stream.rest() == []
        answer = await place.by_committee.get(STREAM)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    await listeners.stop()


async def test_who_goes_makes_room(place: District, address: str, few: Callable[[int], Live]) -> None:
    few(1)
    for client in (place.by_unit, place.by_committee):
        for _ in range(1000):
            if (await client.head(STREAM)).status_code == 200:
                break
            await asyncio.sleep(0.01)
        async with heard(client, address):
            pass
