import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.context import ANONYMOUS, Actor, Context
from app.models import AuditEvent, Nomination
from app.models.enums import NominationStatus as Status
from app.models.enums import Role
from app.problems import NotFound, RulesViolated, WrongState
from app.services.handover import nominations
from app.services.handover.nominations import NominationRevision, NominationWithdrawal
from app.services.policies.constraints import finding_of
from tests.world import World, actor_of
from tests.world.handover import REASON, Nominating, nominating

SYSTEM = Actor(None, Role.OFFICE, "系统")
Act = Callable[[Context], Awaitable[object]]


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world)


async def put_in(world: World, nomination_id: UUID, status: Status) -> None:
    async with world.database.transaction() as session:
        (await session.get_one(Nomination, nomination_id)).status = status


async def outcome(world: World, act: Act, actor: Actor = SYSTEM) -> str:
    try:
        async with world.acting(actor) as ctx:
            await act(ctx)
    except (WrongState, RulesViolated, NotFound) as refused:
        return refused.code()
    return "done"


async def row(world: World, nomination_id: UUID) -> Nomination:
    async with world.database.transaction() as session:
        return await session.get_one(Nomination, nomination_id)


@pytest.mark.parametrize("status", Status)
async def test_it_is_sent_and_arrives_and_never_falls_back(place: Nominating, status: Status) -> None:
    world, made = place.world, UUID((await place.nominated())["id"])
    for act, moves in (
        (nominations.send, {Status.PREPARED: Status.DELIVERING}),
        (nominations.arrive, {Status.PREPARED: Status.DELIVERED, Status.DELIVERING: Status.DELIVERED}),
    ):
        await put_in(world, made, status)
        before = (await row(world, made)).version
        assert await outcome(world, lambda ctx, act=act: act(ctx, made)) == "done"  # type: ignore[misc]  # bound now
        after = await row(world, made)
        assert after.status is moves.get(status, status)
        assert after.version == before + (status in moves)


async def test_it_arrives_once_however_often_it_is_told(place: Nominating) -> None:
    world, made = place.world, UUID((await place.nominated())["id"])
    await asyncio.gather(*(outcome(world, lambda ctx: nominations.arrive(ctx, made)) for _ in range(6)))
    async with world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == made))).all()
    assert sorted(events) == ["nomination.delivered", "nomination.prepared"]


async def test_an_answer_and_a_withdrawal_at_once_leave_one_of_the_two_ends(place: Nominating) -> None:
    made = await place.nominated()
    withdrawal = NominationWithdrawal(reason="奖项复核中。")
    clerk = actor_of(place.district.clerk)
    answer, taken = await asyncio.gather(
        place.answer(made, "decided"),
        outcome(place.world, lambda ctx: nominations.withdraw(ctx, UUID(made["id"]), withdrawal), clerk),
    )
    assert answer.status_code == 201
    assert (taken, await place.status(made)) in {("done", "withdrawn"), ("wrong-state", "decided")}


async def test_a_revision_and_an_acceptance_at_once_leave_one_that_stands(place: Nominating) -> None:
    made = await place.nominated()
    await place.answer(made, "returned")
    again = NominationRevision(position=1, reason=REASON, despite_unchanged=True)
    clerk = actor_of(place.district.clerk)
    _, revised = await asyncio.gather(
        place.answer(made, "accepted"),
        outcome(place.world, lambda ctx: nominations.revise(ctx, UUID(made["id"]), again), clerk),
    )
    listed = (await place.by_office.get("/api/v1/nominations")).json()["items"]
    states = [nomination["status"] for nomination in listed]
    assert (revised, states) in [("done", ["replaced", "prepared"]), ("wrong-state", ["accepted"])]


async def test_the_database_lets_one_nomination_of_an_application_stand(place: Nominating) -> None:
    made = await row(place.world, UUID((await place.nominated())["id"]))
    kept = ("campaign_id", "application_id", "award_id", "version_id", "payload", "payload_digest", "prepared_at")
    plain: dict[str, Any] = {name: getattr(made, name) for name in kept} | {"position": 1, "reason": REASON}
    for revision, constraint in ((1, "nominations_application_id_revision_key"), (2, "nominations_standing_key")):
        status = Status.REPLACED if revision == 1 else Status.PREPARED
        with pytest.raises(IntegrityError) as refused:
            await place.world.add(Nomination(**plain, revision=revision, status=status))
        assert constraint in str(refused.value.orig)
    found = finding_of("nominations_standing_key")
    assert (found.rule.code, found.pointer) == ("already_exists", "/application_id")
    await put_in(place.world, made.id, Status.WITHDRAWN)
    await place.world.add(Nomination(**plain, revision=2))


@pytest.mark.parametrize("column", ["payload", "payload_digest", "revision", "version_id", "reason"])
async def test_the_application_cannot_rewrite_what_is_handed_over(place: Nominating, column: str) -> None:
    made = UUID((await place.nominated())["id"])
    other: dict[str, Any] = {"payload": {}, "revision": 9, "version_id": made}
    with pytest.raises(ProgrammingError) as refused:
        async with place.world.database.transaction() as session:
            setattr(await session.get_one(Nomination, made), column, other.get(column, "别的"))
    assert "permission denied" in str(refused.value)


@pytest.mark.parametrize("role", Role)
async def test_nominations_are_seen_by_the_two_offices_alone(place: Nominating, role: Role) -> None:
    made = UUID((await place.nominated())["id"])
    actor = ANONYMOUS if role is Role.PUBLIC else Actor(made, role, "谁")
    actor = actor_of(place.client) if role is Role.MUNICIPAL else actor
    async with place.world.viewing(actor) as view:
        page = await nominations.search(view, status=None, campaign_id=None, after=None, limit=20)
    assert page.total == (role in {Role.OFFICE, Role.MUNICIPAL})
    seen = await outcome(place.world, lambda ctx: nominations.get(ctx, made), actor)
    assert seen == ("done" if page.total else "not-found")
