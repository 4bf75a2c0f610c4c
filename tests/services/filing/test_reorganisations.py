"""A unit is moved, and nothing of it is left between two committees."""

import asyncio
from collections import Counter
from uuid import UUID

from sqlalchemy import select, text

from app.doctor import INVARIANTS
from app.models import Application, Unit
from app.models.enums import Role
from app.problems import RulesViolated
from app.services.filing import applications, filings, reorganisations
from app.services.filing.applications import ApplicationCreate
from app.services.filing.filings import FilingCreate
from app.services.filing.reorganisations import CommitteeMerger, UnitMove
from tests.world import PLENTY, World, actor_of
from tests.world.filing import District, district
from tests.world.judging import outcome


async def test_a_move_races_with_a_filing_and_with_what_is_begun(world: World) -> None:
    """Everything is filed where it was, or nothing; and what is begun is begun where the unit is."""
    here = await district(world)
    there = await district(world, here.campaign)
    sealed = [await here.sealed() for _ in range(2)]
    actors = here.actors
    body = FilingCreate(campaign_id=here.campaign.id, application_ids=sealed)
    moving = UnitMove(committee_id=there.committee.id, reason="区划调整")
    blank = ApplicationCreate(campaign_id=here.campaign.id)
    outcomes = await asyncio.gather(
        *(begun(world, here, blank) for _ in range(3)),
        outcome(world, actors[Role.COMMITTEE], lambda ctx: filings.file(ctx, body)),
        outcome(world, actors[Role.OFFICE], lambda ctx: reorganisations.move_unit(ctx, here.unit.id, moving)),
        *(begun(world, here, blank) for _ in range(3)),
    )
    filed, moved = outcomes[3], outcomes[4]
    assert moved == "done"
    assert filed in {"done", "rules-violated"}
    places = await where(world, here.unit.id)
    stayed = {here.committee.id} if filed == "done" else {there.committee.id}
    assert {places[each] for each in sealed} == stayed
    assert {place for each, place in places.items() if each not in sealed} <= {there.committee.id}
    assert await broken(world) == {}


async def test_two_committees_merged_into_each_other_end_as_one(world: World) -> None:
    here = await district(world)
    there = await district(world, here.campaign)
    office = here.actors[Role.OFFICE]
    pairs = [(here.committee.id, there.committee.id), (there.committee.id, here.committee.id)]

    async def merge(left: UUID, into: UUID) -> str:
        body = CommitteeMerger(successor_id=into, reason="机构改革")
        return await outcome(world, office, lambda ctx: reorganisations.merge(ctx, left, body))

    outcomes = Counter(await asyncio.gather(*(merge(*pair) for pair in pairs)))
    assert outcomes == {"done": 1, "rules-violated": 1}
    async with world.database.transaction() as session:
        places = set(await session.scalars(select(Unit.committee_id)))
    assert len(places) == 1
    assert await broken(world) == {}


async def begun(world: World, place: District, body: ApplicationCreate) -> str:
    """Begin an application as the unit was when it signed in."""
    try:
        async with world.acting(actor_of(place.member)) as ctx:
            await applications.begin(ctx, body, PLENTY)
    except Exception as error:  # noqa: BLE001  # the database's refusal is answered as a conflict
        return "refused" if "of_its_units_committee" in str(error) or isinstance(error, RulesViolated) else str(error)
    return "done"


async def where(world: World, unit_id: UUID) -> dict[UUID, UUID]:
    async with world.database.transaction() as session:
        rows = await session.execute(
            select(Application.id, Application.committee_id).where(Application.unit_id == unit_id)
        )
        return {row.id: row.committee_id for row in rows}


async def broken(world: World) -> dict[str, list[str]]:
    """The promises about places that the doctor finds broken."""
    async with world.database.transaction() as session:
        found = {
            sentence: [str(each) for each in await session.scalars(text(statement))]
            for sentence, statement in INVARIANTS.items()
            if "committee" in sentence
        }
    return {sentence: ids for sentence, ids in found.items() if ids}
