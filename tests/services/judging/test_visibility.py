"""The locks of a round, and the conflicts of interest that every statement finds."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.context import Context
from app.models import Account, Application, ApplicationVersion, Assignment, Recusal, Reviewer
from app.models.enums import RecusalKind, Role
from app.services.judging.visibility import CONFLICT, IN_FORCE, conflict, hold_round, lock_round
from tests.world import NOW, World, actor_of
from tests.world.judging import Judging, judging, outcome


async def test_two_hold_a_round_at_once_and_a_change_waits_for_both(world: World) -> None:
    made = await judging(world, judges=2)
    held, ended = asyncio.Barrier(3), []

    async def hold(ctx: Context) -> None:
        await hold_round(ctx, made.round.id)
        await held.wait()
        await asyncio.sleep(0.05)
        ended.append("held")

    async def change(ctx: Context) -> None:
        await held.wait()
        await lock_round(ctx, made.round.id)
        ended.append("changed")

    acts = [*((judge, hold) for judge in made.judges), (made.clerk, change)]
    done = await asyncio.gather(*(outcome(world, actor_of(account), act) for account, act in acts))
    assert (done, ended) == (["done"] * 3, ["held", "held", "changed"])


async def test_nobody_locks_a_round_unseen(world: World) -> None:
    made = await judging(world)
    stranger = actor_of(await made.judge(member=False))
    assert await outcome(world, stranger, lambda ctx: hold_round(ctx, made.round.id)) == "not-found"
    assert await outcome(world, stranger, lambda ctx: lock_round(ctx, made.round.id)) == "not-found"


async def reason(judged: Judging, judge: int = 0, case: int = 0) -> str | None:
    """Conflict of this judge with this case, as every statement finds it."""
    pair = (
        select(conflict(Reviewer.account_id, Application.id))
        .join_from(Reviewer, Application, Application.id == judged.cases[case].id)
        .where(Reviewer.account_id == judged.judges[judge].id)
    )
    async with judged.world.database.transaction() as session:
        return await session.scalar(pair)


async def phone(world: World, account: Account, number: str) -> None:
    async with world.database.transaction() as session:
        (await session.get_one(Account, account.id)).phone = number


async def keep_away(judged: Judging, kind: RecusalKind = RecusalKind.RECUSED, **values: UUID) -> Recusal:
    row = Recusal(
        reviewer_id=judged.judges[0].id, kind=kind, reason="亲属", made_at=NOW, made_by=judged.clerk.id, **values
    )
    await judged.world.add(row)
    return row


async def test_without_any_tie_there_is_no_conflict(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    await phone(world, judged.judges[0], "13800000000")
    await judged.judge(unit_id=None, committee_id=(await world.committee()).id)
    assert [await reason(judged, judge) for judge in (0, 1)] == [None, None]


async def test_a_judge_of_the_unit_or_of_the_committee_is_in_conflict(world: World) -> None:
    judged = await judging(world, cases=2)
    committee, unit = judged.committees[0].id, judged.units[0].id
    await judged.judge(committee_id=committee, unit_id=unit)
    await judged.judge(committee_id=committee)
    assert [await reason(judged, judge) for judge in (0, 1)] == ["same_unit", "same_committee"]
    assert [await reason(judged, judge, case=1) for judge in (0, 1)] == [None, None]


@pytest.mark.parametrize("typed", ["13831500001", "+86 138-3150-0001", "0086 13831500001", "(138) 3150 0001"])
async def test_a_judge_who_has_another_account_among_the_applicants_is_in_conflict(world: World, typed: str) -> None:
    judged = await judging(world, cases=2, judges=1)
    alias = await world.account(Role.UNIT, unit=judged.units[0])
    await phone(world, alias, "138 3150 0001")
    await phone(world, judged.judges[0], typed)
    assert [await reason(judged, case=case) for case in (0, 1)] == ["same_person", None]
    await phone(world, judged.judges[0], "13831500002")
    assert await reason(judged) is None


async def test_a_liaison_account_of_the_committee_is_an_alias_too(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    alias = await world.account(Role.COMMITTEE, committee=judged.committees[0])
    await phone(world, judged.judges[0], "0315-3724062")
    await phone(world, alias, "（0315）3724062")
    assert await reason(judged) == "same_person"


async def test_a_judge_whose_phone_the_form_names_is_in_conflict(world: World) -> None:
    judged = await judging(world, judges=1)
    filed_only = await judged.case(phone="0315-1111111")
    await judged.case(phone="0315-2222222")
    async with world.database.transaction() as session:
        await session.execute(update(Application).where(Application.id == filed_only.id).values(phone="0315-9999999"))
    await phone(world, judged.judges[0], "0315 1111111")
    assert [await reason(judged, case=case) for case in (0, 1)] == ["same_person", None]
    await phone(world, judged.judges[0], "03152222222")
    assert [await reason(judged, case=case) for case in (0, 1)] == [None, "same_person"]


async def test_phones_without_a_digit_are_no_tie(world: World) -> None:
    judged = await judging(world, judges=1)
    await judged.case(phone="------")
    await phone(world, judged.judges[0], "()()()")
    assert await reason(judged) is None


@pytest.mark.parametrize("kind", RecusalKind)
async def test_what_was_recorded_counts_until_it_is_lifted(world: World, kind: RecusalKind) -> None:
    judged = await judging(world, cases=2, judges=2)
    unit = judged.units[0]
    objects = [
        {"application_id": judged.cases[0].id},
        {"unit_id": unit.id},
        {"from_committee_id": unit.committee_id},
    ]
    for named in objects:
        row = await keep_away(judged, kind, **named)
        assert await reason(judged) == kind
        assert [await reason(judged, 0, 1), await reason(judged, 1, 0)] == [None, None]
        async with world.database.transaction() as session:
            (await session.get_one(Recusal, row.id)).lifted_at = NOW
        assert await reason(judged) is None


async def test_of_several_reasons_the_first_is_named(world: World) -> None:
    judged = await judging(world, cases=1)
    judge = await judged.judge(committee_id=judged.committees[0].id, unit_id=judged.units[0].id)
    await phone(world, judge, judged.cases[0].phone or "")
    for kind in reversed(RecusalKind):
        await keep_away(judged, kind, application_id=judged.cases[0].id)
    found = [await reason(judged)]
    async with world.database.transaction() as session:
        profile = await session.scalar(select(Reviewer))
        assert profile is not None
        profile.unit_id = None
    found.append(await reason(judged))
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).values(committee_id=None))
    found.append(await reason(judged))
    await phone(world, judge, "110110110")
    for kind in RecusalKind:
        found.append(await reason(judged))
        async with world.database.transaction() as session:
            await session.execute(update(Recusal).where(Recusal.kind == kind).values(lifted_at=NOW))
    assert found == ["same_unit", "same_committee", "same_person", "declared", "abstained", "recused"]
    assert await reason(judged) is None


async def test_an_assignment_stands_until_it_is_withdrawn_or_a_conflict_arises(world: World) -> None:
    judged = await judging(world, cases=3, judges=1)
    rows = [await judged.assign(case, judged.judges[0]) for case in judged.cases]
    await keep_away(judged, application_id=judged.cases[1].id)
    async with world.database.transaction() as session:
        (await session.get_one(Assignment, rows[2].id)).withdrawn_at = NOW
        standing = list(await session.scalars(select(Assignment.id).where(IN_FORCE)))
        reasons = list(await session.scalars(select(CONFLICT).select_from(Assignment).order_by(Assignment.id)))
    assert standing == [rows[0].id]
    assert reasons == [None, "recused", None]


async def test_the_definition_names_its_own_tables_wherever_it_is_used(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    row = await judged.assign(judged.cases[0], judged.judges[0])
    joined = (
        select(Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
        .join(Reviewer, Reviewer.account_id == Assignment.reviewer_id)
        .join(Account, Account.id == Reviewer.account_id)
        .where(IN_FORCE)
    )
    nested = select(Application.id).where(
        select(Assignment.id).where(Assignment.application_id == Application.id, IN_FORCE).exists()
    )
    async with world.database.transaction() as session:
        assert list(await session.scalars(joined)) == [row.id]
        assert list(await session.scalars(nested)) == [judged.cases[0].id]
