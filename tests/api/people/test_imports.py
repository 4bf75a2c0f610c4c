from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Committee, Unit
from app.models.enums import Role
from tests.world import World

PATH = "/api/v1/organisation-imports"
AS_WRITTEN = ["91350100M000100Y43", "91350203M0001QKT19", "130203196503020017"]
RULES = ((1, "credit_code_fails_its_check"), (2, "credit_code_is_an_identity_number"))
"""Places of the doubtful ones, and what is said of each."""
CODES = ["91350100M000100Y43", "000000000000000000", "10000000000000000Y", "000000000000000013"]
LIST: list[dict[str, Any]] = [
    {
        "name": "乔屯街道党工委",
        "code": "QT",
        "kind": "township_subdistrict",
        "leader_name": "李文博",
        "units": [
            {"name": "龙华社区", "honour_level": "municipal", "credit_code": CODES[0]},
            {"name": "朝阳里社区", "honour_level": "district"},
        ],
    },
    {"name": "区教育局党委", "kind": "district_direct", "units": [{"name": "站前小学", "honour_level": "national"}]},
    {"name": "文北街道党工委", "kind": "township_subdistrict"},
]


async def stored(world: World) -> tuple[list[Any], list[Any], Counter[str]]:
    async with world.database.transaction() as session:
        committees = await session.execute(
            select(Committee.code, Committee.name, Committee.leader_name, Committee.version).order_by(Committee.code)
        )
        units = await session.execute(select(Unit.name, Unit.honour_level, Unit.credit_code).order_by(Unit.name))
        actions = Counter(await session.scalars(select(AuditEvent.action)))
        return [tuple(row) for row in committees], [tuple(row) for row in units], actions


def outcomes(answer: Any) -> dict[str, list[Any]]:
    return {row["pointer"]: [row["name"], row["code"], row["outcome"]] for row in answer.json()["rows"]}


async def test_a_list_is_registered_and_the_same_list_again_changes_nothing(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    first = await office.post(PATH, json={"committees": LIST})
    assert first.status_code == 200, first.text
    assert outcomes(first) == {
        "/committees/0": ["乔屯街道党工委", "QT", "created"],
        "/committees/0/units/0": ["龙华社区", None, "created"],
        "/committees/0/units/1": ["朝阳里社区", None, "created"],
        "/committees/1": ["区教育局党委", "C01", "created"],
        "/committees/1/units/0": ["站前小学", None, "created"],
        "/committees/2": ["文北街道党工委", "C02", "created"],
    }
    before = await stored(world)
    assert before == (
        [
            ("C01", "区教育局党委", None, 1),
            ("C02", "文北街道党工委", None, 1),
            ("QT", "乔屯街道党工委", "李文博", 1),
        ],
        [
            ("朝阳里社区", "district", None),
            ("站前小学", "national", None),
            ("龙华社区", "municipal", CODES[0]),
        ],
        {"committee.created": 3, "unit.created": 3},
    )
    again = await office.post(PATH, json={"committees": LIST})
    assert (again.json()["created"], again.json()["updated"], again.json()["unchanged"]) == (0, 0, 6)
    assert await stored(world) == before


async def test_a_dry_run_answers_the_same_and_changes_nothing(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    await office.post(PATH, json={"committees": LIST[:1]})
    before, body = await stored(world), deepcopy(LIST)
    body[0]["leader_name"], body[0]["units"][1]["credit_code"] = None, CODES[1]
    tried = await office.post(PATH, json={"committees": body, "dry_run": True})
    assert await stored(world) == before
    done = await office.post(PATH, json={"committees": body})
    assert tried.json() == done.json() | {"dry_run": True}
    assert (done.json()["created"], done.json()["updated"], done.json()["unchanged"]) == (3, 2, 1)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_every_bad_row_is_told_at_once_and_nothing_is_stored(world: World, dry_run: bool) -> None:
    office = await world.client_of(Role.OFFICE)
    elsewhere, retired = await world.committee(code="ELS", name="别处"), await world.committee(code="OLD", name="旧")
    known = await world.committee(code="KNO", name="已有")
    await world.unit(elsewhere, name="别处单位", credit_code=CODES[0])
    old_unit = await world.unit(known, name="旧单位")
    await office.post(f"/api/v1/committees/{retired.id}/retirement")
    await office.post(f"/api/v1/units/{old_unit.id}/retirement")
    before, kind = await stored(world), {"kind": "district_direct"}
    level = {"honour_level": "district"}
    body = [
        kind | {"name": "旧"},
        kind | {"name": "新", "code": "ELS", "units": [level | {"name": "甲", "credit_code": CODES[0]}]},
        kind | {"name": "已有", "code": "NEW", "units": [level | {"name": "旧单位", "credit_code": CODES[1]}]},
        kind | {"name": "新", "units": [level | {"name": "甲"}, level | {"name": "乙", "credit_code": CODES[1]}]},
        kind | {"name": "又新", "code": "NEW", "units": [level | {"name": "丙"}, level | {"name": "丙"}]},
    ]
    refused = await office.post(PATH, json={"committees": body, "dry_run": dry_run})
    assert refused.status_code == 409
    found = [(each["code"], each["pointer"], each["params"]) for each in refused.json()["findings"]]
    assert found == [
        ("repeated", "/committees/3/name", {"first": "/committees/1/name"}),
        ("repeated", "/committees/4/code", {"first": "/committees/2/code"}),
        ("repeated", "/committees/3/units/0/name", {"first": "/committees/1/units/0/name"}),
        ("repeated", "/committees/4/units/1/name", {"first": "/committees/4/units/0/name"}),
        ("repeated", "/committees/3/units/1/credit_code", {"first": "/committees/2/units/0/credit_code"}),
        ("retired", "/committees/0", {}),
        ("already_exists", "/committees/1/code", {}),
        ("already_exists", "/committees/1/units/0/credit_code", {}),
        ("code_is_fixed", "/committees/2/code", {"code": "KNO"}),
        ("retired", "/committees/2/units/0", {}),
    ]
    assert await stored(world) == before


async def test_every_malformed_row_is_told_at_once(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    body = deepcopy(LIST)
    body[0]["kind"] = "Village"
    body[0]["units"][0]["credit_code"] = "91350100M000100Y4"
    body[1]["units"][0] |= {"name": "", "chief": "王"}
    del body[2]["name"]
    refused = await office.post(PATH, json={"committees": body, "dry_run": "yes"})
    assert refused.status_code == 422
    assert {(part["pointer"], part["code"]) for part in refused.json()["errors"]} == {
        ("/dry_run", "bool_type"),
        ("/committees/0/kind", "string_pattern_mismatch"),
        ("/committees/0/units/0/credit_code", "invalid_credit_code"),
        ("/committees/1/units/0/name", "string_too_short"),
        ("/committees/1/units/0/chief", "extra_forbidden"),
        ("/committees/2/name", "missing"),
    }


@pytest.mark.parametrize(
    ("committees", "code"),
    [
        ({}, "list_type"),
        ([], "too_short"),
        ([{"name": str(number), "kind": "district_direct"} for number in range(201)], "too_long"),
        (
            [
                {
                    "name": str(half),
                    "kind": "district_direct",
                    "units": [{}] * 1001,
                }
                for half in range(2)
            ],
            "too_many_units",
        ),
    ],
    ids=["no list", "none", "too many committees", "too many units"],
)
async def test_a_list_has_a_bounded_length(world: World, committees: Any, code: str) -> None:
    refused = await (await world.client_of(Role.OFFICE)).post(PATH, json={"committees": committees})
    assert refused.status_code == 422
    assert [(part["pointer"], part["code"]) for part in refused.json()["errors"]] == [("/committees", code)]


async def test_only_the_office_imports(world: World) -> None:
    committee = await world.committee()
    clients = {
        Role.COMMITTEE: await world.client_of(Role.COMMITTEE, committee=committee),
        Role.UNIT: await world.client_of(Role.UNIT, unit=await world.unit(committee)),
        Role.REVIEWER: await world.client_of(Role.REVIEWER),
        Role.MUNICIPAL: await world.client_of(Role.MUNICIPAL),
    }
    for client in clients.values():
        assert (await client.post(PATH, json={"committees": LIST, "dry_run": True})).status_code == 403


async def test_units_without_a_committee_count_with_the_others(world: World) -> None:
    units = [{"name": f"第{number}社区", "honour_level": "district"} for number in range(1001)]
    committee = {"name": "乔屯街道党工委", "kind": "township_subdistrict", "units": units}
    office = await world.client_of(Role.OFFICE)
    refused = await office.post(PATH, json={"committees": [committee], "units": units, "dry_run": True})
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/units", "too_many_units")]


async def test_a_doubtful_credit_code_is_advice_on_its_row_until_the_office_confirms_it(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    units = [
        {"name": f"第{at}社区", "honour_level": "district", "credit_code": code} for at, code in enumerate(AS_WRITTEN)
    ]
    body = {"committees": [{"name": "乔屯街道党工委", "kind": "township_subdistrict", "units": units}]}
    for more in ({"dry_run": True}, {}, {}):
        rows = (await office.post(PATH, json=body | more)).json()["rows"]
        found = [[(each["code"], each["severity"], each["pointer"]) for each in row["findings"]] for row in rows]
        assert found == [[], [], *([(rule, "advice", f"/committees/0/units/{at}/credit_code")] for at, rule in RULES)]
    listed = (await office.get("/api/v1/units", params={"q": "第1社区"})).json()["items"]
    confirmed = await office.post(f"/api/v1/units/{listed[0]['id']}/credit-code-confirmation")
    assert confirmed.status_code == 200, confirmed.text
    rows = (await office.post(PATH, json=body)).json()["rows"]
    assert [len(row["findings"]) for row in rows] == [0, 0, 0, 1]
