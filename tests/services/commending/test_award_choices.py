import asyncio

import pytest

from app.problems import RulesViolated, WrongState
from app.services.commending import award_choices, commendations
from app.services.commending.award_choices import ByCount
from app.services.history import change_state
from app.services.policies.commending.commendations import PUBLICISE
from tests.world import World, actor_of
from tests.world.commending import Commending, commending

THREE = ((1, 90.0), (2, 85.0), (3, 80.0))


@pytest.fixture
async def place(world: World) -> Commending:
    return await commending(world, *THREE)


def best(place: Commending, count: int) -> ByCount:
    return ByCount(basis="count", kind="excellent_case", round_id=place.round.id, count=count)


async def propose(place: Commending, body: ByCount) -> int:
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        return len(await award_choices.propose(ctx, place.commendation.id, body))


async def test_who_proposes_while_another_publicises_comes_too_late(place: Commending) -> None:
    await propose(place, best(place, 1))

    async def publicise() -> None:
        async with place.world.acting(actor_of(place.clerk)) as ctx:
            commendation = await commendations.get(ctx, place.commendation.id)
            late = asyncio.create_task(propose(place, best(place, 3)))
            await asyncio.sleep(0.1)  # it waits for the lock by now
            change_state(ctx, commendation, PUBLICISE, publicised_at=ctx.now)
            pending.append(late)

    pending: list[asyncio.Task[int]] = []
    await publicise()
    with pytest.raises(WrongState):
        await pending[0]
    assert len(await place.awards()) == 1


async def test_every_award_has_a_trace_and_the_choice_one_of_its_own(place: Commending) -> None:
    await propose(place, best(place, 2))
    listed = await place.by_office.get("/api/v1/audit-events", params={"campaign_id": str(place.campaign.id)})
    assert [event["action"] for event in listed.json()["items"]] == [
        "award.proposed",
        "award.proposed",
        "commendation.awards_proposed",
    ]
    events = listed.json()["items"]
    assert events[2]["data"] | {"changed": None} == {
        "changed": None,
        "from": "draft",
        "to": "draft",
        "basis": "count",
        "kind": "excellent_case",
        "grade": None,
        "added": 2,
    }


async def test_all_that_stands_in_the_way_is_told_at_once(place: Commending) -> None:
    body = best(place, 9).model_copy(update={"kind": "advanced_committee", "grade": "first"})
    with pytest.raises(RulesViolated) as refused:
        await propose(place, body)
    assert [finding.rule.code for finding in refused.value.findings] == [
        "wrong_recipient",
        "unknown_grade",
        "too_few_ranked",
    ]
    assert await place.awards() == []
