import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.context import Actor, Context
from app.models import AuditEvent, Award, Commendation, Objection
from app.models.enums import AwardStatus, ObjectionStatus, Role
from app.problems import Problem, RulesViolated
from app.services.commending import objections, publications
from app.services.commending.objections import ObjectionAnswer, ObjectionCreate
from app.services.commending.publications import PublicationCreate
from app.services.filing.campaigns import template
from tests.world import PLENTY, ZONE, World, actor_of
from tests.world.commending import Commending, commending

THREE = ((1, 90.0), (2, 80.0), (3, 70.0))
ENDS = datetime(2015, 4, 29, tzinfo=ZONE)
"""Five working days after the Tuesday on which every test begins."""


@pytest.fixture
async def place(world: World) -> Commending:
    """A draft with three awards."""
    place = await commending(world, *THREE)
    for case in range(3):
        await place.award(case)
    return place


async def at(place: Commending, moment: datetime) -> None:
    place.world.database.clock.stopped_at = moment


async def outcome(place: Commending, act: Callable[[Context], Awaitable[Any]], actor: Actor | None = None) -> str:
    """The result of the act in a transaction of its own: `done`, the codes of the findings, or the problem."""
    try:
        async with place.world.acting(actor or actor_of(place.clerk)) as ctx:
            await act(ctx)
    except RulesViolated as refused:
        return " ".join(finding.rule.code for finding in refused.findings)
    except Problem as refused:
        return refused.code()
    return "done"


def publicise(commendation_id: UUID) -> Callable[[Context], Awaitable[None]]:
    return lambda ctx: publications.publicise(ctx, commendation_id)


def publish(commendation_id: UUID, sequence: int | None = None) -> Callable[[Context], Awaitable[None]]:
    return lambda ctx: publications.publish(ctx, commendation_id, PublicationCreate(document_sequence=sequence))


def object_to(award: Award) -> Callable[[Context], Awaitable[UUID]]:
    body = ObjectionCreate(award_id=award.id, text="与实际不符")
    return lambda ctx: objections.lodge(ctx, award.commendation_id, body, PLENTY)


async def rows(place: Commending, model: Any, *where: Any) -> list[Any]:
    async with place.world.database.transaction() as session:
        return list((await session.scalars(select(model).where(*where).order_by(model.id))).all())


async def commendation(place: Commending) -> Commendation:
    [row] = await rows(place, Commendation, Commendation.id == place.commendation.id)
    return row  # type: ignore[no-any-return]  # rows of any model


async def second(place: Commending, *cases: int) -> Commendation:
    """Another commendation of the campaign with awards for these cases, of a kind of their own."""
    draft = await place.draft()
    for case in cases:
        await place.award(case, commendation_id=draft.id, kind="innovation")
    return draft


async def test_a_window_runs_for_the_campaigns_working_days(place: Commending) -> None:
    id_ = place.commendation.id
    assert await outcome(place, publicise(id_)) == "done"
    row = await commendation(place)
    assert (str(row.publicity_first_on), str(row.publicity_last_on)) == ("2015-04-22", "2015-04-28")
    assert row.publicity_ends_at == ENDS
    assert await outcome(place, publicise(id_)) == "wrong-state"
    await at(place, ENDS - timedelta(microseconds=1))
    assert await outcome(place, publish(id_)) == "publicity_running"
    await at(place, ENDS)
    assert await outcome(place, publish(id_)) == "done"
    assert await outcome(place, publish(id_)) == "wrong-state"


async def test_nothing_empty_and_nothing_unread_is_publicised(world: World) -> None:
    place = await commending(world, *THREE)
    assert await outcome(place, publicise(place.commendation.id)) == "no_awards"
    await place.award(0, public_summary="")
    assert await outcome(place, publicise(place.commendation.id)) == "summary_missing"
    assert await outcome(place, publish(place.commendation.id)) == "wrong-state"


async def test_where_no_days_are_set_publication_follows_at_once(world: World) -> None:
    no_days = template("lubei-2015")["commendation"] | {"publicity_days": 0}
    place = await commending(world, *THREE, campaign=await world.campaign(commendation=no_days))
    award = await place.award()
    assert await outcome(place, publicise(place.commendation.id)) == "done"
    unit = actor_of(await world.account(Role.UNIT, unit=place.units[1]))
    assert await outcome(place, object_to(award), unit) == "publicity_over"
    assert await outcome(place, publish(place.commendation.id)) == "done"


async def test_publication_numbers_the_notice_and_every_award_that_stands(place: Commending) -> None:
    await place.award(2, status=AwardStatus.DROPPED)
    await outcome(place, publicise(place.commendation.id))
    await at(place, ENDS)
    assert await outcome(place, publish(place.commendation.id)) == "done"
    row = await commendation(place)
    assert (row.document_number, row.published_at) == ("路北文明办〔2015〕1号", ENDS)
    awards = await rows(place, Award)
    given = [(each.status.value, each.certificate_number, each.awarded_at) for each in awards]
    assert given == [
        *(("awarded", f"路北文明创建〔2015〕第{number}号", ENDS) for number in (1, 2, 3)),
        ("dropped", None, None),
    ]
    assert len({each.verification_code for each in awards}) == 4
    assert awards[3].verification_code is None


async def test_every_award_leaves_a_trace_of_its_own_in_the_transaction_of_its_publication(place: Commending) -> None:
    await outcome(place, publicise(place.commendation.id))
    await at(place, ENDS)
    await outcome(place, publish(place.commendation.id))
    events = await rows(place, AuditEvent)
    assert [event.action for event in events] == [
        "commendation.publicised",
        "commendation.published",
        *["award.awarded"] * 3,
    ]
    assert len({event.request_id for event in events[1:]}) == 1
    assert {event.subject_id for event in events[2:]} == {award.id for award in await rows(place, Award)}
    assert [event.data["certificate_number"] for event in events[2:]] == [
        f"路北文明创建〔2015〕第{number}号" for number in (1, 2, 3)
    ]
    codes = [award.verification_code for award in await rows(place, Award)]
    assert not [code for code in codes for event in events if code in str(event.data)]


async def test_the_year_is_the_one_it_is_in_the_campaigns_time_zone(place: Commending) -> None:
    await outcome(place, publicise(place.commendation.id))
    await at(place, datetime(2016, 1, 1, tzinfo=ZONE))
    assert await outcome(place, publish(place.commendation.id)) == "done"
    assert (await commendation(place)).document_number == "路北文明办〔2016〕1号"


async def test_the_offices_own_number_is_taken_once_and_followed(place: Commending) -> None:
    others = [await second(place, 0), await second(place, 1)]
    for draft in (place.commendation, *others):
        assert await outcome(place, publicise(draft.id)) == "done"
    await at(place, ENDS)
    assert await outcome(place, publish(place.commendation.id, 12)) == "done"
    assert await outcome(place, publish(others[0].id, 12)) == "number_taken"
    assert await outcome(place, publish(others[0].id)) == "done"
    assert await outcome(place, publish(others[1].id, 7)) == "done"
    numbers = [row.document_number for row in await rows(place, Commendation)]
    assert numbers == [f"路北文明办〔2015〕{number}号" for number in (12, 13, 7)]


async def test_nothing_is_published_that_somebody_objects_to(place: Commending) -> None:
    await outcome(place, publicise(place.commendation.id))
    award = (await rows(place, Award))[0]
    assert await outcome(place, object_to(award)) == "done"
    assert await outcome(place, publish(place.commendation.id)) == "publicity_running objections_open awards_held"
    await at(place, ENDS)
    assert await outcome(place, publish(place.commendation.id)) == "objections_open awards_held"
    assert [each.status for each in await rows(place, Award)] == ["held", "proposed", "proposed"]


async def test_of_an_objection_and_a_publication_at_one_instant_one_is_refused(place: Commending) -> None:
    ids = [place.commendation.id, *[(await second(place, case)).id for case in range(3)]]
    for commendation_id in ids:
        assert await outcome(place, publicise(commendation_id)) == "done"
    await at(place, ENDS)
    for turn, commendation_id in enumerate(ids):
        award = (await rows(place, Award, Award.commendation_id == commendation_id))[0]
        acts = [outcome(place, publish(commendation_id)), outcome(place, object_to(award))]
        found = await asyncio.gather(*(acts if turn % 2 else acts[::-1]))
        published, objected = found if turn % 2 else found[::-1]
        assert (published, objected) in {("done", "wrong-state"), ("objections_open awards_held", "done")}
        [award] = await rows(place, Award, Award.id == award.id)
        assert award.status == ("awarded" if published == "done" else "held")


async def test_a_publication_waits_for_the_objection_of_the_last_moment(place: Commending) -> None:
    await outcome(place, publicise(place.commendation.id))
    award = (await rows(place, Award))[0]
    unit = actor_of(await place.world.account(Role.UNIT, unit=place.units[1]))
    await at(place, ENDS - timedelta(milliseconds=1))
    async with place.world.acting(unit) as ctx:
        await object_to(award)(ctx)
        await at(place, ENDS)
        waiting = asyncio.create_task(outcome(place, publish(place.commendation.id)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert await waiting == "objections_open awards_held"


async def test_of_five_publications_at_once_one_has_an_effect(place: Commending) -> None:
    await outcome(place, publicise(place.commendation.id))
    await at(place, ENDS)
    found = await asyncio.gather(*[outcome(place, publish(place.commendation.id)) for _ in range(5)])
    assert sorted(found) == ["done", *["wrong-state"] * 4]
    events = await rows(place, AuditEvent)
    assert [event.action for event in events].count("award.awarded") == 3
    numbers = [award.certificate_number for award in await rows(place, Award)]
    assert numbers == [f"路北文明创建〔2015〕第{number}号" for number in (1, 2, 3)]


async def test_commendations_published_at_once_are_numbered_without_gap_or_double(place: Commending) -> None:
    elsewhere = await commending(place.world, *THREE, campaign=await place.world.campaign(year=2016))
    for case in range(3):
        await elsewhere.award(case)
    drafts = [place.commendation, *[await second(place, case) for case in range(3)], elsewhere.commendation]
    for draft in drafts:
        assert await outcome(place, publicise(draft.id)) == "done"
    await at(place, ENDS)
    assert await asyncio.gather(*[outcome(place, publish(draft.id)) for draft in drafts]) == ["done"] * 5
    documents = {row.document_number for row in await rows(place, Commendation)}
    assert documents == {f"路北文明办〔2015〕{number}号" for number in range(1, 6)}
    certificates = [row.certificate_number for row in await rows(place, Award)]
    assert set(certificates) == {f"路北文明创建〔2015〕第{number}号" for number in range(1, 10)}
    assert len(certificates) == 9


async def test_an_upheld_objection_takes_an_award_out_of_the_publication(place: Commending) -> None:
    await outcome(place, publicise(place.commendation.id))
    award = (await rows(place, Award))[1]
    await outcome(place, object_to(award))
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        [objection] = (await ctx.session.scalars(select(Objection.id))).all()
        await objections.answer(ctx, objection, ObjectionAnswer(status=ObjectionStatus.UPHELD, answer="经查属实"))
    await at(place, ENDS)
    assert await outcome(place, publish(place.commendation.id)) == "done"
    given = [(each.status.value, each.certificate_number) for each in await rows(place, Award)]
    assert given == [
        ("awarded", "路北文明创建〔2015〕第1号"),
        ("dropped", None),
        ("awarded", "路北文明创建〔2015〕第2号"),
    ]
