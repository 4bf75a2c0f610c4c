import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from app.models import Application, ApplicationVersion, AuditEvent, Filing, FilingItem, VersionImage
from app.models.enums import CheckDecision, Role, VersionOccasion
from app.problems import Problem
from app.services.filing import applications, checks, filings, participations, withdrawals
from app.services.filing.checks import CheckCreate
from app.services.filing.filings import FilingCreate
from app.services.filing.withdrawals import WithdrawalCreate
from app.services.policies.filing.notice import CampaignSettings
from tests.world import World
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def file(place: District, *application_ids: UUID) -> str:
    """Result of it, in a transaction of its own."""
    try:
        async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
            await filings.file(ctx, FilingCreate(campaign_id=place.campaign.id, application_ids=list(application_ids)))
    except Problem as refusal:
        return refusal.code()
    return "done"


async def test_one_of_two_filings_of_the_same_succeeds(place: District) -> None:
    ids = [await place.sealed() for _ in range(4)]
    outcomes = await asyncio.gather(*(file(place, *order) for order in (ids, ids[::-1], ids[1:], ids[:2])))
    assert outcomes.count("done") in (1, 2)
    async with place.world.database.transaction() as session:
        filed = list(await session.scalars(select(FilingItem.application_id)))
        made = len(list(await session.scalars(select(Filing.id))))
    assert len(filed) == len(set(filed))
    assert made == outcomes.count("done")


async def test_parallel_filings_are_numbered_without_a_gap(place: District) -> None:
    pairs = [[await place.sealed(), await place.sealed()] for _ in range(4)]
    assert await asyncio.gather(*(file(place, *pair) for pair in pairs)) == ["done"] * 4
    async with place.world.database.transaction() as session:
        numbers = sorted(await session.scalars(select(Filing.number)))
    assert numbers == [f"2015-{place.committee.code}-R0{index}" for index in range(1, 5)]


async def test_each_is_filed_as_a_version_with_the_very_content_and_pictures_that_were_sealed(place: District) -> None:
    application_id, _ = await place.filed(2)
    async with place.world.database.transaction() as session:
        application = await session.get_one(Application, application_id)
        sealed, filed = await session.scalars(
            select(ApplicationVersion)
            .where(ApplicationVersion.application_id == application_id)
            .order_by(ApplicationVersion.number)
        )
        pictures = [
            [
                (row.slot, row.image_id, row.file_id, row.thumbnail_id)
                for row in await session.scalars(
                    select(VersionImage).where(VersionImage.version_id == version.id).order_by(VersionImage.slot)
                )
            ]
            for version in (sealed, filed)
        ]
    assert (sealed.occasion, filed.occasion) == (VersionOccasion.SUBMISSION, VersionOccasion.FILING)
    assert (sealed.content, sealed.digest) == (filed.content, filed.digest)
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) == 5
    assert (application.filed_version_id, application.versions) == (filed.id, 2)
    assert application.endorsed_digest == filed.digest


async def test_a_filing_leaves_a_trace_of_itself_and_of_each_application(place: District) -> None:
    ids = await place.filed(2)
    async with place.world.database.transaction() as session:
        events = list(
            await session.scalars(select(AuditEvent).where(AuditEvent.action.in_(["filing.made", "application.filed"])))
        )
    assert sorted(each.action for each in events) == ["application.filed", "application.filed", "filing.made"]
    assert {each.subject_id for each in events if each.action == "application.filed"} == set(ids)
    assert len({each.request_id for each in events}) == 1


async def test_a_filing_that_waits_on_a_lock_across_the_deadline_is_in_time(place: District) -> None:
    settings = CampaignSettings.model_validate(place.campaign.settings)
    closes_at = settings.closes_at(settings.applications)
    ids = [await place.sealed(), await place.sealed()]
    clock = place.world.database.clock
    clock.stopped_at = closes_at - timedelta(milliseconds=1)
    async with place.world.acting(place.actors[Role.COMMITTEE]) as holder:
        await participations.locked(holder, place.campaign.id, place.committee.id)
        waiting = asyncio.create_task(file(place, *ids))
        await asyncio.sleep(0.2)
        clock.stopped_at = closes_at + timedelta(milliseconds=1)
    assert await waiting == "done"
    assert await file(place, await late(place), await late(place)) == "rules-violated"


async def late(place: District) -> UUID:
    """Sealed, whatever the clock says."""
    clock = place.world.database.clock
    now, clock.stopped_at = clock.stopped_at, place.campaign.created_at
    application_id = await place.sealed()
    clock.stopped_at = now
    return application_id


async def test_the_database_refuses_to_change_a_filing(place: District) -> None:
    await place.filed(2)
    with pytest.raises(Exception, match="permission denied"):
        async with place.world.database.transaction() as session:
            (await session.scalars(select(Filing))).one().number = "2015-XX-R99"


async def test_no_command_on_many_takes_more_statements_than_on_few(place: District) -> None:
    few, many = [[await place.sealed() for _ in range(count)] for count in (2, 6)]
    assert [await statements_of_the_way(place, ids) for ids in (few, many)] == [
        {"file": 14, "check": 6, "withdraw": 9}
    ] * 2


async def statements_of_the_way(place: District, ids: list[UUID]) -> dict[str, int]:
    """Numbers of statements to file these, to return them, and to withdraw them once submitted again."""
    counted = {}
    with counting(place.world) as seen:
        assert await file(place, *ids) == "done"
    counted["file"] = len(seen)
    correction = CheckCreate(
        decision=CheckDecision.REQUEST_CORRECTION,
        application_ids=ids,
        reason_codes=["seal_unclear"],
        due_on=date(2015, 9, 25),
    )
    with counting(place.world) as seen:
        async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
            assert all(result.done for result in await checks.check_together(ctx, correction))
    counted["check"] = len(seen)
    for application_id in ids:
        async with place.world.acting(place.actors[Role.UNIT]) as ctx:
            await applications.submit(ctx, application_id)
    with counting(place.world) as seen:
        async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
            await withdrawals.withdraw_together(ctx, WithdrawalCreate(application_ids=ids, reason="不再参评"))
    counted["withdraw"] = len(seen)
    return counted


@contextmanager
def counting(world: World) -> Iterator[list[str]]:
    """The statements of commands, as they go out; reads of a command go another way and are not among them."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
