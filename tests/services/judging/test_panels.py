from datetime import timedelta

from sqlalchemy import select

from app.models import Account, AuditEvent, PanelMember, Round
from app.services.judging import panels
from app.services.judging.panels import PanelMemberRow, PanelSetting
from tests.world import NOW, World, actor_of
from tests.world.judging import Judging, judging


async def seat(judged: Judging, *judges: Account) -> None:
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await panels.replace(ctx, judged.round.id, PanelSetting(reviewer_ids=[judge.id for judge in judges]), None)


async def members(judged: Judging) -> list[PanelMemberRow]:
    async with judged.world.viewing(actor_of(judged.clerk)) as view:
        return [*(await panels.read(view, judged.round.id)).members]


async def changes(judged: Judging) -> list[dict[str, object]]:
    async with judged.world.database.transaction() as session:
        settings = select(AuditEvent).where(AuditEvent.action == "round.panel_set").order_by(AuditEvent.id)
        found = await session.scalars(settings)
        return [event.data for event in found]


async def test_who_stays_on_a_panel_joined_when_they_first_did(world: World) -> None:
    judged = await judging(world)
    earlier = NOW - timedelta(days=1)
    staying, leaving = [await judged.judge(member=False) for _ in range(2)]
    for each in (staying, leaving):
        await world.add(PanelMember(round_id=judged.round.id, reviewer_id=each.id, joined_at=earlier))
    joining = await judged.judge(member=False)
    await seat(judged, joining, staying)
    assert [(row.reviewer_id, row.joined_at > earlier) for row in await members(judged)] == [
        (staying.id, False),
        (joining.id, True),
    ]
    assert [(data["joined"], data["left"]) for data in await changes(judged)] == [
        ([str(joining.id)], [str(leaving.id)])
    ]


async def test_the_same_panel_again_is_no_change(world: World) -> None:
    judged = await judging(world, judges=2)
    await seat(judged, *reversed(judged.judges))
    async with world.database.transaction() as session:
        assert (await session.get_one(Round, judged.round.id)).version == judged.round.version
    assert await changes(judged) == []
