"""Names of filed cases: found by id or number, in their campaign alone."""

from app.services.judging import named_cases
from tests.world import World, actor_of
from tests.world.judging import judging


async def test_a_filed_case_is_found_by_id_or_number_in_its_campaign(world: World) -> None:
    judged, elsewhere = await judging(world, cases=2), await judging(world, cases=1)
    begun = await world.application(judged.campaign, await world.unit(judged.committees[0]))
    first, second, other = *judged.cases, elsewhere.cases[0]
    async with world.viewing(actor_of(judged.clerk)) as view:
        found = await named_cases.filed(view, judged.campaign.id, [first.id, other.id, begun.id], [second.number])
        names = await named_cases.of(view, [first.id])
    assert {each.id for each in found} == {first.id, second.id}
    assert names[first.id].application_number == first.number


async def test_nobody_but_the_office_finds_any(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    async with world.viewing(actor_of(judged.judges[0])) as view:
        assert await named_cases.of(view, [judged.cases[0].id]) == {}
        assert await named_cases.filed(view, judged.campaign.id, [judged.cases[0].id], []) == []
