import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Application, AuditEvent, Endorsement
from app.models.enums import ApplicationStatus, CheckDecision, Role
from app.problems import Problem
from app.services.filing import checks, withdrawals
from app.services.filing.checks import CheckCreate, Verdict
from app.services.filing.filings import FilingCreate, file
from app.services.filing.withdrawals import WithdrawalBody, WithdrawalCreate
from tests.world import World
from tests.world.filing import District, district

NO_REASON = WithdrawalBody(reason=None)


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def withdraw(place: District, *application_ids: UUID) -> str:
    """Result of it, in a transaction of its own."""
    try:
        async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
            if len(application_ids) == 1:
                await withdrawals.withdraw(ctx, application_ids[0], NO_REASON)
            else:
                body = WithdrawalCreate(application_ids=list(application_ids), reason="不再参评")
                await withdrawals.withdraw_together(ctx, body)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def decide(place: District, application_id: UUID, verdict: Verdict) -> str:
    try:
        async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
            await checks.check(ctx, application_id, verdict)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def test_of_two_withdrawals_from_three_filed_one_succeeds(place: District) -> None:
    for _ in range(5):
        first, second, _third = await place.filed(3)
        outcomes = await asyncio.gather(withdraw(place, first), withdraw(place, second))
        assert sorted(outcomes) == ["done", "rules-violated"]
        left = [each for each in (first, second, _third) if await place.status(each) == "filed"]
        assert len(left) == 2
        assert await withdraw(place, *left) == "done"


async def test_ten_withdrawals_from_ten_filed_leave_the_minimum(place: District) -> None:
    ids = await place.filed(10)
    outcomes = await asyncio.gather(*(withdraw(place, each) for each in ids))
    assert sorted(outcomes) == ["done"] * 8 + ["rules-violated"] * 2


async def test_overlapping_sets_withdrawn_in_opposite_order_do_not_lock_each_other_out(place: District) -> None:
    ids = await place.filed(6)
    outcomes = await asyncio.gather(withdraw(place, *ids), withdraw(place, *reversed(ids)))
    assert sorted(outcomes) == ["done", "rules-violated"]
    assert [await place.status(each) for each in ids] == ["withdrawn"] * 6


async def test_an_acceptance_and_a_withdrawal_of_the_same_do_not_both_happen(place: District) -> None:
    first, *_ = await place.filed(3)
    outcomes = await asyncio.gather(withdraw(place, first), decide(place, first, Verdict(CheckDecision.ACCEPT)))
    assert sorted(outcomes) == ["done", "wrong-state"]


async def test_a_disqualification_that_comes_first_counts(place: District) -> None:
    first, second, third = await place.filed(3)
    verdict = Verdict(CheckDecision.DISQUALIFY, ["untrue"])
    outcomes = await asyncio.gather(decide(place, first, verdict), withdraw(place, second))
    standing = [each for each in (first, second, third) if await place.status(each) == "filed"]
    assert (*outcomes, len(standing)) in (("done", "done", 1), ("done", "rules-violated", 2))


async def test_a_filing_and_a_withdrawal_of_the_set_leave_nothing_or_the_minimum(place: District) -> None:
    first, second = await place.filed(2)
    third = await place.sealed()

    async def add() -> str:
        try:
            async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
                await file(ctx, FilingCreate(campaign_id=place.campaign.id, application_ids=[third]))
        except Problem as refusal:
            return refusal.code()
        return "done"

    outcomes = await asyncio.gather(add(), withdraw(place, first, second))
    assert sorted(outcomes) == ["done", "rules-violated"]


async def test_bulk_checks_of_two_committees_in_opposite_order_do_not_lock_each_other_out(place: District) -> None:
    other = await district(place.world, place.campaign)
    mine, theirs = await place.filed(3), await other.filed(3)

    async def accept(ids: list[UUID]) -> list[bool]:
        async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
            body = CheckCreate(decision=CheckDecision.ACCEPT, application_ids=ids)
            return [result.done for result in await checks.check_together(ctx, body)]

    one, another = await asyncio.gather(accept([*mine, *theirs]), accept([*theirs, *mine]))
    assert sorted([all(one), all(another)]) == [False, True]
    assert not any(one) or not any(another)


async def test_a_withdrawal_voids_the_seal_and_keeps_it_as_history(place: District) -> None:
    application_id = await place.sealed()
    assert await withdraw(place, application_id) == "done"
    async with place.world.database.transaction() as session:
        seal = await session.scalar(select(Endorsement).where(Endorsement.application_id == application_id))
    assert seal is not None
    assert (seal.void_reason, seal.voided_by) == ("withdrawn", place.liaison.id)


@pytest.mark.parametrize(
    ("role", "status", "refusal"),
    [
        (Role.OFFICE, ApplicationStatus.FILED, "forbidden"),
        (Role.UNIT, ApplicationStatus.ENDORSED, "wrong-state"),
        (Role.COMMITTEE, ApplicationStatus.ACCEPTED, "wrong-state"),
        (Role.COMMITTEE, ApplicationStatus.FILED, "rules-violated"),
    ],
)
async def test_a_withdrawal_that_is_refused_leaves_the_seal_in_force(
    place: District, role: Role, status: ApplicationStatus, refusal: str
) -> None:
    """The command is refused inside a transaction that goes on, so that nothing is undone by its end."""
    application_id, *_ = await place.filed(2)
    async with place.world.database.transaction() as session:
        (await session.get_one(Application, application_id)).status = status
    async with place.world.acting(place.actors[role]) as ctx:
        with pytest.raises(Problem) as refused:
            await withdrawals.withdraw(ctx, application_id, NO_REASON)
    assert refused.value.code() == refusal
    async with place.world.database.transaction() as session:
        seal = await session.scalar(select(Endorsement).where(Endorsement.application_id == application_id))
        events = (await session.scalars(select(AuditEvent.action))).all()
    assert seal is not None
    assert (seal.voided_at, seal.void_reason) == (None, None)
    assert {"endorsement.voided", "application.withdrawn"} & set(events) == set()
