import asyncio
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Extension
from app.models.enums import CheckDecision, Role
from app.problems import Problem
from app.services.filing import checks
from app.services.filing.checks import CheckCreate, Verdict
from tests.world import World
from tests.world.filing import District, district

ACCEPT = Verdict(CheckDecision.ACCEPT)
DISQUALIFY = Verdict(CheckDecision.DISQUALIFY, ["untrue"])


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def decide(place: District, application_id: UUID, verdict: Verdict) -> str:
    try:
        async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
            await checks.check(ctx, application_id, verdict)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def test_of_two_clerks_who_decide_differently_at_once_the_stricter_stands(place: District) -> None:
    first, _ = await place.filed(2)
    outcomes = await asyncio.gather(*(decide(place, first, verdict) for verdict in (ACCEPT, DISQUALIFY)))
    assert outcomes in (["done", "done"], ["wrong-state", "done"]), "an acceptance may give way, and never the reverse"
    assert await place.status(first) == "disqualified"


async def test_one_that_is_refused_leaves_no_trace_and_keeps_no_other_from_being_done(place: District) -> None:
    first, second = await place.filed(2)
    await decide(place, first, DISQUALIFY)
    body = CheckCreate(decision=CheckDecision.ACCEPT, application_ids=[first, uuid4(), second])
    async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
        results = await checks.check_together(ctx, body)
    assert [result.done for result in results] == [False, False, True]
    async with place.world.database.transaction() as session:
        accepted = await session.scalars(
            select(AuditEvent.subject_id).where(AuditEvent.action == "application.accepted")
        )
        assert accepted.all() == [second]


async def test_a_correction_without_a_remark_is_extended_for_the_reasons_in_words(place: District) -> None:
    first, _ = await place.filed(2)
    reasons = place.campaign.settings["return_reasons"][:2]
    codes = [reason["code"] for reason in reasons]
    assert (
        await decide(place, first, Verdict(CheckDecision.REQUEST_CORRECTION, codes, None, date(2015, 9, 25))) == "done"
    )
    async with place.world.database.transaction() as session:
        extension = (await session.scalars(select(Extension))).one()
    assert (extension.application_id, extension.due_on) == (first, date(2015, 9, 25))
    assert extension.reason == "；".join(reason["name"] for reason in reasons)
