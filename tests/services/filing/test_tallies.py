"""Lists and counts that the database keeps: they are what a look at every application would find."""

import random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.comparable import comparable
from app.doctor import INVARIANTS
from app.models import Application, Tally, Unit
from app.models.enums import ApplicationStatus, Role
from app.services.filing import applications, progress, statistics, tallies
from tests.world import World
from tests.world.filing import District, district

KEPT = ("an application is not listed as it is", "a tally is not the number of what it counts")


async def astray(world: World) -> list[Any]:
    async with world.database.transaction() as session:
        return [each for words in KEPT for each in (await session.scalars(text(INVARIANTS[words]))).all()]


async def found(place: District, role: Role, q: str) -> set[UUID]:
    async with place.world.viewing(place.actors[role]) as view:
        page = await applications.search(
            view, after=None, limit=100, **(dict.fromkeys(applications.FILTERS) | {"q": q})
        )
    return {row.id for row in page.rows}


async def test_a_search_finds_what_has_the_text_in_it_whatever_both_are_written_with(world: World) -> None:
    """Of the letters that PostgreSQL folds as Python does; single ones, pairs and rare ones alike."""
    place, chance = await district(world), random.Random(7)  # the same texts each time
    letters = "品牌文明志愿Ａa〔（) \u3000\u200b\u2f00一３3𠮷\U0001f33f%_-\\"
    names = ["".join(chance.choices(letters, k=chance.randint(1, 9))) for _ in range(60)]
    known = [await world.application(place.campaign, place.unit, brand_name=name) for name in names]
    for asked in [*letters, *(name[chance.randint(0, 3) :][:3] for name in names)]:
        if asked.strip():
            texts = {row.id: (row.brand_name or "", row.number, place.unit.name) for row in known}
            there = {id_ for id_, its in texts.items() if any(comparable(asked) in comparable(each) for each in its)}
            assert await found(place, Role.COMMITTEE, asked) == there, ascii(asked)


async def test_the_office_finds_what_was_filed_and_both_what_their_unit_is_now_called(world: World) -> None:
    place = await district(world)
    case, other = [await place.sealed(brand_name=name) for name in ("红马甲", "义诊")]
    assert await found(place, Role.OFFICE, "红马") == set()
    assert (await place.file(case, other)).status_code == 201
    async with world.database.transaction() as session:
        row = await session.get_one(Application, case)
        row.brand_name = "绿马甲"
    assert [await found(place, role, "红马") for role in (Role.OFFICE, Role.COMMITTEE)] == [{case}, set()]
    assert [await found(place, role, "绿马") for role in (Role.OFFICE, Role.COMMITTEE)] == [set(), {case}]
    async with world.database.transaction() as session:
        (await session.get_one(Unit, place.unit.id)).name = "改名社区"
    assert [await found(place, role, "改名") for role in (Role.OFFICE, Role.COMMITTEE)] == [{case, other}] * 2
    assert await astray(world) == []


async def test_counts_stay_the_same_when_they_are_summed_up(world: World) -> None:
    place = await district(world)
    cases = [await place.sealed(topic="spring_rain", category="qingman") for _ in range(3)]
    assert (await place.file(*cases[1:])).status_code == 201

    async def counts() -> list[Any]:
        async with world.viewing(place.actors[Role.OFFICE]) as view:
            by_committee = (await progress.read(view, place.campaign.id)).committees
            return [by_committee, await statistics.read(view, place.campaign.id)]

    async def kept() -> int | None:
        async with world.database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(Tally))

    before, rows = await counts(), await kept()
    assert await tallies.sum_up(world.database) == await kept() == 6
    assert (rows or 0) > 6
    assert (await tallies.sum_up(world.database), await counts(), await astray(world)) == (0, before, [])


async def test_what_goes_or_moves_is_counted_no_more_where_it_was(world: World) -> None:
    place = await district(world)
    draft = await world.application(place.campaign, place.unit)
    other = await world.application(place.campaign, place.unit, status=ApplicationStatus.SUBMITTED)
    async with world.database.transaction() as session:
        await session.delete(await session.get_one(Application, draft.id))
        (await session.get_one(Application, other.id)).status = ApplicationStatus.RETURNED
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        totals = (await progress.read(view, place.campaign.id)).totals
    assert (totals.drafted, totals.submitted, totals.returned, await astray(world)) == (0, 0, 1, [])
