import pytest
from sqlalchemy import select

from app.models import Application, AuditEvent, Round, RoundEntry
from app.models.enums import RoundStatus
from app.problems import RulesViolated
from app.services.judging import entries
from app.services.judging.entries import EntriesAddition
from app.services.policies.judging.entries import drawn_order
from tests.world import World, actor_of
from tests.world.judging import Judging, judging


async def add(judged: Judging, *cases: Application) -> None:
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await entries.add(ctx, judged.round.id, EntriesAddition(application_ids=[case.id for case in cases]))


async def numbers(judged: Judging) -> list[Application]:
    """The round's cases, in the order of their numbers."""
    cases = {case.id: case for case in judged.cases}
    async with judged.world.database.transaction() as session:
        found = await session.scalars(
            select(RoundEntry.application_id)
            .where(RoundEntry.round_id == judged.round.id)
            .order_by(RoundEntry.case_number)
        )
        return [cases[each] for each in found]


async def events(judged: Judging) -> list[tuple[str, dict[str, object]]]:
    async with judged.world.database.transaction() as session:
        found = await session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == judged.round.id).order_by(AuditEvent.id)
        )
        return [(event.action, event.data) for event in found]


async def test_late_cases_are_numbered_by_the_seed_not_by_how_they_were_named(world: World) -> None:
    judged = await judging(world, cases_numbered=0)
    late = [await judged.case(entered=False) for _ in range(4)]
    await add(judged, *late)
    assert [case.id for case in await numbers(judged)] == drawn_order(judged.round.seed, [case.id for case in late])
    async with world.database.transaction() as session:
        assert (await session.get_one(Round, judged.round.id)).cases_numbered == 4
    assert [(action, data["application_ids"]) for action, data in await events(judged)] == [
        ("round.entries_added", [str(case.id) for case in late])
    ]


async def test_one_case_that_may_not_enter_keeps_all_of_them_out(world: World) -> None:
    judged = await judging(world, cases=1, cases_numbered=1)
    late = await judged.case(entered=False)
    with pytest.raises(RulesViolated):
        await add(judged, late, judged.cases[0])
    assert await numbers(judged) == judged.cases[:1]
    assert await events(judged) == []


async def test_a_case_taken_out_of_a_draft_is_gone_and_the_history_names_it(world: World) -> None:
    judged = await judging(world, cases=2, status=RoundStatus.DRAFT, opened_at=None)
    async with world.acting(actor_of(judged.clerk)) as ctx:
        await entries.remove(ctx, judged.round.id, judged.cases[0].id, None)
    assert await numbers(judged) == judged.cases[1:]
    assert [(action, data["application_id"]) for action, data in await events(judged)] == [
        ("round.entry_removed", str(judged.cases[0].id))
    ]
