import asyncio

import pytest
from sqlalchemy import select

from app.context import ANONYMOUS
from app.models import AuditEvent
from app.models.enums import AwardStatus, CommendationStatus
from app.problems import WrongState
from app.services.commending import commendations, publications
from app.services.commending.commendations import CommendationEdit
from tests.world import World, actor_of
from tests.world.commending import Commending, commending
from tests.world.statements import noted

TWO = ((1, 90.0), (2, 80.0))


@pytest.fixture
async def place(world: World) -> Commending:
    """A draft with two awards."""
    place = await commending(world, *TWO)
    for case in range(2):
        await place.award(case)
    return place


async def edit(place: Commending, title: str) -> None:
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        await commendations.edit(ctx, place.commendation.id, CommendationEdit(title=title), None)


async def test_a_deleted_draft_takes_its_awards_along_and_leaves_their_traces(place: Commending) -> None:
    ids = await place.its_awards()
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        await commendations.delete(ctx, place.commendation.id, None)
    assert await place.awards() == []
    async with place.world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id))).all()
    traces = {(event.action, event.subject_id) for event in events}
    assert traces == {
        *(("award.deleted", award_id) for award_id in ids),
        ("commendation.deleted", place.commendation.id),
    }


async def test_an_edit_that_waits_for_the_publicity_comes_too_late(place: Commending) -> None:
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        await publications.publicise(ctx, place.commendation.id)
        late = asyncio.create_task(edit(place, "另一标题"))
        await asyncio.sleep(0.1)  # it waits for the lock by now
        assert not late.done()
    with pytest.raises(WrongState):
        await late
    async with place.world.viewing(ANONYMOUS) as view:
        record = await commendations.read(view, place.commendation.id)
    assert (record.row.title, record.row.award_count) == (place.commendation.title, 2)


async def test_only_the_office_gets_the_facts_of_the_rules(place: Commending) -> None:
    await place.stands(CommendationStatus.PUBLICISED, AwardStatus.HELD)
    async with place.world.viewing(actor_of(place.clerk)) as view:
        office = await commendations.read(view, place.commendation.id)
    async with place.world.viewing(ANONYMOUS) as view:
        public = await commendations.read(view, place.commendation.id)
    assert office.facts is not None
    assert [award.status for award in office.facts.awards] == [AwardStatus.HELD, AwardStatus.HELD]
    assert (office.row.open_objections, public.row.open_objections) == (0, None)
    assert (public.facts, list(public.actions)) == (None, [])


async def test_a_list_costs_one_statement_however_long_it_is(place: Commending) -> None:
    for _ in range(5):
        await place.draft()
    async with place.world.viewing(actor_of(place.clerk)) as view:
        with noted(place.world.database) as statements:
            page = await commendations.search(view, after=None, limit=10, campaign_id=place.campaign.id, status=None)
    assert (page.total, len(page.rows), len(statements)) == (6, 6, 1)
