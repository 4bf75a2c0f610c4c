"""A list of figures with a bad row imports nothing."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.models import FigureTable
from app.models.enums import Role
from app.problems import RulesViolated
from app.services.judging import figure_lists
from app.services.judging.figure_tables import FigureTerms
from app.tables.cells import ListCell, ListSheet
from tests.world import World, actor_of
from tests.world.figures import voted

ROWS = [["申报编号", "数值"], ["2015-ZZ-001", "3"]]


async def test_a_list_with_an_unknown_case_imports_nothing(world: World) -> None:
    campaign = await world.campaign(**voted())
    terms = FigureTerms(source="votes", source_name="投票", starts_on=date(2015, 10, 8), ends_on=date(2015, 10, 15))
    cells = {(row, column): ListCell(text) for row, texts in enumerate(ROWS, 1) for column, text in enumerate(texts, 1)}
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        with pytest.raises(RulesViolated) as refused:
            await figure_lists.take_in(ctx, campaign.id, terms, [ListSheet("投票", cells)], lambda _: [])
        assert "投票!A2" in [each.params.get("place") for each in refused.value.findings]
        assert await ctx.session.scalar(select(func.count()).where(FigureTable.campaign_id == campaign.id)) == 0
