import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from app.models.enums import ApplicationStatus, CheckDecision, Role
from app.problems import RulesViolated
from app.services.filing import checks, vetoes
from app.services.filing.checks import Verdict
from app.services.filing.vetoes import VetoAnswer, VetoAnswers
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.statements import Counting

VETOES = [{"code": f"item_{number}", "name": f"第{number}项"} for number in range(5)]
NONE = VetoAnswers(answers=[VetoAnswer(code=each["code"], found=False) for each in VETOES])
FOUND = VetoAnswers(answers=[VetoAnswer(code="item_0", found=True, reason="经核查属实。")])


@pytest.mark.parametrize("items", [1, 5])
async def test_a_list_costs_the_same_statements_whatever_its_length(world: World, items: int) -> None:
    place = await district(world, await world.campaign(vetoes=VETOES[:items]))
    first, _ = await place.filed(2)
    async with world.acting(actor_of(place.clerk)) as ctx:
        await vetoes.answer(ctx, first, VetoAnswers(answers=NONE.answers[:items]))
    async with world.viewing(actor_of(place.clerk)) as view:
        counting = Counting(view.reader)
        record = await vetoes.read(replace(view, reader=counting), first)
    assert (len(record.answers), counting.count) == (items, 3)


async def test_an_acceptance_and_a_finding_at_once_come_one_after_the_other(world: World) -> None:
    """Whichever is first: an acceptance never overlooks what was found before it."""
    place = await district(world, await world.campaign(vetoes=VETOES))
    ids, clerk = await place.filed(4), actor_of(place.clerk)
    assert clerk.role is Role.OFFICE
    for each in ids:
        async with world.acting(clerk) as ctx:
            await vetoes.answer(ctx, each, NONE)

    async def find(application_id: UUID) -> list[str]:
        async with world.acting(clerk) as ctx:
            await vetoes.answer(ctx, application_id, FOUND)
        return []

    async def accept(application_id: UUID) -> list[str]:
        try:
            async with world.acting(clerk) as ctx:
                await checks.check(ctx, application_id, Verdict(CheckDecision.ACCEPT))
        except RulesViolated as refused:
            return [each.rule.code for each in refused.findings]
        return []

    done = await asyncio.gather(*(job(each) for each in ids for job in (find, accept)))
    for each, refused in zip(ids, done[1::2], strict=True):
        assert refused in ([], ["veto_found"])
        assert await place.status(each) == (ApplicationStatus.FILED if refused else ApplicationStatus.ACCEPTED)
