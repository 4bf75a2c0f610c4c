"""Assignments against their model: under acts in any order, no judge has or counts what they may not."""

import os
from collections.abc import Awaitable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from app.context import Context
from app.doctor import INVARIANTS
from app.models.enums import RecusalKind
from app.problems import RulesViolated, WrongState
from app.services.judging import assignments, conflicts, proposals, recusals, reviewers, reviews, rounds
from app.services.judging.assignments import AssignmentsCreate, AssignmentsWithdrawal
from app.services.judging.conflicts import ConflictsDismissal
from app.services.judging.proposals import ProposalApplication, ProposalCreate, ProposalReversal
from app.services.judging.recusals import CaseRecusal, InterestDeclaration, RecusalCreate, RecusalLifting
from app.services.judging.reviewers import ReviewerProfile
from app.services.judging.reviews import ReviewDraft, ReviewReopening
from app.services.judging.rounds import RoundClosure
from app.settings import Settings
from tests.contract.client import Contract
from tests.scenarios.judging_model import CASES, JUDGES, MOST, Given, KeptAway, Level, Model, Pair
from tests.scenarios.judging_system import JudgingSystem
from tests.scenarios.system import System

HYPOTHESIS = hypothesis_settings(
    stateful_step_count=30,
    deadline=None,
    derandomize="CI" in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
BROKEN_PROMISES = text(
    " UNION ALL ".join(
        f"SELECT $${sentence}$$ WHERE EXISTS ({statement})"
        for sentence, statement in INVARIANTS.items()
        if any(f"FROM {table}" in statement for table in ("rounds", "assignments", "reviews"))
    )
)
WHY = "经研究决定。"
CASE, JUDGE, SELDOM = st.integers(0, CASES - 1), st.integers(0, JUDGES - 1), st.sampled_from([False] * 3 + [True])
PAIR = st.tuples(CASE, JUDGE)
LEVEL = st.sampled_from(["application_id", "unit_id", "committee_id"])


class Machine(RuleBasedStateMachine):
    """One round that runs; the office and its judges, every act at every time."""

    judging: JudgingSystem
    model: Model
    closed_with: dict[int, int]

    def __init__(self, system: System) -> None:
        super().__init__()
        self.system = system

    @initialize()
    def a_round(self) -> None:
        self.judging, self.model = JudgingSystem(self.system), Model()

    @rule(pairs=st.lists(PAIR, min_size=1, max_size=3))
    def the_office_assigns(self, pairs: list[Pair]) -> None:
        wanted = [
            {"application_id": self.judging.case(pair), "reviewer_id": self.judging.judge(pair)} for pair in pairs
        ]
        body = AssignmentsCreate.model_validate({"assignments": wanted})
        made = self.judging.expect(
            self.model.assigning(pairs),
            self.judging.office,
            lambda ctx: assignments.assign_by_hand(ctx, self.judging.round, body),
        )
        self.model.given |= {pair: Given(id_) for pair, id_ in zip(pairs, made or [], strict=bool(made))}

    @rule(data=st.data(), despite=SELDOM)
    def the_office_withdraws(self, data: st.DataObject, despite: bool) -> None:
        if self.model.given:
            pairs = data.draw(st.lists(st.sampled_from(sorted(self.model.given)), min_size=1, max_size=2, unique=True))
            ids = [self.model.given[pair].id for pair in pairs]
            body = AssignmentsWithdrawal(assignment_ids=ids, reason=WHY, despite_reviews=despite)
            expected = self.model.withdrawing(pairs, despite_reviews=despite)
            self.judging.expect(
                expected, self.judging.office, lambda ctx: assignments.withdraw_by_hand(ctx, self.judging.round, body)
            )
            for pair in pairs if expected is None else []:
                del self.model.given[pair]

    @rule(pair=PAIR, complete=st.booleans())
    def a_judge_saves(self, pair: Pair, complete: bool) -> None:
        self.saves(self.likely(pair), complete=complete)

    def saves(self, pair: Pair, *, complete: bool) -> None:
        codes = [each["code"] for each in self.judging.judged.round.criteria][: None if complete else 1]
        body = ReviewDraft.model_validate({"scores": [{"code": code, "score": 80} for code in codes]})
        expected = self.model.saving(pair)
        self.judging.expect(
            expected,
            self.judging.judges[pair[1]],
            lambda ctx: reviews.save(ctx, self.judging.case_id(pair), body, None),
        )
        if expected is None:
            self.model.given[pair].begun, self.model.given[pair].complete = True, complete

    @rule(pair=PAIR, at_once=st.booleans())
    def a_judge_submits(self, pair: Pair, at_once: bool) -> None:
        pair = self.likely(pair)
        if at_once:
            self.saves(pair, complete=True)
        expected = self.model.submitting(pair)
        self.judging.expect(
            expected, self.judging.judges[pair[1]], lambda ctx: reviews.submit(ctx, self.judging.case_id(pair))
        )
        if expected is None:
            self.model.given[pair].submitted = True

    @rule(data=st.data())
    def the_office_reopens(self, data: st.DataObject) -> None:
        if begun := sorted(pair for pair, given in self.model.given.items() if given.begun):
            pair = data.draw(st.sampled_from(begun))
            review = self.judging.review_of(self.model.given[pair].id)
            expected = self.model.reopening(pair)
            self.judging.expect(
                expected, self.judging.office, lambda ctx: reviews.reopen(ctx, review, ReviewReopening(reason=WHY))
            )
            if expected is None:
                self.model.given[pair].submitted = False

    @rule(pair=PAIR, kind=st.sampled_from([RecusalKind.DECLARED, RecusalKind.ABSTAINED]))
    def a_judge_keeps_away(self, pair: Pair, kind: Any) -> None:
        pair = self.likely(pair)
        body = CaseRecusal(kind=kind, reason=WHY)
        id_ = self.judging.expect(
            self.model.keeping_away_from(pair),
            self.judging.judges[pair[1]],
            lambda ctx: recusals.keep_away_from_case(ctx, self.judging.case_id(pair), body),
        )
        if id_:
            self.model.recused(KeptAway(id_, pair[1], kind, "application_id", pair[0]))

    @rule(judge=JUDGE, level=st.sampled_from(["unit_id", "committee_id"]), case=CASE)
    def a_judge_declares(self, judge: int, level: Level, case: int) -> None:
        named = self.judging.judged.units[case] if level == "unit_id" else self.judging.judged.committees[case // 2]
        body = InterestDeclaration(organisation_name=named.name, reason=WHY)
        self.recuses(judge, RecusalKind.DECLARED, level, case, lambda ctx: self._first(recusals.declare(ctx, body)))

    @rule(judge=JUDGE, level=LEVEL, case=CASE)
    def the_office_recuses(self, judge: int, level: Level, case: int) -> None:
        places = {"application_id": self.judging.judged.cases[case].id, "unit_id": self.judging.judged.units[case].id}
        named = {level: (places | {"committee_id": self.judging.judged.committees[case // 2].id})[level]}
        body = RecusalCreate.model_validate({"reviewer_id": self.judging.judges[judge].id, "reason": WHY} | named)
        self.recuses(judge, RecusalKind.RECUSED, level, case, lambda ctx: recusals.recuse(ctx, body))

    def recuses(self, judge: int, kind: RecusalKind, level: Level, case: int, act: Any) -> None:
        new = KeptAway(UUID(int=0), judge, kind, level, case // 2 if level == "committee_id" else case)
        actor = self.judging.office if kind is RecusalKind.RECUSED else self.judging.judges[judge]
        if id_ := self.judging.expect(self.model.recusing(new), actor, act):
            new.id = id_
            self.model.recused(new)

    async def _first(self, made: Awaitable[list[UUID]]) -> UUID:
        return (await made)[0]

    @rule(data=st.data())
    def the_office_lifts(self, data: st.DataObject) -> None:
        if self.model.kept_away:
            one = data.draw(st.sampled_from(self.model.kept_away))
            expected = RulesViolated if one.lifted else None
            self.judging.expect(
                expected, self.judging.office, lambda ctx: recusals.lift(ctx, one.id, RecusalLifting(reason=WHY))
            )
            one.lifted = True

    @rule(judge=JUDGE, home=st.sampled_from([None, None, *range(CASES)]))
    def a_judge_moves(self, judge: int, home: int | None) -> None:
        """To a unit, or to none: what they had of its committee they keep, until the office decides."""
        unit = None if home is None else self.judging.judged.units[home].id
        body = ReviewerProfile(organisation="唐山师范学院", maximum_load=MOST, unit_id=unit)
        self.judging.expect(
            None, self.judging.office, lambda ctx: reviewers.put(ctx, self.judging.judged.judges[judge].id, body, None)
        )
        self.model.homes[judge] = home

    @rule(seed=st.integers(0, 9))
    def the_office_distributes(self, seed: int) -> None:
        """A proposal, applied at once: it takes what nobody has begun, gives what nobody must keep away from."""
        world, actor = self.system.world, self.judging.office
        body = ProposalCreate.model_validate({"kind": "full", "seed": seed})

        async def proposed(ctx: Context) -> UUID:
            look, act = lambda: world.viewing(actor), lambda: world.acting(actor)
            made = await proposals.propose(look, act, self.judging.round, body)
            await proposals.apply(ctx, made, ProposalApplication(despite_shortages=True))
            return made

        loads = [self.model.load(judge) for judge in range(JUDGES)]
        made = self.judging.expect(WrongState if self.model.closed else None, actor, proposed)
        if made:
            self.model.loads[made] = loads
            self.applied(made)

    def applied(self, proposal: UUID) -> None:
        result = self.judging.proposed(proposal)
        taken = [self.judging.pair(*each[:2]) for each in result["withdrawn"]]
        given = {self.judging.pair(row.application_id, row.reviewer_id): row.id for row in self.judging.rows()}
        added = [self.judging.pair(*each) for each in result["added"]]
        assert not any(self.model.given[pair].begun for pair in taken)
        assert not any(self.model.conflicts(pair) or pair in self.model.given for pair in added)
        self.model.taken[proposal] = {pair: self.model.given.pop(pair) for pair in taken}
        self.model.given |= {pair: Given(given[pair], proposal) for pair in added}

    @rule(data=st.data(), despite=SELDOM)
    def the_office_takes_a_distribution_back(self, data: st.DataObject, despite: bool) -> None:
        if self.model.taken:
            proposal = data.draw(st.sampled_from(sorted(self.model.taken)))
            body = ProposalReversal(reason=WHY, despite_reviews=despite)
            expected = self.model.undoing(proposal, despite_reviews=despite)
            self.judging.expect(expected, self.judging.office, lambda ctx: proposals.undo(ctx, proposal, body))
            if expected is None:
                self.model.undone(proposal)

    @rule(really=st.sampled_from([False] * 9 + [True]))
    def the_office_closes_the_round(self, really: bool) -> None:
        if really or self.model.closed:
            expected = self.model.closing()
            body = RoundClosure(despite_missing=True)
            self.judging.expect(
                expected, self.judging.office, lambda ctx: rounds.end_judging(ctx, self.judging.round, body)
            )
            if expected is None:
                self.closed_with, self.model.closed = self.model.counted(), True

    @rule(pair=PAIR)
    def the_office_dismisses(self, pair: Pair) -> None:
        """Mostly a conflict that was found."""
        found = sorted(self.model.found())
        pair = found[sum(pair) % len(found)] if found else self.likely(pair)
        if given := self.model.given.get(pair):
            conflict: Any = self.model.found().get(pair, "recused")
            body = ConflictsDismissal(assignment_ids=[given.id], conflict=conflict, reason=WHY)
            expected = self.model.dismissing(pair)
            self.judging.expect(
                expected, self.judging.office, lambda ctx: conflicts.dismiss(ctx, self.judging.round, body)
            )
            if expected is None:
                given.dismissed.add(conflict)

    @invariant()
    def both_agree(self) -> None:
        """Require the same assignments, with the states of their reviews."""
        found = {
            self.judging.pair(row.application_id, row.reviewer_id): (row.id, row.begun, row.submitted)
            for row in self.judging.rows()
        }
        assert found == {pair: (each.id, each.begun, each.submitted) for pair, each in self.model.given.items()}

    @invariant()
    def nobody_has_too_many(self) -> None:
        assert all(self.model.load(judge) <= MOST for judge in range(JUDGES))

    @invariant()
    def judges_see_what_stands_and_nothing_else(self) -> None:
        assert self.judging.seen() == self.model.given.keys()

    @invariant()
    def what_counts_is_handed_in_whatever_conflict_is_found(self) -> None:
        """Live while the round is open; when it closed, what stood then, whatever happens afterwards."""
        found = self.judging.frozen() if self.model.closed else self.judging.counted()
        assert found == (self.closed_with if self.model.closed else self.model.counted())

    @invariant()
    def the_office_finds_every_conflict_it_has_not_decided(self) -> None:
        assert self.judging.found() == self.model.found()

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert self.system.rows(BROKEN_PROMISES) == []

    def likely(self, pair: Pair) -> Pair:
        """Mostly one that stands."""
        standing = sorted(self.model.given)
        return standing[sum(pair) % len(standing)] if standing and sum(pair) % 4 else pair


@pytest.fixture
def system(world: Any, settings: Settings, contract: Contract) -> Iterator[System]:
    """Its rows are cleared away with the world's."""
    system = System(settings, contract)
    yield system
    system.close()


@pytest.mark.parametrize("examples", [4, pytest.param(12, marks=pytest.mark.thorough)])
def test_the_machine_does_what_the_model_says(system: System, examples: int) -> None:
    bounded = hypothesis_settings(HYPOTHESIS, max_examples=examples)
    run_state_machine_as_test(partial(Machine, system), settings=bounded)  # type: ignore[arg-type]  # any maker does
