from app.services.filing import decisions
from app.services.policies.filing.decisions import EVENTS, TITLES
from app.services.policies.filing.decisions import number_of as number
from tests.scenarios.steps import done
from tests.world import World, actor_of
from tests.world.filing import district


async def test_a_decision_keeps_its_number_on_whichever_page_it_is_read(world: World) -> None:
    place = await district(world)
    case, _ = await place.filed(2)
    href = f"/api/v1/applications/{case}"
    for _ in range(2):
        done(await place.by_office.post(f"{href}/acceptance"))
        done(await place.by_office.post(f"{href}/check-reversal", json={"reason": "误点。"}))
    found = []
    async with world.viewing(actor_of(place.member)) as view:
        after = None
        for _ in range(4):
            page = await decisions.search(view, case, after=after, limit=1)
            found += [await decisions.described(view, row) for row in page.rows]
            after = page.next_id
    assert after is None
    told = [each for each, _ in found]
    assert [each.number for each in told] == [number(told[0].application_number, place) for place in (1, 2, 3, 4)]
    assert [bool(each.withdrawn_at) for each in told] == [True, False, True, False]
    assert told[1].before == told[0].number


def test_each_decision_has_a_title() -> None:
    assert set(EVENTS.values()) == TITLES.keys()
