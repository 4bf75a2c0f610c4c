import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, Filing
from app.models.enums import CheckDecision, Role
from app.problems import Problem
from app.services.filing import checks, swaps
from app.services.filing.checks import Verdict
from app.services.filing.swaps import SwapConsent, SwapCreate
from app.services.filing.withdrawals import WithdrawalBody, withdraw
from tests.world import World
from tests.world.filing import District, district

_WHOLE = (["withdrawn", "filed"], ["accepted", "endorsed"], ["accepted", "withdrawn"], ["filed", "withdrawn"])


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def asked(place: District, filed: UUID, instead: UUID) -> UUID:
    body = SwapCreate(application_id=filed, replacement_id=instead, reason="报错一件")
    async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
        return await swaps.request(ctx, body)


async def consent(place: District, swap_id: UUID) -> str:
    try:
        async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
            await swaps.consent(ctx, swap_id, SwapConsent(answer=None))
    except Problem as refusal:
        return refusal.code()
    return "done"


async def accept(place: District, application_id: UUID) -> str:
    try:
        async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
            await checks.check(ctx, application_id, Verdict(CheckDecision.ACCEPT))
    except Problem as refusal:
        return refusal.code()
    return "done"


async def take_back(place: District, application_id: UUID) -> str:
    try:
        async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
            await withdraw(ctx, application_id, WithdrawalBody(reason=None))
    except Problem as refusal:
        return refusal.code()
    return "done"


async def test_of_two_consents_an_acceptance_and_a_withdrawal_at_once_one_counts(place: District) -> None:
    """The set stays whole in any order: two on file, or the check has decided and nothing is exchanged."""
    for earlier in range(3):
        filed, other = await place.filed(2)
        instead = await place.sealed()
        swap_id = await asked(place, filed, instead)
        outcomes = await asyncio.gather(
            consent(place, swap_id), consent(place, swap_id), accept(place, filed), take_back(place, instead)
        )
        states = [await place.status(each) for each in (filed, instead)]
        taken_back_after = ["withdrawn", "withdrawn"]  # what earlier rounds left on file is enough without it
        assert states in _WHOLE or (earlier and states == taken_back_after)
        exchanged = states[0] == "withdrawn"
        assert outcomes[:2].count("done") == exchanged
        assert await place.status(other) == "filed"


async def test_all_that_follows_from_a_consent_is_one_transaction(place: District) -> None:
    filed, _other = await place.filed(2)
    instead = await place.sealed()
    swap_id = await asked(place, filed, instead)
    assert await consent(place, swap_id) == "done"
    async with place.world.database.transaction() as session:
        latest = await session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))
        assert latest is not None
        rows = await session.execute(
            select(AuditEvent.action, AuditEvent.actor_id).where(AuditEvent.request_id == latest.request_id)
        )
        events = {row.action: row.actor_id for row in rows}
        filings = await session.scalar(select(func.count()).select_from(Filing))
    assert set(events) == {
        *("swap.consented", "application.swapped_out", "application.swapped_in", "endorsement.voided", "filing.made")
    }
    assert set(events.values()) == {place.clerk.id}
    assert filings == 2
