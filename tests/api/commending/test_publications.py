from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.models.enums import Role
from app.services.filing.campaigns import template
from tests.contract.client import ContractClient
from tests.scenarios.steps import seen
from tests.world import NOW, World, key
from tests.world.commending import ENDS, Commending, commending, found, publicise, publish

UNKNOWN = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
LISTS = ("commendations", "awards", "campaigns", "committees", "applications", "rounds", "cases", "audit-events")


@pytest.fixture
async def place(world: World) -> Commending:
    place = await commending(world, (1, 90.0), (2, 80.0))
    for case in range(2):
        await place.award(case)
    return place


def over(place: Commending) -> None:
    place.world.database.clock.stopped_at = ENDS


async def test_the_office_publicises_and_publishes_when_the_window_is_over(place: Commending) -> None:
    publicised = await publicise(place)
    assert publicised.status_code == 200, publicised.text
    body = publicised.json()
    assert [body[name] for name in ("status", "publicity_first_on", "publicity_last_on", "publicity_ends_at")] == [
        "publicised",
        "2015-04-22",
        "2015-04-28",
        "2015-04-28T16:00:00Z",
    ]
    early = await publish(place)
    assert found(early) == [("publicity_running", None)]
    assert early.json()["findings"][0]["message"] == "公示至2015年4月28日24:00方结束。"
    assert body["actions"]["publish"] == {"allowed": False, "findings": early.json()["findings"]}
    over(place)
    published = await publish(place)
    assert published.status_code == 200, published.text
    assert [published.json()[name] for name in ("status", "document_number", "published_at")] == [
        "published",
        "路北文明办〔2015〕1号",
        "2015-04-28T16:00:00Z",
    ]
    assert published.json()["etag"] == published.headers["etag"] != publicised.headers["etag"]
    awards = await place.awards()
    assert [award["certificate_number"] for award in awards] == [
        "路北文明创建〔2015〕第1号",
        "路北文明创建〔2015〕第2号",
    ]
    assert all(award["verification_code"] for award in awards)


async def test_publicity_counts_the_days_that_the_campaign_counts(world: World) -> None:
    counted = template("lubei-2015")["commendation"] | {"publicity_counts": "calendar_days"}
    place = await commending(world, (1, 90.0), campaign=await world.campaign(commendation=counted))
    await place.award(0)
    body = (await publicise(place)).json()
    assert [body[name] for name in ("publicity_first_on", "publicity_last_on")] == ["2015-04-22", "2015-04-26"]
    assert found(await publish(place)) == [("publicity_running", None)]


async def test_only_the_office_publicises_and_publishes(place: Commending) -> None:
    everybody = await place.everybody_else()
    for who, client in everybody.items():
        assert (await publicise(place, client)).status_code == 404, who
        assert (await publish(place, client)).status_code == 404, who
    await publicise(place)
    for who, client in everybody.items():
        assert (await publicise(place, client)).status_code == 403, who
        assert (await publish(place, client)).status_code == 403, who
    assert (await place.world.client().post(f"{place.path}/publicity", headers=key())).status_code == 401


async def test_a_second_send_of_one_key_publishes_once(place: Commending) -> None:
    await publicise(place)
    over(place)
    once = key()
    answers = [await place.by_office.post(f"{place.path}/publication", json={}, headers=once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert (await publish(place)).json()["state"] == "published"


async def test_both_acts_need_a_key(place: Commending) -> None:
    assert (await place.by_office.post(f"{place.path}/publicity")).status_code == 400
    assert (await place.by_office.post(f"{place.path}/publication", json={})).status_code == 400


@pytest.mark.parametrize("sequence", [0, -1, 100_000, "12", 1.5])
async def test_a_document_number_is_a_whole_number(place: Commending, sequence: Any) -> None:
    assert (await publish(place, document_sequence=sequence)).status_code == 422


async def test_a_number_somebody_has_is_refused_with_its_place(place: Commending) -> None:
    elsewhere = await commending(place.world, (1, 90.0))
    await elsewhere.award()
    for each in (place, elsewhere):
        await publicise(each)
    over(place)
    assert (await publish(place, document_sequence=12)).json()["document_number"] == "路北文明办〔2015〕12号"
    assert found(await publish(elsewhere, document_sequence=12)) == [("number_taken", "/document_sequence")]


async def test_what_lacks_something_is_not_publicised(world: World) -> None:
    place = await commending(world, (1, 90.0))
    assert found(await publicise(place)) == [("no_awards", "/awards")]
    await place.award(0, public_summary="")
    assert found(await publicise(place)) == [("summary_missing", "/awards")]


async def twins(place: Commending, clients: dict[str, ContractClient], between: Callable[[], Awaitable[Any]]) -> None:
    """Everybody reads the same bytes before and after, whatever is done in between."""
    ids = [UNKNOWN, str(place.commendation.id), *map(str, await place.its_awards())]
    hrefs = [f"/api/v1/{name}" for name in LISTS] + [f"/api/v1/public/{name}" for name in ("commendations", "awards")]
    for id_ in ids:
        hrefs += [f"/api/v1/{name}/{id_}" for name in ("commendations", "awards")]
        hrefs += [f"/api/v1/public/{name}/{id_}" for name in ("commendations", "awards")]
        hrefs += [f"/api/v1/public/awards/{id_}/images/1", f"/api/v1/commendations/{id_}/objections"]
    hrefs += [f"/api/v1/applications/{place.cases[0].id}{part}" for part in ("", "/history", "/versions")]
    before = {(who, href): seen(await client.get(href)) for who, client in clients.items() for href in hrefs}
    await between()
    after = {(who, href): seen(await client.get(href)) for who, client in clients.items() for href in hrefs}
    assert after == before


async def test_a_draft_changes_nothing_that_anybody_else_reads(world: World) -> None:
    place = await commending(world, (1, 90.0), (2, 80.0))
    clients = await place.everybody_else() | {"public": world.client()}

    async def draft() -> None:
        path = "/api/v1/commendations"
        body = {"campaign_id": str(place.campaign.id), "title": "关于表彰优秀案例的通报"}
        made = (await place.by_office.post(path, json=body)).json()
        answer = await place.propose("count", f"{path}/{made['id']}", count=2)
        assert answer.status_code == 200, answer.text
        await place.award(0, kind="innovation", pictures=[1])

    await twins(place, clients, draft)


@pytest.mark.thorough
async def test_an_objection_and_its_rejection_change_nothing_that_anybody_else_reads(place: Commending) -> None:
    clients = await place.everybody_else() | {"public": place.world.client()}
    objector = await place.world.client_of(Role.UNIT, unit=place.units[1])
    await publicise(place)
    award_id = str((await place.its_awards())[0])

    async def object_to() -> dict[str, Any]:
        body = {"award_id": award_id, "text": "与实际不符"}
        answer = await objector.post(f"{place.path}/objections", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    await twins(place, clients, object_to)
    assert (await place.by_office.get(f"/api/v1/awards/{award_id}")).json()["status"] == "held"
    second = await object_to()

    async def reject() -> None:
        body = {"status": "rejected", "answer": "已核查，属实"}
        answer = await place.by_office.post(f"/api/v1/objections/{second['id']}/answer", json=body)
        assert answer.status_code == 200, answer.text

    place.world.database.clock.stopped_at = NOW.replace(hour=15)
    await twins(place, clients, reject)
