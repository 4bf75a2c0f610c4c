"""The feed over HTTP: everybody's own, and nobody else's."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.models import Account, Notification
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import NO_ROWS, NOW, World, key
from tests.world.filing import District, district
from tests.world.notifying import feed, hand_on
from tests.world.statements import noted

URL = "/api/v1/notifications"
READINGS = f"{URL}/readings"
EVERYBODY = (Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL)


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def notified(place: District, account: Account, count: int = 1, **values: Any) -> list[str]:
    """So many notices for an account; their ids, the oldest first."""
    rows = [
        Notification(
            account_id=account.id,
            role=account.role,
            committee_id=account.committee_id,
            unit_id=account.unit_id,
            kind="application.returned",
            occasion=str(uuid4()),
            subject_type="application",
            subject_id=UUID(int=number),
            campaign_id=place.campaign.id,
            particulars={"name": f"{number}号", "reasons": [], "remark": "请补充数据。"},
            told_at=NOW,
            by_mail=False,
            **values,
        )
        for number in range(count)
    ]
    await place.world.add(*rows)
    return [str(row.id) for row in rows]


async def unread(client: ContractClient) -> int:
    return int((await client.get(URL)).json()["unread"])


async def test_a_notice_is_read_in_the_language_asked_for(place: District) -> None:
    [notice_id] = await notified(place, place.member)
    answers = [
        (await place.by_unit.get(URL, headers={"Accept-Language": language})).json() for language in ("zh-CN", "en")
    ]
    chinese, english = (answer["items"][0] for answer in answers)
    assert (chinese["text"], chinese["details"]) == ("“0号”被退回修改。", ["原因：请补充数据。"])
    assert (english["text"], english["details"]) == ("“0号” was returned.", ["Reasons: 请补充数据。"])
    plain = {"id": notice_id, "kind": "application.returned", "subject_type": "application", "read_at": None}
    assert {name: chinese[name] for name in plain} == plain
    assert (chinese["told_at"], chinese["link"]) == ("2015-04-21T02:00:00Z", None)


async def test_a_link_leads_to_where_the_deployment_says_it_is(place: District) -> None:
    await notified(place, place.member)
    state = place.world.app.state
    before = state.settings
    state.settings = before.model_copy(update={"link_base": "https://pinpai.example.org"})
    try:
        [notice] = await feed(place.by_unit)
    finally:
        state.settings = before
    assert notice["link"] == f"https://pinpai.example.org/applications/{UUID(int=0)}"


async def test_the_newest_comes_first_page_by_page(place: District) -> None:
    ids = await notified(place, place.member, 5)
    first = (await place.by_unit.get(URL, params={"limit": 3})).json()
    second = (await place.by_unit.get(URL, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["items"] + second["items"]] == ids[::-1]
    assert (first["total"], second["total"], second["next_cursor"], first["unread"]) == (5, 5, None, 5)


async def test_what_was_read_is_not_unread_any_more(place: District) -> None:
    ids = await notified(place, place.member, 4)
    answer = await place.by_unit.post(READINGS, json={"notification_ids": [ids[3], ids[0]]})
    assert answer.json() == {"unread": 2}
    assert [each["id"] for each in await feed(place.by_unit, unread=True)] == [ids[2], ids[1]]
    assert [each["id"] for each in await feed(place.by_unit, unread=False)] == [ids[3], ids[0]]
    assert (await place.by_unit.post(READINGS, json={"up_to": ids[1]})).json() == {"unread": 1}
    assert [each["id"] for each in await feed(place.by_unit, unread=True)] == [ids[2]]
    assert (await place.by_unit.post(READINGS, json={"up_to": ids[3]})).json() == {"unread": 0}


async def test_reading_again_changes_nothing_and_leaves_no_trace(place: District) -> None:
    [notice] = await notified(place, place.member)
    answers = []
    for minute in (1, 2):
        place.world.database.clock.stopped_at = NOW.replace(minute=minute)
        answers.append((await place.by_unit.post(READINGS, json={"up_to": notice})).json())
    assert answers == [{"unread": 0}] * 2
    assert (await feed(place.by_unit))[0]["read_at"] == "2015-04-21T02:01:00Z"
    trace = (await place.by_unit.get("/api/v1/audit-events")).json()["items"]
    assert [(each["action"], each["data"]) for each in trace] == [("account.notifications_read", {"count": 1})]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"notification_ids": []}, 422), ({"up_to": None}, 422), ({"notification_ids": ["x"]}, 422)],
)
async def test_a_reading_names_what_was_read(place: District, body: dict[str, Any], status: int) -> None:
    assert (await place.by_unit.post(READINGS, json=body)).status_code == status


async def test_a_reading_names_it_in_one_way_and_each_once(place: District) -> None:
    [notice] = await notified(place, place.member)
    both = {"notification_ids": [notice], "up_to": notice}
    twice = {"notification_ids": [notice, notice]}
    assert [(await place.by_unit.post(READINGS, json=body)).status_code for body in (both, twice)] == [422, 422]


async def test_everybody_has_a_feed_of_their_own_and_no_way_into_anothers(place: District) -> None:
    world = place.world
    mine = await notified(place, place.member, 2)
    colleague = await world.client_of(Role.UNIT, unit=place.unit)
    strangers = [colleague, place.by_committee, place.by_office]
    strangers += [await world.client_of(role) for role in (Role.OFFICE, Role.REVIEWER, Role.MUNICIPAL)]
    for client in strangers:
        assert (await client.get(URL)).json() == NO_ROWS | {"unread": 0}
        for body, pointer in (({"notification_ids": mine}, "/notification_ids/0"), ({"up_to": mine[1]}, "/up_to")):
            refused = await client.post(READINGS, json=body)
            assert refused.status_code == 409
            assert [each["code"] for each in refused.json()["findings"]] == ["unknown_reference"] * len(
                body.get("notification_ids", [0])
            )
            assert refused.json()["findings"][0]["pointer"] == pointer
    assert await unread(place.by_unit) == 2


async def test_whoever_is_nobody_has_no_feed(place: District) -> None:
    answers = [await place.world.client().get(URL), await place.world.client().post(READINGS, json={"up_to": key()})]
    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize("rows", [0, 1, 30])
async def test_a_page_of_notices_is_read_with_three(place: District, rows: int) -> None:
    await notified(place, place.member, rows)
    with noted(place.world.database) as sent:
        answer = await place.by_unit.get(URL, params={"limit": 50})
    assert (len(answer.json()["items"]), len(sent)) == (rows, 3)


@pytest.mark.parametrize("rows", [1, 30])
async def test_reading_sends_the_same_however_much_is_read(place: District, rows: int) -> None:
    ids = await notified(place, place.member, rows)
    with noted(place.world.database) as sent:
        await place.by_unit.post(READINGS, json={"notification_ids": ids})
    assert len(sent) == 7


async def test_an_address_and_the_wish_for_mail_are_ones_own(place: District) -> None:
    path = "/api/v1/account"
    before = (await place.by_unit.get(path)).json()
    assert (before["email"], before["mail"]) == (None, True)
    etag = {"If-Match": before["etag"]}
    changed = await place.by_unit.patch(
        path, json={"email": "Li.Wenbo+x@mail.example.org", "mail": False}, headers=etag
    )
    assert (changed.json()["email"], changed.json()["mail"]) == ("Li.Wenbo+x@mail.example.org", False)
    managed = f"/api/v1/accounts/{place.member.id}"
    seen = (await place.by_committee.get(managed)).json()
    assert seen["email"] == "Li.Wenbo+x@mail.example.org"
    etag = {"If-Match": seen["etag"]}
    refused = await place.by_committee.patch(managed, json={"mail": True}, headers=etag)
    assert refused.status_code == 422
    by_committee = await place.by_committee.patch(managed, json={"email": None}, headers=etag)
    assert (by_committee.json()["email"], by_committee.json()["mail"]) == (None, False)


async def test_an_address_may_be_given_with_the_invitation(place: District) -> None:
    body = {
        "username": f"{place.committee.code.lower()}.member",
        "name": "张三",
        "role": "unit",
        "unit_id": str(place.unit.id),
    }
    made = await place.by_committee.post("/api/v1/accounts", json=body | {"email": "zhang@example.org"})
    assert (made.status_code, made.json()["email"]) == (201, "zhang@example.org")


@pytest.mark.parametrize(
    "address",
    [
        "li",
        "li@",
        "@example.org",
        "li@example",
        "li wen@example.org",
        "li@example.org\nBcc: all@example.org",
        "li@example.org\r\nX: y",
        "李 <li@example.org>",
        "li@example.org, all@example.org",
        "li..wen@example.org",
        '"li"@example.org',
        "李@example.org",
        "li@exa_mple.org",
        "l" * 250 + "@example.org",
    ],
)
async def test_an_address_has_nothing_in_it_that_means_something_in_a_header(place: District, address: str) -> None:
    etag = {"If-Match": "*"}
    answer = await place.by_unit.patch("/api/v1/account", json={"email": address}, headers=etag)
    assert answer.status_code == 422


async def test_what_nobody_sees_in_an_address_is_not_kept(place: District) -> None:
    sent = {"email": "li@example.org\u0000"}
    answer = await place.by_unit.patch("/api/v1/account", json=sent, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["email"]) == (200, "li@example.org")


async def test_everybody_of_every_role_reads_the_empty_feed(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    for role in EVERYBODY:
        organisation = {Role.COMMITTEE: {"committee": committee}, Role.UNIT: {"unit": unit}}.get(role, {})
        client = await world.client_of(role, **organisation)  # type: ignore[arg-type]  # one of the two
        await hand_on(world)
        assert await feed(client) == []
