import asyncio
from dataclasses import replace

import pytest

from app.models.enums import Role
from app.services.filing import earlier_wins
from app.services.filing.earlier_wins import EarlierWinEntry, EarlierWinImport
from tests.world import World, actor_of
from tests.world.statements import Counting


def listed(*unit_names: str) -> EarlierWinImport:
    rows = [EarlierWinEntry(year=2013, kind="excellent_case", award="优秀案例", unit_name=name) for name in unit_names]
    return EarlierWinImport(wins=rows)


async def test_of_two_clerks_who_enter_the_same_list_at_once_it_is_entered_once(world: World) -> None:
    clerk = actor_of(await world.account(Role.OFFICE))

    async def enter() -> str:
        async with world.acting(clerk) as ctx:
            return (await earlier_wins.carry_out(ctx, listed("甲社区", "乙社区")))[0].outcome

    assert sorted(await asyncio.gather(enter(), enter())) == ["created", "unchanged"]
    async with world.viewing(clerk) as view:
        page = await earlier_wins.search(view, after=None, limit=50, **dict.fromkeys(earlier_wins.FILTERS))
    assert sorted(row.unit_name for row in page.rows) == ["乙社区", "甲社区"]


@pytest.mark.parametrize("rows", [1, 7])
async def test_a_page_costs_one_statement_whatever_its_length(world: World, rows: int) -> None:
    clerk = actor_of(await world.account(Role.OFFICE))
    async with world.acting(clerk) as ctx:
        await earlier_wins.carry_out(ctx, listed(*(f"第{number}社区" for number in range(rows))))
    async with world.viewing(clerk) as view:
        counting = Counting(view.reader)
        filters = dict.fromkeys(earlier_wins.FILTERS)
        page = await earlier_wins.search(replace(view, reader=counting), after=None, limit=50, **filters)
    assert (len(page.rows), counting.count) == (rows, 1)
