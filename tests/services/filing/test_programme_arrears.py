from app.context import View
from app.models import Programme
from app.models.enums import Role
from app.services.filing import programme_arrears
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.statements import noted

SAID = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}


async def test_committees_are_paged_by_code_with_so_many_statements_whatever_their_number(world: World) -> None:
    """A page goes on behind a committee that owes nothing any more."""
    programme = Programme(title="征集活动", year=2015, settings=SAID)
    campaign = await world.campaign(minimum_filed=1)
    await world.add(programme)
    await world.put(campaign, programme_id=programme.id, position=1)
    places = [await district(world, campaign, code=code) for code in "ABC"]
    clerk = actor_of(await world.account(Role.OFFICE))

    async def codes(view: View, **page: object) -> list[str | None]:
        found = await programme_arrears.search(view, programme.id, **({"after": None, "limit": 9} | page))  # type: ignore[arg-type]
        return [each.arrears.row.committee_code for each in found.rows]

    async with world.viewing(clerk) as view:
        assert await codes(view) == ["A", "B", "C"]
        with noted(world.database) as sent:
            assert await codes(view) == ["A", "B", "C"]
        few = len(sent)
        assert await codes(view, after=places[0].committee.id, limit=1) == ["B"]
    await world.put(places[1].committee, direct=True)
    await district(world, campaign, code="D")
    async with world.viewing(clerk) as view:
        with noted(world.database) as sent:
            assert await codes(view) == ["A", "C", "D"]
        assert len(sent) == few
        assert await codes(view, after=places[1].committee.id, limit=1) == ["C"]
