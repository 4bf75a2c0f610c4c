"""Answers of the municipal office: its alone to give, and each kept once."""

from typing import Any
from uuid import UUID

import pytest

from app.context import Actor
from app.models.enums import AnswerKind, Role
from app.problems import Forbidden, NotFound, RulesViolated
from app.services import jobs
from app.services.handover import answers, nominations
from app.services.handover.answers import AnswerCreate
from tests.world import World
from tests.world.handover import Nominating, granted, nominating


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world)


async def municipal(place: Nominating) -> Actor:
    account = await place.world.account(Role.MUNICIPAL)
    await granted(place.world, account, place.campaign)
    return Actor(account.id, Role.MUNICIPAL, account.name)


def received(nomination: dict[str, Any], **values: Any) -> AnswerCreate:
    plain = {"reference": "A-1", "kind": AnswerKind.RECEIVED, "payload_digest": nomination["payload_digest"]}
    return AnswerCreate(**(plain | values))


async def test_an_answer_given_again_is_the_one_that_is_kept(place: Nominating) -> None:
    made, actor = await place.nominated(), await municipal(place)
    given = []
    for _ in range(2):
        async with place.world.acting(actor) as ctx:
            given.append(await answers.give(ctx, UUID(made["id"]), received(made)))
    (first, new), (again, new_again) = given
    assert (first, new, new_again) == (again, True, False)
    with pytest.raises(RulesViolated):
        async with place.world.acting(actor) as ctx:
            await answers.give(ctx, UUID(made["id"]), received(made, text="收到。"))


async def test_only_the_municipal_office_answers_and_a_refused_answer_moves_nothing(place: Nominating) -> None:
    made = await place.nominated()
    with pytest.raises(Forbidden):
        async with place.world.acting(jobs.SYSTEM) as ctx:
            await answers.give(ctx, UUID(made["id"]), received(made))
    async with place.world.viewing(jobs.SYSTEM) as view:
        assert (await answers.search(view, UUID(made["id"]), after=None, limit=1)).total == 0
        assert (await nominations.read(view, UUID(made["id"]))).row.status == "prepared"


async def test_nobody_else_learns_that_there_is_a_nomination_to_answer(place: Nominating) -> None:
    made = await place.nominated()
    sibling = await place.world.unit(place.district.committee)
    async with place.world.viewing(Actor(None, Role.UNIT, "邻居", unit_id=sibling.id)) as view:
        with pytest.raises(NotFound):
            await answers.search(view, UUID(made["id"]), after=None, limit=1)
