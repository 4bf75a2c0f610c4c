import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.api.http.problems import problem_of
from app.context import Actor
from app.models import Application, ApplicationListing, Committee, Unit
from app.models.enums import Language, Role
from app.problems import RulesViolated, StaleVersion
from app.services.people import committees, units, vocabularies
from app.services.people.committees import CommitteeChange, CommitteeCreate
from app.services.people.units import UnitChange, UnitCreate
from app.services.people.vocabularies import VocabularyReplacement
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL, NOTICE, Word, Words
from tests.world import PLENTY, World, actor_of

LEVELS, KINDS = NOTICE[HONOUR_LEVEL], NOTICE[COMMITTEE_KIND]
CAMPUS = Word(code="campus", label="文明校园")
UNIVERSITY = Word(code="university", label="高校党（工）委")
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
async def office(world: World) -> Actor:
    return actor_of(await world.account(Role.OFFICE))


async def replace(world: World, office: Actor, name: str, words: Iterable[Word], version: int | None = None) -> None:
    async with world.acting(office) as ctx:
        await vocabularies.replace(ctx, name, VocabularyReplacement(words=list(words)), version)


async def codes(world: World, office: Actor, name: str) -> list[str]:
    async with world.viewing(office) as view:
        return [word.code for word in await vocabularies.words(view, name)]


async def until_somebody_waits(world: World) -> None:
    async with world.database.engine.connect() as connection:
        while not await connection.scalar(WAITING):
            await connection.rollback()


async def rank_of(world: World, application: Application, name: str = HONOUR_LEVEL) -> int:
    column = {HONOUR_LEVEL: ApplicationListing.honour_rank, COMMITTEE_KIND: ApplicationListing.kind_rank}[name]
    ranks = select(column).where(ApplicationListing.application_id == application.id)
    async with world.database.engine.connect() as connection:
        return (await connection.scalars(ranks)).one()


def unit_of(committee_id: UUID) -> UnitCreate:
    return UnitCreate(name="理工大学", honour_level="campus", committee_id=committee_id)


async def test_two_offices_at_once_replace_a_vocabulary_one_after_the_other(world: World, office: Actor) -> None:
    words = [[*LEVELS, Word(code=f"level_{number}", label=f"称号{number}")] for number in range(4)]
    results = await asyncio.gather(
        *(replace(world, office, HONOUR_LEVEL, each, 0) for each in words), return_exceptions=True
    )
    assert Counter(type(each) for each in results) == {type(None): 1, StaleVersion: 3}
    assert len(await codes(world, office, HONOUR_LEVEL)) == len(LEVELS) + 1


async def test_a_removal_waits_for_who_takes_the_word_and_is_refused_then(world: World, office: Actor) -> None:
    committee = await world.committee()
    await replace(world, office, HONOUR_LEVEL, [CAMPUS, *LEVELS])
    async with world.acting(office) as ctx:
        await units.register(ctx, unit_of(committee.id), PLENTY)
        await ctx.flush()
        removal = asyncio.create_task(replace(world, office, HONOUR_LEVEL, LEVELS))
        await until_somebody_waits(world)
    with pytest.raises(RulesViolated) as refused:
        await removal
    assert [(each.rule.code, each.params) for each in refused.value.findings] == [
        ("word_used", {"word": "campus", "holder": Role.UNIT, "count": 1, "campaigns": 0})
    ]


@pytest.mark.parametrize(
    ("name", "words", "pointer"),
    [(HONOUR_LEVEL, LEVELS, "/honour_level"), (COMMITTEE_KIND, KINDS, "/kind")],
)
async def test_who_takes_a_word_that_is_removed_meanwhile_is_refused_at_its_place(
    world: World, office: Actor, name: str, words: Words, pointer: str
) -> None:
    """The database decides: what was read of the vocabulary before does not count."""
    committee = await world.committee()
    more: dict[str, Word] = {HONOUR_LEVEL: CAMPUS, COMMITTEE_KIND: UNIVERSITY}
    await replace(world, office, name, [*words, more[name]])

    async def take() -> None:
        async with world.acting(office) as ctx:
            if name == HONOUR_LEVEL:
                await units.register(ctx, unit_of(committee.id), PLENTY)
            else:
                await committees.register(ctx, CommitteeCreate(code="LG", name="理工大学党委", kind="university"))
            await replace(world, office, name, words)

    with pytest.raises(IntegrityError) as refused:
        await take()
    found: Any = problem_of(refused.value, Language.ZH)
    assert [(each.rule.code, each.pointer) for each in found.findings] == [("unknown_reference", pointer)]


async def test_a_change_to_a_word_is_refused_likewise(world: World, office: Actor) -> None:
    unit = await world.unit(await world.committee())
    await replace(world, office, HONOUR_LEVEL, [CAMPUS, *LEVELS])

    async def change() -> None:
        async with world.acting(office) as ctx:
            await units.edit(ctx, unit.id, UnitChange(honour_level="campus"), None)
            await replace(world, office, HONOUR_LEVEL, LEVELS)

    with pytest.raises(IntegrityError):
        await change()
    async with world.database.engine.connect() as connection:
        assert await connection.scalar(select(Unit.honour_level).where(Unit.id == unit.id)) == "district"


async def test_a_listing_has_its_rank_in_the_present_order(world: World, office: Actor) -> None:
    committee, campaign = await world.committee(), await world.campaign()
    first = await world.application(campaign, await world.unit(committee, honour_level="district"))
    assert await rank_of(world, first) == 4
    await replace(world, office, HONOUR_LEVEL, [CAMPUS, *LEVELS])
    assert await rank_of(world, first) == 5
    second = await world.application(campaign, await world.unit(committee, honour_level="campus"))
    await replace(world, office, HONOUR_LEVEL, [*reversed(LEVELS), CAMPUS])
    assert [await rank_of(world, each) for each in (first, second)] == [1, 5]


async def test_a_listing_has_the_rank_of_its_committees_kind_likewise(world: World, office: Actor) -> None:
    committee, campaign = await world.committee(), await world.campaign()
    application = await world.application(campaign, await world.unit(committee))
    before = await rank_of(world, application, COMMITTEE_KIND)
    await replace(world, office, COMMITTEE_KIND, [UNIVERSITY, *KINDS])
    assert await rank_of(world, application, COMMITTEE_KIND) == before + 1
    async with world.acting(office) as ctx:
        await committees.edit(ctx, committee.id, CommitteeChange(kind=UNIVERSITY.code), None)
    assert await rank_of(world, application, COMMITTEE_KIND) == 1
    assert await rank_of(world, application) == 4, "titles keep theirs"


async def test_a_listing_that_is_made_while_the_order_changes_has_the_new_one(world: World, office: Actor) -> None:
    campaign, unit = await world.campaign(), await world.unit(await world.committee())
    fresh = Application(
        campaign_id=campaign.id,
        committee_id=unit.committee_id,
        unit_id=unit.id,
        number="2015-X",
        content_digest="0" * 64,
        created_at=campaign.created_at,
        updated_at=campaign.created_at,
    )
    async with world.acting(office) as ctx:
        ctx.session.add(fresh)
        await ctx.flush()
        change = asyncio.create_task(replace(world, office, HONOUR_LEVEL, [CAMPUS, *LEVELS]))
        await until_somebody_waits(world)
    await change
    assert await rank_of(world, fresh) == 5


async def test_units_without_a_committee_are_of_a_kind_that_is_retired_too(world: World, office: Actor) -> None:
    gone = [word.model_copy(update={"retired": True}) for word in KINDS]
    await replace(world, office, COMMITTEE_KIND, gone)
    async with world.acting(office) as ctx:
        direct = await committees.of_direct_units(ctx)
    async with world.database.engine.connect() as connection:
        assert await connection.scalar(select(Committee.kind).where(Committee.id == direct.id)) == "district_direct"
