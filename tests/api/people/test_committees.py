from typing import Any

import pytest
from sqlalchemy import select

from app.models import AuditEvent
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.actions import possible, told

PATH = "/api/v1/committees"
NEW = {"name": "乔屯街道党工委", "kind": "township_subdistrict"}


async def events(world: World) -> list[tuple[str, list[str]]]:
    async with world.database.transaction() as session:
        rows = await session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [(row.action, row.data.get("changed", [])) for row in rows]


async def everybody(world: World) -> dict[str, ContractClient]:
    """One client per relation to the first committee of the system."""
    own, other = await world.committee(), await world.committee()
    return {
        "office": await world.client_of(Role.OFFICE),
        "itself": await world.client_of(Role.COMMITTEE, committee=own),
        "its unit": await world.client_of(Role.UNIT, unit=await world.unit(own)),
        "another committee": await world.client_of(Role.COMMITTEE, committee=other),
        "another's unit": await world.client_of(Role.UNIT, unit=await world.unit(other)),
        "reviewer": await world.client_of(Role.REVIEWER),
        "municipal": await world.client_of(Role.MUNICIPAL),
    }


async def test_the_office_registers_changes_retires_and_reinstates_a_committee(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    made = await office.post(PATH, json=NEW | {"liaison_name": "张静", "liaison_phone": "0315-3724062"})
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{PATH}/{made.json()['id']}"
    assert {name: made.json()[name] for name in ("code", "leader_name", "liaison_phone", "retired_at", "etag")} == {
        "code": "C01",
        "leader_name": None,
        "liaison_phone": "0315-3724062",
        "retired_at": None,
        "etag": '"1"',
    }

    address, change = made.headers["location"], {"kind": "district_direct", "liaison_phone": None}
    changed = await office.patch(address, json=change, headers={"If-Match": '"1"'})
    assert changed.json() == made.json() | change | {"etag": '"2"'}
    stale = await office.patch(address, json=change, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    idle = await office.patch(address, json=change, headers={"If-Match": '"2"'})
    assert idle.json()["etag"] == '"2"'

    retired = await office.post(f"{address}/retirement")
    assert retired.json()["retired_at"] == "2015-04-21T02:00:00Z"
    again = await office.post(f"{address}/retirement")
    assert (again.status_code, again.json()["state"], again.json()["detail"]) == (
        409,
        "retired",
        "当前状态为“已停用”，不能执行此操作。",
    )
    assert (await office.delete(f"{address}/retirement")).status_code == 428
    assert (await office.delete(f"{address}/retirement", headers={"If-Match": '"2"'})).status_code == 412
    back = await office.delete(f"{address}/retirement", headers={"If-Match": '"3"'})
    assert back.json() == changed.json() | {"etag": '"4"'}
    assert (await office.delete(f"{address}/retirement", headers={"If-Match": "*"})).status_code == 409
    assert await events(world) == [
        ("committee.created", []),
        ("committee.changed", ["liaison_phone", "kind"]),
        ("committee.retired", ["retired_at"]),
        ("committee.reinstated", ["retired_at"]),
    ]


async def test_who_sees_a_committee_and_who_may_change_it(world: World) -> None:
    clients = await everybody(world)
    address = f"{PATH}/{(await clients['office'].get(PATH)).json()['items'][0]['id']}"
    any_version = {"If-Match": "*"}
    results: dict[str, list[Any]] = {}
    for who, client in clients.items():
        results[who] = [
            (await client.get(PATH)).json()["total"],
            (await client.get(address)).status_code,
            (await client.patch(address, json={"leader_name": f"李{who[0]}"}, headers=any_version)).status_code,
            (await client.patch(address, json={"name": f"新{who}"}, headers=any_version)).status_code,
            (await client.delete(f"{address}/retirement", headers=any_version)).status_code,
            (await client.post(PATH, json=NEW)).status_code,
        ]
    assert results == {
        "office": [2, 200, 200, 200, 409, 201],
        "itself": [1, 200, 200, 403, 403, 403],
        "its unit": [1, 200, 403, 403, 403, 403],
        "another committee": [1, 404, 404, 404, 404, 403],
        "another's unit": [1, 404, 404, 404, 404, 403],
        "reviewer": [0, 404, 404, 404, 404, 403],
        "municipal": [0, 404, 404, 404, 404, 403],
    }
    assert {who: (await client.post(f"{address}/retirement")).status_code for who, client in clients.items()} == {
        "office": 200,
        "itself": 403,
        "its unit": 403,
        "another committee": 404,
        "another's unit": 404,
        "reviewer": 404,
        "municipal": 404,
    }
    assert (await world.client().get(address)).status_code == 401


async def test_a_committee_tells_each_role_the_acts_it_has_and_what_forbids_them(world: World) -> None:
    clients = await everybody(world)
    office, readers = clients["office"], ("office", "itself", "its unit")
    listed = (await office.get(PATH)).json()["items"][0]
    address = f"{PATH}/{listed['id']}"

    async def acts() -> dict[str, list[str]]:
        return {who: possible((await clients[who].get(address)).json()) for who in readers}

    assert listed["actions"] is None
    assert await acts() == {"office": ["change", "retire", "merge"], "itself": ["change"], "its unit": []}
    retired = (await office.post(f"{address}/retirement")).json()
    assert await acts() == {"office": ["change", "reinstate"], "itself": [], "its unit": []}
    assert told(retired) == {"change": [], "retire": ["wrong_state"], "reinstate": [], "merge": ["wrong_state"]}
    refused = (await office.post(f"{address}/retirement")).json()
    assert refused["state"] == retired["actions"]["retire"]["findings"][0]["params"]["state"] == "retired"


async def test_a_committee_may_send_back_all_it_read_as_long_as_only_its_contacts_differ(world: World) -> None:
    committee = await world.committee(name="文北街道党工委")
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    body = {
        "name": "文北街道党工委",
        "kind": "township_subdistrict",
        "leader_title": "书记",
        "liaison_phone": "3724062",
    }
    changed = await client.patch(f"{PATH}/{committee.id}", json=body, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["leader_title"], changed.json()["etag"]) == (200, "书记", '"2"')


async def test_a_retired_committee_changes_nothing_any_more_but_is_still_there(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    await (await world.client_of(Role.OFFICE)).post(f"{PATH}/{committee.id}/retirement")
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    refused = await client.patch(f"{PATH}/{committee.id}", json={"leader_name": "王"}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["state"]) == (409, "retired")
    assert (await client.get(f"{PATH}/{committee.id}")).status_code == 200
    read = (await client.get(f"/api/v1/units/{unit.id}")).json()
    assert (read["retired"], read["retired_at"]) == (True, None)


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, ["乔屯街道党工委", "区教育局党委", "文北街道党工委"]),
        ({"kind": "district_direct"}, ["区教育局党委"]),
        ({"q": "街道"}, ["乔屯街道党工委", "文北街道党工委"]),
        ({"q": "jy"}, ["区教育局党委"]),
        ({"q": "%"}, []),
        ({"retired": "true"}, ["文北街道党工委"]),
        ({"retired": "false", "kind": "township_subdistrict"}, ["乔屯街道党工委"]),
        ({"limit": 1}, ["乔屯街道党工委"]),
    ],
)
async def test_the_list_is_searched_and_filtered(world: World, params: dict[str, Any], names: list[str]) -> None:
    office = await world.client_of(Role.OFFICE)
    await world.committee(code="QT", name="乔屯街道党工委")
    await world.committee(code="JY", name="区教育局党委", kind="district_direct")
    retired = await world.committee(code="WB", name="文北街道党工委")
    await office.post(f"{PATH}/{retired.id}/retirement")
    listed = await office.get(PATH, params=params)
    assert [row["name"] for row in listed.json()["items"]] == names


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"kind": None}, "/kind"),
        ({"code": "NEW"}, "/code"),
        ({"liaison_phone": "call me"}, "/liaison_phone"),
        ({"leader_name": "李" * 101}, "/leader_name"),
    ],
)
async def test_a_bad_change_is_refused_at_its_place(world: World, change: dict[str, Any], pointer: str) -> None:
    committee = await world.committee()
    office = await world.client_of(Role.OFFICE)
    refused = await office.patch(f"{PATH}/{committee.id}", json=change, headers={"If-Match": "*"})
    assert (refused.status_code, [part["pointer"] for part in refused.json()["errors"]]) == (422, [pointer])


@pytest.mark.parametrize(("taken", "pointer"), [({"name": "同名"}, "/name"), ({"code": "QT"}, "/code")])
async def test_a_name_and_a_code_belong_to_one_committee(world: World, taken: dict[str, str], pointer: str) -> None:
    await world.committee(**taken)
    refused = await (await world.client_of(Role.OFFICE)).post(PATH, json=NEW | taken)
    assert refused.status_code == 409
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [("already_exists", pointer)]
