"""A list of earlier wins is carried out whole or not at all."""

import pytest
from sqlalchemy import func, select

from app.models import EarlierWin
from app.models.enums import Role
from app.problems import RulesViolated
from app.services.filing import earlier_win_lists
from app.tables.cells import ListCell, ListSheet
from tests.world import World, actor_of

HEAD = ["获奖单位", "年度", "奖项", "奖项代码"]
ROWS = [HEAD, ["申家社区", "2013", "一等奖", "excellent_case"], ["申家社区", "2013", "一等奖", "excellent_case"]]


async def test_a_list_with_a_repeated_row_enters_nothing(world: World) -> None:
    cells = {(row, column): ListCell(text) for row, texts in enumerate(ROWS, 1) for column, text in enumerate(texts, 1)}
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        with pytest.raises(RulesViolated):
            await earlier_win_lists.carry_out(ctx, [ListSheet("获奖", cells)], lambda _: [], dry_run=False)
        assert await ctx.session.scalar(select(func.count()).where(EarlierWin.unit_name == "申家社区")) == 0
