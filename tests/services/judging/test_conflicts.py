"""Conflicts of interest: the definition, and what becomes of one that is found after the assignment."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from app.context import Context
from app.doctor import INVARIANTS
from app.models import Account, Application, ApplicationVersion, Assignment, ConflictDismissal, Recusal, Reviewer
from app.models.enums import ConflictReason, RecusalKind, Role
from app.services.judging import assignments, cases, conflicts, rankings, reviews, round_progress
from app.services.judging.assignments import AssignmentsCreate, AssignmentWanted
from app.services.judging.conflicts import UNDECIDED, ConflictsDismissal, conflict
from tests.world import NOW, World, actor_of
from tests.world.filing import joined_by
from tests.world.judging import Judging, case_of, judging, outcome
from tests.world.statements import noted

KEPT_AWAY = {"kind": RecusalKind.RECUSED, "reason": "亲属", "made_at": NOW}


async def reason(judged: Judging, judge: int = 0, case: int = 0) -> str | None:
    """Reason why this judge must keep away from this case, or None."""
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


async def test_a_partner_of_a_joint_case_keeps_its_people_away_as_the_lead_does(world: World) -> None:
    judged = await judging(world, cases=2)
    committee = await world.committee()
    partner = await world.unit(committee)
    await joined_by(world, judged.cases[0], partner)
    await judged.judge(committee_id=committee.id, unit_id=partner.id)
    await judged.judge(committee_id=committee.id)
    alias, away, free = [await judged.judge() for _ in range(3)]
    await phone(world, await world.account(Role.UNIT, unit=partner), "13831500001")
    await phone(world, alias, "138 3150 0001")
    given = await judged.assign(judged.cases[0], away)
    body = {"reviewer_id": str(away.id), "committee_id": str(committee.id), "reason": "亲属"}
    assert (await judged.by_office.post("/api/v1/recusals", json=body)).status_code == 201
    async with world.database.transaction() as session:
        assert (await session.get_one(Assignment, given.id)).withdrawn_at is not None
    expected = ["same_unit", "same_committee", "same_person", "recused", None]
    assert [await reason(judged, judge) for judge in range(5)] == expected
    assert [await reason(judged, judge, case=1) for judge in range(5)] == [None] * 5
    await world.add(Recusal(**KEPT_AWAY, reviewer_id=free.id, made_by=judged.clerk.id, unit_id=partner.id))
    await judged.assign(judged.cases[0], free)
    (promise,) = [query for words, query in INVARIANTS.items() if "that they keep away from" in words]
    async with world.database.transaction() as session:
        assert len((await session.scalars(text(promise))).all()) == 1


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


async def test_any_of_several_phones_is_a_tie_and_another_extension_is_none(world: World) -> None:
    judged = await judging(world, judges=1)
    await judged.case(phone="2345000转8011；13831500001（张主任）")
    for typed, expected in [("138 3150 0001/13831500009", "same_person"), ("2345000转8012", None)]:
        await phone(world, judged.judges[0], typed)
        assert await reason(judged) == expected


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


async def test_the_definition_names_its_own_tables_wherever_it_is_used(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    row = await judged.assign(judged.cases[0], judged.judges[0])
    joined = (
        select(Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
        .join(Reviewer, Reviewer.account_id == Assignment.reviewer_id)
        .join(Account, Account.id == Reviewer.account_id)
        .where(UNDECIDED.is_(None))
    )
    nested = select(Application.id).where(
        select(Assignment.id).where(Assignment.application_id == Application.id, UNDECIDED.is_(None)).exists()
    )
    async with world.database.transaction() as session:
        assert list(await session.scalars(joined)) == [row.id]
        assert list(await session.scalars(nested)) == [judged.cases[0].id]


async def dismiss(judged: Judging, conflict: ConflictReason, *ids: UUID) -> str:
    """The office finds that nobody need keep away; `done`, or the code of the refusal."""
    body = ConflictsDismissal(assignment_ids=list(ids), conflict=conflict, reason="电话系社区公用")
    return await outcome(
        judged.world, actor_of(judged.clerk), lambda ctx: conflicts.dismiss(ctx, judged.round.id, body)
    )


async def found(judged: Judging) -> list[ConflictReason]:
    async with judged.world.viewing(actor_of(judged.clerk)) as view:
        return [each.conflict for each in await conflicts.undecided(view, judged.round.id)]


async def test_of_several_conflicts_each_is_decided_by_itself(world: World) -> None:
    judged = await judging(world, cases=1)
    judge = await judged.judge(committee_id=judged.committees[0].id, unit_id=judged.units[0].id)
    await phone(world, judge, judged.cases[0].phone or "")
    await keep_away(judged, application_id=judged.cases[0].id)
    await keep_away(judged, RecusalKind.DECLARED, unit_id=judged.units[0].id)
    given = await judged.assign(judged.cases[0], judge)
    assert await dismiss(judged, ConflictReason.SAME_PERSON, given.id) == "rules-violated"
    seen: list[ConflictReason] = []
    while one := await found(judged):
        seen += one
        assert await dismiss(judged, one[0], given.id) == "done"
    assert seen == ["same_unit", "same_committee", "same_person", "declared", "recused"]
    assert await dismiss(judged, ConflictReason.SAME_UNIT, given.id) == "rules-violated"
    assert await reason(judged) == "same_unit"
    async with world.database.transaction() as session:
        rows = list(await session.scalars(select(ConflictDismissal).order_by(ConflictDismissal.id)))
    assert [row.conflict for row in rows] == seen
    assert {(row.assignment_id, row.reason, row.made_by) for row in rows} == {
        (given.id, "电话系社区公用", judged.clerk.id)
    }


async def test_a_dismissal_is_of_one_assignment(world: World) -> None:
    judged = await judging(world, cases=2)
    judge = await judged.judge(committee_id=judged.committees[0].id)
    twin = await judged.case(judged.units[0])
    one, _ = [await judged.assign(case, judge) for case in (judged.cases[0], twin)]
    assert await found(judged) == ["same_committee"] * 2
    assert await dismiss(judged, ConflictReason.SAME_COMMITTEE, one.id) == "done"
    assert await found(judged) == ["same_committee"]


async def test_of_ten_clerks_who_dismiss_the_same_one_succeeds(world: World) -> None:
    judged = await judging(world, cases=1)
    judge = await judged.judge(committee_id=judged.committees[0].id)
    given = await judged.assign(judged.cases[0], judge)
    told = await asyncio.gather(*[dismiss(judged, ConflictReason.SAME_COMMITTEE, given.id) for _ in range(10)])
    assert sorted(told) == ["done"] + ["rules-violated"] * 9


async def test_an_edit_at_the_same_time_bars_the_assignment_or_is_found_afterwards(world: World) -> None:
    judged = await judging(world, cases=8, judges=8)
    for number, judge in enumerate(judged.judges):
        await phone(world, judge, f"1383150000{number}")
    rivals = [await world.account(Role.UNIT, unit=unit) for unit in judged.units]

    async def assign(place: int) -> str:
        wanted = AssignmentWanted(application_id=judged.cases[place].id, reviewer_id=judged.judges[place].id)
        body = AssignmentsCreate(assignments=[wanted])

        async def act(ctx: Context) -> None:
            await assignments.assign_by_hand(ctx, judged.round.id, body)

        return await outcome(world, actor_of(judged.clerk), act)

    edits = [phone(world, rival, f"1383150000{number}") for number, rival in enumerate(rivals)]
    told = await asyncio.gather(*[act for place in range(8) for act in (edits[place], assign(place))])
    async with world.database.transaction() as session:
        made = len(list(await session.scalars(text("SELECT id FROM assignments WHERE withdrawn_at IS NULL"))))
    assert {each for each in told if each} <= {"done", "rules-violated"}
    assert (told.count("done"), await found(judged)) == (made, ["same_person"] * made)


async def test_no_statement_about_what_was_judged_asks_for_a_phone(world: World) -> None:
    judged = await judging(world, cases=1, judges=2, shows_others=True)
    for judge in judged.judges:
        await judged.scored(judged.cases[0], judge, 80)
    case_id = await case_of(world, judged.judges[0])
    with noted(world.database) as sent:
        async with world.viewing(actor_of(judged.judges[0])) as view:
            await cases.search(view, after=None, limit=1, round_id=None, review_status=None)
            await cases.read(view, case_id)
            await reviews.read_own(view, case_id)
            await reviews.peers(view, case_id, after=None, limit=1)
        async with world.viewing(actor_of(judged.clerk)) as view:
            await rankings.scores_of(view, judged.round.id)
            await round_progress.read(view, judged.round.id)
    assert [statement for statement in sent if "phone" in statement or "recusals" in statement] == []
