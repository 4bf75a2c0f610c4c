from typing import Any

import pytest
from sqlalchemy import select

from app.models import AuditEvent
from app.models.enums import Role
from tests.world import World, key
from tests.world.actions import possible, told

PATH = "/api/v1/units"
CREDIT_CODE = "91350100M000100Y43"
ANY_VERSION = {"If-Match": "*"}


async def test_a_committee_registers_changes_retires_and_reinstates_its_unit(world: World) -> None:
    committee = await world.committee(name="乔屯街道党工委")
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    body = {"name": "龙华社区", "honour_level": "municipal", "credit_code": CREDIT_CODE}
    made = await client.post(PATH, json=body)
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    assert made.json() == body | {
        "id": address.removeprefix(f"{PATH}/"),
        "etag": '"1"',
        "committee_id": str(committee.id),
        "committee_name": "乔屯街道党工委",
        "direct": False,
        "former_names": [],
        "credit_code_doubt": None,
        "retired": False,
        "retired_at": None,
        "created_at": "2015-04-21T02:00:00Z",
        "updated_at": "2015-04-21T02:00:00Z",
        "actions": made.json()["actions"],
    }
    change = {"honour_level": "national", "credit_code": None}
    changed = await client.patch(address, json=change, headers={"If-Match": '"1"'})
    assert changed.json() == made.json() | change | {"etag": '"2"'}
    assert (await client.patch(address, json=change, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.patch(address, json=change, headers={"If-Match": '"2"'})).json()["etag"] == '"2"'

    retired = await client.post(f"{address}/retirement")
    assert (retired.json()["retired"], retired.json()["retired_at"]) == (True, "2015-04-21T02:00:00Z")
    assert (await client.post(f"{address}/retirement")).json()["state"] == "retired"
    back = await client.delete(f"{address}/retirement", headers={"If-Match": '"3"'})
    assert back.json() == changed.json() | {"etag": '"4"'}

    async with world.database.transaction() as session:
        rows = list(await session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
    assert [(row.action, row.data.get("changed"), row.committee_id) for row in rows] == [
        ("unit.created", None, committee.id),
        ("unit.changed", ["honour_level", "credit_code"], committee.id),
        ("unit.retired", ["retired_at"], committee.id),
        ("unit.reinstated", ["retired_at"], committee.id),
    ]


async def test_who_sees_a_unit_and_who_may_change_it(world: World) -> None:
    committee, other = await world.committee(), await world.committee()
    unit, sibling = await world.unit(committee), await world.unit(committee)
    clients = {
        "office": await world.client_of(Role.OFFICE),
        "its committee": await world.client_of(Role.COMMITTEE, committee=committee),
        "itself": await world.client_of(Role.UNIT, unit=unit),
        "a sibling": await world.client_of(Role.UNIT, unit=sibling),
        "another committee": await world.client_of(Role.COMMITTEE, committee=other),
        "reviewer": await world.client_of(Role.REVIEWER),
        "municipal": await world.client_of(Role.MUNICIPAL),
    }
    address = f"{PATH}/{unit.id}"
    results = {
        who: [
            [row["name"] for row in (await client.get(PATH)).json()["items"]],
            (await client.get(address)).status_code,
            (await client.patch(address, json={"honour_level": "national"}, headers=ANY_VERSION)).status_code,
            (await client.delete(f"{address}/retirement", headers=ANY_VERSION)).status_code,
        ]
        for who, client in clients.items()
    }
    assert results == {
        "office": [[unit.name, sibling.name], 200, 200, 409],
        "its committee": [[unit.name, sibling.name], 200, 200, 409],
        "itself": [[unit.name], 200, 403, 403],
        "a sibling": [[sibling.name], 404, 404, 404],
        "another committee": [[], 404, 404, 404],
        "reviewer": [[], 404, 404, 404],
        "municipal": [[], 404, 404, 404],
    }
    refused = {who: (await client.post(f"{address}/retirement")).status_code for who, client in clients.items()}
    assert list(refused.values()) == [200, 409, 403, 404, 404, 404, 404]


async def test_a_unit_tells_its_keepers_their_acts_and_itself_none(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    office = await world.client_of(Role.OFFICE)
    readers = [
        office,
        await world.client_of(Role.COMMITTEE, committee=committee),
        await world.client_of(Role.UNIT, unit=unit),
    ]
    address = f"{PATH}/{unit.id}"
    read = [(await each.get(address)).json() for each in readers]
    assert [possible(each) for each in read] == [["change", "retire", "move"], ["change", "retire"], []]
    assert [told(each) for each in read][1:] == [{"change": [], "retire": [], "reinstate": ["wrong_state"]}, {}]
    refused = (await office.delete(f"{address}/retirement", headers=ANY_VERSION)).json()
    assert refused["state"] == read[0]["actions"]["reinstate"]["findings"][0]["params"]["state"] == "active"

    await office.post(f"/api/v1/committees/{committee.id}/retirement")
    under_a_retired_one = (await office.get(address)).json()
    assert (under_a_retired_one["retired"], possible(under_a_retired_one)) == (True, ["change", "retire", "move"])
    retired = (await office.post(f"{address}/retirement")).json()
    assert possible(retired) == ["change", "reinstate", "move"]
    assert all(row["actions"] is None for row in (await office.get(PATH)).json()["items"])


async def test_a_retired_unit_and_a_unit_of_a_retired_committee_begin_no_application(world: World) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    unit = await world.unit(committee)
    office = await world.client_of(Role.OFFICE)
    client = await world.client_of(Role.UNIT, unit=unit)
    for address in (f"{PATH}/{unit.id}", f"/api/v1/committees/{committee.id}"):
        retired = await office.post(f"{address}/retirement")
        refused = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
        assert [each["code"] for each in refused.json()["findings"]] == ["retired"]
        back = await office.delete(f"{address}/retirement", headers={"If-Match": retired.headers["etag"]})
        assert back.status_code == 200
    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    assert made.status_code == 201


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, ["龙华社区", "供电公司", "朝阳里社区", "站前小学"]),
        ({"honour_level": ["national", "provincial"]}, ["供电公司", "朝阳里社区"]),
        ({"q": "社区"}, ["龙华社区", "朝阳里社区"]),
        ({"q": "m000100y"}, ["供电公司"]),
        ({"retired": "true"}, ["龙华社区", "站前小学"]),
        ({"retired": "false"}, ["供电公司", "朝阳里社区"]),
        ({"committee_id": "first", "q": "社区"}, ["龙华社区", "朝阳里社区"]),
        ({"committee_id": "second"}, ["站前小学"]),
    ],
)
async def test_the_list_is_searched_and_filtered(world: World, params: dict[str, Any], names: list[str]) -> None:
    office = await world.client_of(Role.OFFICE)
    first, second = await world.committee(), await world.committee()
    gone = await world.unit(first, name="龙华社区")
    await world.unit(first, name="供电公司", honour_level="national", credit_code=CREDIT_CODE)
    await world.unit(first, name="朝阳里社区", honour_level="provincial")
    await world.unit(second, name="站前小学")
    await office.post(f"{PATH}/{gone.id}/retirement")
    await office.post(f"/api/v1/committees/{second.id}/retirement")
    if "committee_id" in params:
        params = params | {"committee_id": str({"first": first.id, "second": second.id}[params["committee_id"]])}
    listed = await office.get(PATH, params=params)
    assert [row["name"] for row in listed.json()["items"]] == names


@pytest.mark.parametrize("code", ["91350100M000100Y", "91350100M000100Y433", "9135", "", "91350100Ｍ000100Y?3"])
async def test_what_is_no_credit_code_is_refused_and_not_repeated(world: World, code: str) -> None:
    client = await world.client_of(Role.COMMITTEE, committee=await world.committee())
    body = {"name": "龙华社区", "honour_level": "district", "credit_code": code}
    refused = await client.post(PATH, json=body)
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [
            {
                "in": "body",
                "pointer": "/credit_code",
                "code": "invalid_credit_code",
                "detail": "不是统一社会信用代码：应为 18 位数字和大写字母。",
            }
        ],
    )


@pytest.mark.parametrize(
    ("code", "doubt", "advice"),
    [
        ("91350203M0001QKT19", "check_digit", "credit_code_fails_its_check"),
        ("362322198709086409", "identity_number", "credit_code_is_an_identity_number"),
    ],
)
async def test_a_doubtful_code_is_advised_against_until_the_office_confirms_it(
    world: World, code: str, doubt: str, advice: str
) -> None:
    client = await world.client_of(Role.COMMITTEE, committee=await world.committee())
    office = await world.client_of(Role.OFFICE)
    made = await client.post(PATH, json={"name": "龙华社区", "honour_level": "district", "credit_code": code.lower()})
    unit, address = made.json(), made.headers["location"]
    assert (made.status_code, unit["credit_code"], unit["credit_code_doubt"]) == (201, code, doubt)
    (finding,) = unit["actions"]["change"]["findings"]
    assert (finding["code"], finding["severity"], code in finding["message"]) == (advice, "advice", True)
    listed = {"credit_code_doubt": doubt}
    assert [row["id"] for row in (await office.get(PATH, params=listed)).json()["items"]] == [unit["id"]]
    confirmation = f"{address}/credit-code-confirmation"
    assert (await client.post(confirmation)).status_code == 403
    settled = (await office.post(confirmation)).json()
    assert (settled["credit_code_doubt"], settled["actions"]["change"]["findings"]) == (None, [])
    same = await client.patch(address, json={"credit_code": code}, headers={"If-Match": "*"})
    assert same.json()["credit_code_doubt"] is None
    again = await office.post(confirmation)
    assert [each["code"] for each in again.json()["findings"]] == ["credit_code_not_in_doubt"]
    another = await client.patch(address, json={"credit_code": "9135 0203 M000 1QKT 18"}, headers={"If-Match": "*"})
    assert another.json()["credit_code_doubt"] == "check_digit"


async def test_a_name_belongs_to_one_unit_of_a_committee_and_a_credit_code_to_one_of_all(world: World) -> None:
    first, second = await world.committee(), await world.committee()
    await world.unit(first, name="龙华社区", credit_code=CREDIT_CODE)
    office = await world.client_of(Role.OFFICE)
    body = {"name": "龙华社区", "honour_level": "district"}
    assert (await office.post(PATH, json=body | {"committee_id": str(second.id)})).status_code == 201
    for change, pointer in [({}, "/name"), ({"name": "另一社区", "credit_code": CREDIT_CODE}, "/credit_code")]:
        refused = await office.post(PATH, json=body | {"committee_id": str(first.id)} | change)
        found = [(each["code"], each["pointer"]) for each in refused.json()["findings"]]
        assert found == [("already_exists", pointer)]
