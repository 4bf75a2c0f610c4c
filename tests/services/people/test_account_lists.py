"""A list of accounts is carried out whole or not at all."""

import pytest
from sqlalchemy import func, select

from app.models import Account
from app.models.enums import Role
from app.problems import InsufficientStorage
from app.services.people import account_lists
from app.services.policies.limits import Quotas
from app.tables.cells import ListCell, ListSheet
from tests.world import World, actor_of

MOST = Quotas(applications_per_unit=9, units_per_committee=9, accounts_per_committee=2, objections_per_account=9)
ROWS = [["用户名", "姓名", "角色", "单位"], ["ss.a", "甲", "文明单位", "甲社区"], ["ss.b", "乙", "文明单位", "甲社区"]]


async def test_a_list_beyond_a_committees_quota_invites_nobody(world: World) -> None:
    committee = await world.committee(code="SS")
    await world.unit(committee, name="甲社区")
    actor = actor_of(await world.account(Role.COMMITTEE, committee=committee))
    cells = {(row, column): ListCell(text) for row, texts in enumerate(ROWS, 1) for column, text in enumerate(texts, 1)}
    async with world.acting(actor) as ctx:
        with pytest.raises(InsufficientStorage):
            await account_lists.carry_out(ctx, [ListSheet("账号", cells)], lambda _: [], MOST, dry_run=False)
        count = await ctx.session.scalar(select(func.count()).where(Account.username.in_(["ss.a", "ss.b"])))
    assert count == 0
