"""Nominees: read several at once, each with the award that is asked for."""

from dataclasses import replace

from app.models.enums import Role
from app.services.handover import nominees
from tests.world import World, actor_of
from tests.world.commending import award
from tests.world.handover import nominating
from tests.world.statements import Counting


async def test_several_are_read_by_one_statement_each_with_the_award_that_is_asked_for(world: World) -> None:
    place = await nominating(world)
    one, other = place.cases[0], await place.case()
    second = await place.award(one, kind="another_kind")
    bare = await place.case(awarded=False)
    async with world.viewing(actor_of(await world.account(Role.OFFICE))) as view:
        await nominees.read(view, {one: None})  # parses the campaign's settings, once per process
        counting = Counting(view.reader)
        found = await nominees.read(replace(view, reader=counting), {one: second.id, other: None, bare: None})
    assert counting.count == 1
    first_of_other = next(each.id for each in place.awards if each.application_id == other)
    assert {each: found[each].row.award_id for each in found} == {one: second.id, other: first_of_other, bare: None}
    assert [found[each].facts.awarded for each in (one, other, bare)] == [True, True, False]


async def test_an_award_is_of_a_case_or_of_none(world: World) -> None:
    place = await nominating(world)
    committee = place.district.committee
    body = {"to_committee_id": committee.id, "to_committee_name": committee.name, "kind": "good_committee"}
    of_committee = await award(world, place.commendation, **body)
    async with world.viewing(actor_of(await world.account(Role.OFFICE))) as view:
        found = [await nominees.of_award(view, each.id) for each in (place.awards[0], of_committee)]
    assert found == [place.cases[0], None]
