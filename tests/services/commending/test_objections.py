import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from app.context import Actor
from app.models import AuditEvent, Award, Objection
from app.models.enums import AwardStatus, ObjectionStatus, Role
from app.problems import Forbidden, NotFound, Problem, WrongState
from app.services.commending import objections, publications
from app.services.commending.objections import ObjectionAnswer, ObjectionCreate
from tests.world import PLENTY, World, actor_of
from tests.world.commending import Commending, commending
from tests.world.statements import noted

REJECTED, UPHELD = ObjectionStatus.REJECTED, ObjectionStatus.UPHELD


@pytest.fixture
async def place(world: World) -> Commending:
    """Two awards that are being publicised."""
    place = await commending(world, (1, 90.0), (2, 80.0))
    for case in range(2):
        await place.award(case)
    async with world.acting(actor_of(place.clerk)) as ctx:
        await publications.publicise(ctx, place.commendation.id)
    return place


async def somebody(place: Commending) -> Actor:
    return actor_of(await place.world.account(Role.UNIT, unit=place.units[1]))


async def lodge(place: Commending, actor: Actor, award_id: UUID) -> UUID:
    async with place.world.acting(actor) as ctx:
        body = ObjectionCreate(award_id=award_id, text="与实际不符")
        return await objections.lodge(ctx, place.commendation.id, body, PLENTY)


async def answer(place: Commending, objection_id: UUID, status: ObjectionStatus, actor: Actor | None = None) -> str:
    body = ObjectionAnswer.model_validate({"status": status, "answer": "已核查"})
    try:
        async with place.world.acting(actor or actor_of(place.clerk)) as ctx:
            await objections.answer(ctx, objection_id, body)
    except Problem as refused:
        return refused.code()
    return "done"


async def award_of(place: Commending, award_id: UUID) -> Award:
    async with place.world.database.transaction() as session:
        return await session.get_one(Award, award_id)


async def test_an_award_stands_again_when_its_last_objection_is_found_unfounded(place: Commending) -> None:
    award_id, other_id = await place.its_awards()
    first, second = [await lodge(place, await somebody(place), award_id) for _ in range(2)]
    statuses = []
    for objection_id in (first, second):
        statuses.append((await award_of(place, award_id)).status)
        assert await answer(place, objection_id, REJECTED) == "done"
    statuses.append((await award_of(place, award_id)).status)
    assert statuses == [AwardStatus.HELD, AwardStatus.HELD, AwardStatus.PROPOSED]
    assert (await award_of(place, other_id)).version == 1
    assert await answer(place, first, UPHELD) == "wrong-state"


@pytest.mark.parametrize("later", [REJECTED, UPHELD])
async def test_an_award_that_was_dropped_stays_so_whatever_is_answered_to_the_others(
    place: Commending, later: ObjectionStatus
) -> None:
    award_id, _ = await place.its_awards()
    first, second = [await lodge(place, await somebody(place), award_id) for _ in range(2)]
    assert await answer(place, first, UPHELD) == "done"
    dropped = await award_of(place, award_id)
    assert await answer(place, second, later) == "done"
    after = await award_of(place, award_id)
    assert (dropped.status, after.status, after.version) == (AwardStatus.DROPPED, AwardStatus.DROPPED, dropped.version)


async def test_each_step_is_in_the_history_of_the_objection_and_of_the_award(place: Commending) -> None:
    award_id, _ = await place.its_awards()
    objection_id = await lodge(place, await somebody(place), award_id)
    await answer(place, objection_id, REJECTED)
    async with place.world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id))).all()
    traces = [(event.action, event.subject_id, event.actor_role.value) for event in events[1:]]
    assert traces == [
        ("objection.raised", objection_id, "unit"),
        ("award.held", award_id, "unit"),
        ("objection.rejected", objection_id, "office"),
        ("award.released", award_id, "office"),
    ]
    assert not [event for event in events if "与实际不符" in str(event.data)]


async def test_ten_who_object_at_once_are_all_heard(place: Commending) -> None:
    award_id, _ = await place.its_awards()
    people = [await somebody(place) for _ in range(10)]
    ids = await asyncio.gather(*[lodge(place, each, award_id) for each in people])
    assert len(set(ids)) == 10
    held = await award_of(place, award_id)
    assert (held.status, held.version) == (AwardStatus.HELD, 2)


async def test_of_two_answers_at_once_one_counts(place: Commending) -> None:
    award_id, _ = await place.its_awards()
    objection_id = await lodge(place, await somebody(place), award_id)
    found = await asyncio.gather(*[answer(place, objection_id, each) for each in (REJECTED, UPHELD)])
    assert sorted(found) == ["done", "wrong-state"]
    async with place.world.database.transaction() as session:
        objection = await session.get_one(Objection, objection_id)
    assert (await award_of(place, award_id)).status == ("proposed" if objection.status is REJECTED else "dropped")


async def test_two_answers_to_two_objections_at_once_release_the_award(place: Commending) -> None:
    award_id, _ = await place.its_awards()
    ids = [await lodge(place, await somebody(place), award_id) for _ in range(2)]
    assert await asyncio.gather(*[answer(place, each, REJECTED) for each in ids]) == ["done", "done"]
    assert (await award_of(place, award_id)).status is AwardStatus.PROPOSED


async def test_only_the_office_answers_and_others_see_their_own_alone(place: Commending) -> None:
    award_id, _ = await place.its_awards()
    mine, stranger = await somebody(place), await somebody(place)
    objection_id = await lodge(place, mine, award_id)
    assert await answer(place, objection_id, REJECTED, mine) == Forbidden.code()
    assert await answer(place, objection_id, REJECTED, stranger) == NotFound.code()
    async with place.world.viewing(stranger) as view:
        with pytest.raises(NotFound):
            await objections.read(view, objection_id)
        page = await objections.search(view, place.commendation.id, status=None, after=None, limit=10)
        assert (page.rows, page.total) == ([], 0)
    async with place.world.viewing(mine) as view:
        assert (await objections.read(view, objection_id)).row.text == "与实际不符"


async def test_nobody_objects_to_a_draft_nor_to_what_is_published(world: World, place: Commending) -> None:
    draft = await place.draft()
    award = await place.award(0, commendation_id=draft.id, kind="innovation")
    unit = await somebody(place)
    body = ObjectionCreate(award_id=award.id, text="与实际不符")
    for actor, refusal in ((unit, NotFound), (actor_of(place.clerk), WrongState)):
        with pytest.raises(refusal):
            async with world.acting(actor) as ctx:
                await objections.lodge(ctx, draft.id, body, PLENTY)


async def test_a_list_costs_the_same_whatever_its_length(place: Commending) -> None:
    award_id, _ = await place.its_awards()
    counts = []
    for _ in range(2):
        for _ in range(3):
            await lodge(place, await somebody(place), award_id)
        async with place.world.viewing(actor_of(place.clerk)) as view:
            with noted(place.world.database) as statements:
                await objections.search(view, place.commendation.id, status=None, after=None, limit=100)
        counts.append(len(statements))
    assert counts[0] == counts[1]
