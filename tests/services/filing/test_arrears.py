from app.models.enums import Role
from app.services.filing import arrears
from app.services.policies.filing import arrears as policy
from app.services.policies.filing.progress import Counts
from tests.world import NOW, World
from tests.world.filing import district


async def test_units_without_a_committee_owe_no_plan_and_no_number_together(world: World) -> None:
    place = await district(world, direct=True)
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        assert (await arrears.search(view, place.campaign.id, after=None, limit=10)).rows == []
    await place.complete()
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        [one] = (await arrears.search(view, place.campaign.id, after=None, limit=10)).rows
    assert one.arrears.in_words == "草稿未提交1件"


async def test_a_merged_committee_owes_nothing_and_its_cases_count_for_its_successor(world: World) -> None:
    here = await district(world)
    there = await district(world, here.campaign)
    await here.filed(2)
    await world.put(here.committee, retired_at=NOW, successor_id=there.committee.id)
    async with world.viewing(here.actors[Role.OFFICE]) as view:
        [one] = (await arrears.search(view, here.campaign.id, after=None, limit=10)).rows
    assert (one.contact.id, one.arrears.in_words) == (there.committee.id, "未报送实施计划")


def test_what_is_owed_is_said_in_the_order_of_the_year() -> None:
    counts = Counts(drafted=1, submitted=2, sealed=3, out_for_correction=4, standing=1)
    assert policy.in_words(counts, 1, 1, plan=True) == (
        "未报送实施计划；已上报1件，距最低2件还差1件；草稿未提交1件；已提交未盖章2件；已盖章未上报3件；退回补正未重报4件"
    )
    assert not policy.owes(Counts(standing=2, accepted=2), 0, plan=False)
