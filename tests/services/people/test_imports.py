import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Committee, Unit
from app.models.enums import ImportOutcome, Role
from app.problems import RulesViolated
from app.services.people import imports
from app.services.people.imports import ImportedRow, OrganisationImport
from app.services.policies.audit import VALUES
from tests.world import World, actor_of
from tests.world.statements import noted

CREDIT_CODE = "91350100M000100Y43"
LIST = [
    {
        "name": "乔屯街道党工委",
        "code": "QT",
        "kind": "township_subdistrict",
        "leader_name": "李文博",
        "units": [{"name": "龙华社区", "honour_level": "municipal", "credit_code": CREDIT_CODE}],
    },
    {"name": "区教育局党委", "kind": "district_direct", "units": [{"name": "站前小学", "honour_level": "national"}]},
]
CREATED, UPDATED, UNCHANGED = ImportOutcome.CREATED, ImportOutcome.UPDATED, ImportOutcome.UNCHANGED


async def carry_out(world: World, committees: list[dict[str, Any]], *, dry_run: bool = False) -> list[ImportedRow]:
    body = OrganisationImport.model_validate({"committees": committees, "dry_run": dry_run})
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        return await imports.carry_out(ctx, body)


async def actions(world: World) -> Counter[str]:
    async with world.database.transaction() as session:
        return Counter(await session.scalars(select(AuditEvent.action)))


async def test_what_is_known_is_brought_up_to_date_and_what_is_not_named_stays(world: World) -> None:
    await carry_out(world, LIST)
    change = {
        "name": "乔屯街道党工委",
        "kind": "township_subdistrict",
        "leader_title": "书记",
        "units": [
            {"name": "龙华社区", "honour_level": "provincial"},
            {"name": "新社区", "honour_level": "district"},
        ],
    }
    assert await carry_out(world, [change]) == [
        ImportedRow("/committees/0", "乔屯街道党工委", "QT", UPDATED),
        ImportedRow("/committees/0/units/0", "龙华社区", None, UPDATED),
        ImportedRow("/committees/0/units/1", "新社区", None, CREATED),
    ]
    async with world.database.transaction() as session:
        (committee,) = await session.scalars(select(Committee).where(Committee.code == "QT"))
        (unit,) = await session.scalars(select(Unit).where(Unit.name == "龙华社区"))
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "unit.changed"))
    assert (committee.leader_name, committee.leader_title, committee.version) == ("李文博", "书记", 2)
    assert (unit.honour_level, unit.credit_code) == ("provincial", CREDIT_CODE)
    assert event.data == {"changed": ["honour_level"], "source": "import", VALUES: event.data[VALUES]}
    assert await actions(world) == {
        "committee.created": 2,
        "unit.created": 3,
        "committee.changed": 1,
        "unit.changed": 1,
    }


async def test_two_imports_of_one_list_at_once_register_it_once(world: World) -> None:
    found = await asyncio.gather(*(carry_out(world, LIST) for _ in range(3)))
    outcomes = [{row.outcome for row in rows} for rows in found]
    assert (outcomes.count({CREATED}), outcomes.count({UNCHANGED})) == (1, 2)
    assert await actions(world) == {"committee.created": 2, "unit.created": 2}


async def test_a_refused_row_leaves_nothing_of_the_others(world: World) -> None:
    await carry_out(world, LIST)
    before = await actions(world)
    fresh = {"name": "文北街道党工委", "kind": "township_subdistrict"}
    with pytest.raises(RulesViolated) as refused:
        await carry_out(world, [fresh, LIST[0] | {"code": "NEW"}])
    assert [(each.rule.code, each.pointer) for each in refused.value.findings] == [
        ("code_is_fixed", "/committees/1/code")
    ]
    assert await actions(world) == before


def _list_of(committees: int, units: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"第{number}街道党工委",
            "kind": "township_subdistrict",
            "units": [{"name": f"第{each}社区", "honour_level": "district"} for each in range(units)],
        }
        for number in range(committees)
    ]


async def test_the_number_of_statements_does_not_depend_on_the_rows(world: World) -> None:
    executed = []
    for committees, units in ((1, 1), (20, 10)):
        body = OrganisationImport.model_validate({"committees": _list_of(committees, units), "dry_run": True})
        async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
            with noted(world.database) as statements:
                rows = await imports.carry_out(ctx, body)
        assert [row.outcome for row in rows] == [CREATED] * committees * (units + 1)
        executed.append(len(statements))
    assert executed == [13, 13], statements
