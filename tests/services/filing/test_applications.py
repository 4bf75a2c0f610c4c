import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.context import Context
from app.models import Application, ApplicationVersion, AuditEvent, Campaign, File, Image, VersionImage
from app.models.enums import ApplicationStatus, FileState, Role, VersionOccasion
from app.problems import Forbidden, NotFound, Problem, RulesViolated, StaleVersion, WrongState
from app.services.filing import applications
from app.services.filing.applications import ApplicationCreate, ReturnBody
from app.services.filing.cells import ApplicationForm
from app.services.policies.filing.applications import DECLINE, RECONSIDER, RETURN
from tests.world import NOW, PLENTY, World
from tests.world.filing import CELLS, District, district

UNIT, COMMITTEE, OFFICE = Role.UNIT, Role.COMMITTEE, Role.OFFICE
REASON = ReturnBody(reason="请补充数据")
Act = Callable[[Context], Awaitable[Any]]


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, code="QT")


async def done(place: District, role: Role, act: Act) -> Any:
    async with place.world.acting(place.actors[role]) as ctx:
        return await act(ctx)


async def outcome(place: District, role: Role, act: Act) -> str:
    try:
        await done(place, role, act)
    except RulesViolated as refusal:
        return " ".join(finding.rule.code for finding in refusal.findings)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def stored(place: District, application_id: UUID) -> Application:
    async with place.world.database.transaction() as session:
        return await session.get_one(Application, application_id)


def submit(application_id: UUID) -> Act:
    return lambda ctx: applications.submit(ctx, application_id)


def begin(campaign: Campaign, **body: Any) -> Act:
    return lambda ctx: applications.begin(ctx, ApplicationCreate(campaign_id=campaign.id, **body), PLENTY)


async def test_numbers_run_without_a_gap_under_parallel_creation(place: District) -> None:
    ids = await asyncio.gather(*(done(place, UNIT, begin(place.campaign)) for _ in range(20)))
    numbers = [(await stored(place, application_id)).number for application_id in ids]
    assert sorted(numbers) == [f"2015-QT-{number:03d}" for number in range(1, 21)]


async def test_another_committee_counts_for_itself(place: District) -> None:
    other = await district(place.world, place.campaign, code="WH")
    first, second = [await done(each, UNIT, begin(place.campaign)) for each in (place, other)]
    assert [(await stored(place, each)).number for each in (first, second)] == ["2015-QT-001", "2015-WH-001"]


async def test_a_creation_that_fails_takes_no_number(place: District) -> None:
    place.world.database.clock.stopped_at = NOW + timedelta(days=365)
    assert await outcome(place, UNIT, begin(place.campaign)) == "deadline_passed"
    place.world.database.clock.stopped_at = NOW
    made = await done(place, UNIT, begin(place.campaign))
    assert (await stored(place, made)).number == "2015-QT-001"


async def test_a_committee_begins_for_its_own_units_only(place: District) -> None:
    other = await district(place.world, place.campaign)
    assert await outcome(place, COMMITTEE, begin(place.campaign, unit_id=place.unit.id)) == "done"
    assert await outcome(place, COMMITTEE, begin(place.campaign, unit_id=other.unit.id)) == "unknown_reference"
    assert await outcome(place, COMMITTEE, begin(place.campaign)) == "required"
    assert await outcome(place, UNIT, begin(place.campaign, unit_id=other.unit.id)) == "unknown_reference"
    assert await outcome(place, OFFICE, begin(place.campaign, unit_id=place.unit.id)) == "forbidden"


async def test_two_editors_of_one_version_one_wins(place: District) -> None:
    application_id = (await place.world.application(place.campaign, place.unit)).id

    def edit(name: str) -> Act:
        return lambda ctx: applications.edit(ctx, application_id, ApplicationForm(brand_name=name), 1)

    outcomes = await asyncio.gather(*(outcome(place, UNIT, edit(name)) for name in "甲乙丙丁"))
    assert sorted(outcomes) == ["done", "stale-version", "stale-version", "stale-version"]
    row = await stored(place, application_id)
    assert (row.brand_name, row.version) == ("甲乙丙丁"[outcomes.index("done")], 2)


async def test_an_edit_changes_what_is_named_and_nothing_else(place: District) -> None:
    application_id = await place.complete()
    before = await stored(place, application_id)
    body = ApplicationForm.model_validate({"brand_name": "新名", "phone": None})
    await done(place, COMMITTEE, lambda ctx: applications.edit(ctx, application_id, body, None))
    after = await stored(place, application_id)
    assert (after.brand_name, after.phone, after.leader_name) == ("新名", None, before.leader_name)
    assert after.content_digest != before.content_digest
    assert after.version == before.version + 1


async def test_submission_fixes_what_it_says(place: District) -> None:
    application_id = await place.complete()
    await done(place, UNIT, submit(application_id))
    row = await stored(place, application_id)
    assert (row.status, row.submitted_at, row.versions) == (ApplicationStatus.SUBMITTED, NOW, 1)
    async with place.world.database.transaction() as session:
        version = (await session.scalars(select(ApplicationVersion))).one()
        kept = (await session.scalars(select(VersionImage.slot).order_by(VersionImage.slot))).all()
    assert (version.number, version.occasion, version.digest) == (1, VersionOccasion.SUBMISSION, row.content_digest)
    assert version.content["form"]["brand_name"] == CELLS["brand_name"]
    assert (version.content["narrative_length"], version.content["image_count"], kept) == (2000, 5, [1, 2, 3, 4, 5])


async def test_what_was_returned_is_submitted_again_as_another_version(place: District) -> None:
    application_id = await place.submitted()
    await done(place, COMMITTEE, lambda ctx: applications.decide(ctx, application_id, RETURN, REASON))
    returned = await stored(place, application_id)
    assert (returned.status, returned.reason) == (ApplicationStatus.RETURNED, "请补充数据")
    await done(place, UNIT, submit(application_id))
    again = await stored(place, application_id)
    assert (again.status, again.reason, again.versions) == (ApplicationStatus.SUBMITTED, None, 2)


async def test_of_parallel_submissions_one_succeeds(place: District) -> None:
    application_id = await place.complete()
    outcomes = await asyncio.gather(*(outcome(place, UNIT, submit(application_id)) for _ in range(8)))
    assert sorted(outcomes) == ["done"] + ["wrong-state"] * 7
    assert (await stored(place, application_id)).versions == 1


async def test_an_empty_draft_is_told_everything_at_once(place: District) -> None:
    application_id = (await place.world.application(place.campaign, place.unit)).id
    refused = await outcome(place, UNIT, submit(application_id))
    assert refused == " ".join(["required"] * 10 + ["narrative_too_short", "too_few_images"])
    assert (await stored(place, application_id)).status is ApplicationStatus.DRAFT


END = datetime(2015, 9, 14, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(microseconds=-1), "done"),
        (timedelta(), "deadline_passed"),
        (timedelta(microseconds=1), "deadline_passed"),
        (timedelta(milliseconds=1), "deadline_passed"),
    ],
)
async def test_a_submission_is_in_time_to_the_microsecond(place: District, late: timedelta, expected: str) -> None:
    application_id = await place.complete()
    place.world.database.clock.stopped_at = END + late
    assert await outcome(place, UNIT, submit(application_id)) == expected


async def test_who_waits_for_a_lock_across_the_deadline_is_in_time(place: District) -> None:
    """On the running clock: the decision is that of the instant at which the request began."""
    application_id = await place.complete()
    clock = place.world.database.clock
    clock.stopped_at, clock.offset = None, END - datetime.now(UTC) - timedelta(seconds=0.4)
    try:
        async with place.world.database.transaction() as session:
            await session.get_one(Application, application_id, with_for_update=True)
            waiting = asyncio.create_task(outcome(place, UNIT, submit(application_id)))
            left = END - await place.world.database.now(session)
            await asyncio.sleep(left.total_seconds() + 0.05)
            late = asyncio.create_task(outcome(place, UNIT, submit(application_id)))
            await asyncio.sleep(0.05)
            assert not waiting.done()
        assert await waiting == "done"
        assert await late == "wrong-state", "it waited for the first, which had submitted"
        assert (await stored(place, application_id)).submitted_at < END  # type: ignore[operator]  # it is submitted
        other = await place.complete()
        assert await outcome(place, UNIT, submit(other)) == "deadline_passed"
    finally:
        clock.offset = timedelta()


async def test_declined_and_reconsidered(place: District) -> None:
    application_id = await place.submitted()
    await done(place, COMMITTEE, lambda ctx: applications.decide(ctx, application_id, DECLINE, REASON))
    declined = await stored(place, application_id)
    assert (declined.status, declined.reason) == (ApplicationStatus.DECLINED, "请补充数据")
    await done(
        place, COMMITTEE, lambda ctx: applications.decide(ctx, application_id, RECONSIDER, ReturnBody(reason="再议"))
    )
    again = await stored(place, application_id)
    assert (again.status, again.reason) == (ApplicationStatus.SUBMITTED, None)
    async with place.world.database.transaction() as session:
        events = await session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == application_id).order_by(AuditEvent.id.desc()).limit(2)
        )
        reasons = [(event.action, event.data["reason"]) for event in events]
    assert reasons == [("application.reconsidered", "再议"), ("application.declined", "请补充数据")]


@pytest.mark.parametrize("act", [RETURN, DECLINE, RECONSIDER], ids=lambda act: act.name)
async def test_a_unit_does_not_judge_itself(place: District, act: Any) -> None:
    application_id = await place.submitted()

    def judge(ctx: Context) -> Awaitable[None]:
        return applications.decide(ctx, application_id, act, REASON)

    assert await outcome(place, UNIT, judge) == Forbidden.code()
    assert await outcome(place, OFFICE, judge) == NotFound.code()


async def test_a_draft_is_deleted_with_its_pictures_and_its_trace_stays(place: District) -> None:
    application_id = await place.complete()
    version = (await stored(place, application_id)).version

    def delete(version: int) -> Act:
        return lambda ctx: applications.delete(ctx, application_id, version)

    assert await outcome(place, UNIT, delete(version - 1)) == StaleVersion.code()
    assert await outcome(place, UNIT, delete(version)) == "done"
    async with place.world.database.transaction() as session:
        left = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (Application, Image, ApplicationVersion)
        ]
        states = set(await session.scalars(select(File.state)))
        last = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))).one()
    assert (left, states) == ([0, 0, 0], {FileState.CONDEMNED})
    assert (last.action, last.after_digest) == ("application.deleted", None)


async def test_what_was_submitted_is_not_deleted(place: District) -> None:
    application_id = await place.submitted()
    assert await outcome(place, UNIT, lambda ctx: applications.delete(ctx, application_id, None)) == WrongState.code()
