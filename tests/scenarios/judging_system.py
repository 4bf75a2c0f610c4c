"""A round of judging for a test that is not asynchronous: who does what in it, and what is seen of it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from hashlib import md5
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.context import Actor, Context
from app.problems import RulesViolated
from app.services.judging import assignments, cases, rankings
from app.services.judging.assignments import AssignmentRow
from tests.scenarios.judging_model import CASES, JUDGES, MOST, Pair
from tests.scenarios.model import Refusal
from tests.scenarios.system import System
from tests.world import NOW, actor_of
from tests.world.judging import Judging, judging

GIVEN = text("""
    SELECT s.application_id, s.reviewer_id, s.id, r.id IS NOT NULL AS begun,
           coalesce(r.status = 'submitted', false) AS submitted
    FROM assignments s LEFT JOIN reviews r ON r.assignment_id = s.id
    WHERE s.round_id = :round AND s.withdrawn_at IS NULL""")
PROPOSED = text("SELECT result FROM proposals WHERE id = :id")
REVIEW = text("SELECT id FROM reviews WHERE assignment_id = :id")
FROZEN = text("SELECT result FROM rankings WHERE round_id = :round")


class JudgingSystem:
    """Four cases of two committees, three judges on the panel of an open round, and the office."""

    judged: Judging
    office: Actor
    judges: list[Actor]

    def __init__(self, system: System) -> None:
        self.system = system
        system.run(self._round())

    async def _round(self) -> None:
        world = self.system.world
        world.database.clock.stopped_at = NOW
        self.judged = await judging(world, reviews_wanted=2)
        for _ in range(CASES // 2):
            committee = await world.committee()
            self.judged.committees.append(committee)
            for _ in range(2):
                self.judged.units.append(await world.unit(committee))
                await self.judged.case(self.judged.units[-1])
        for _ in range(JUDGES):
            await self.judged.judge(maximum_load=MOST)
        self.office = actor_of(self.judged.clerk)
        self.judges = [actor_of(judge) for judge in self.judged.judges]

    @property
    def round(self) -> UUID:
        return self.judged.round.id

    def case(self, pair: Pair) -> UUID:
        return self.judged.cases[pair[0]].id

    def judge(self, pair: Pair) -> UUID:
        return self.judged.judges[pair[1]].id

    def case_id(self, pair: Pair) -> UUID:
        """The name by which judges know a case, also of one that they may not see."""
        return UUID(md5(str(self.round).encode(), usedforsecurity=False).hexdigest()[:24] + f"{pair[0] + 1:08x}")

    def pair(self, application_id: Any, reviewer_id: Any) -> Pair:
        ids = [str(case.id) for case in self.judged.cases], [str(judge.id) for judge in self.judged.judges]
        return ids[0].index(str(application_id)), ids[1].index(str(reviewer_id))

    def rows(self) -> list[Any]:
        return self.system.rows(GIVEN, round=self.round)

    def review_of(self, assignment_id: UUID) -> UUID:
        ((review_id,),) = self.system.rows(REVIEW, id=assignment_id)
        return UUID(str(review_id))

    def proposed(self, proposal_id: UUID) -> dict[str, Any]:
        ((result,),) = self.system.rows(PROPOSED, id=proposal_id)
        return dict(result)

    def seen(self) -> set[Pair]:
        """Cases in each judge's list."""
        numbers = [self.system.run(self._numbers(judge)) for judge in self.judges]
        return {(case, judge) for judge, cases_ in enumerate(numbers) for case in cases_}

    def found(self) -> dict[Pair, str]:
        """The conflicts that the office reads of assignments, to decide them."""
        rows = self.system.run(self._found())
        return {self.pair(row.application_id, row.reviewer_id): row.conflict for row in rows}

    def counted(self) -> dict[int, int]:
        """Number of reviews that would count for each case that has any if the round were closed now."""
        found: dict[int, int] = self.system.run(self._counted())
        return found

    def frozen(self) -> dict[int, int]:
        """Number of reviews that counted when it was closed."""
        ((result,),) = self.system.rows(FROZEN, round=self.round)
        return {row["case_number"] - 1: row["n"] for row in result["rows"] if row["n"]}

    async def _numbers(self, judge: Actor) -> list[int]:
        async with self.system.world.viewing(judge) as view:
            page = await cases.search(view, round_id=None, review_status=None, after=None, limit=100)
        assert page.total == len(page.rows)
        return [row.case_number - 1 for row in page.rows]

    async def _found(self) -> Sequence[AssignmentRow]:
        filters = {"application_id": None, "reviewer_id": None, "standing": True, "in_conflict": True}
        async with self.system.world.viewing(self.office) as view:
            return (await assignments.search(view, self.round, **filters, after=None, limit=100)).rows

    async def _counted(self) -> dict[int, int]:
        async with self.system.world.viewing(self.office) as view:
            scores = await rankings.scores_of(view, self.round)
        return dict(Counter(self.pair(score.case, self.judges[0].id)[0] for score in scores))

    def expect(self, expected: Refusal, actor: Actor, act: Callable[[Context], Awaitable[Any]]) -> Any:
        """Result of the act, or None if it was refused as the model expects."""
        made: list[Any] = []

        async def command(ctx: Context) -> None:
            try:
                made.append(await act(ctx))
                await ctx.session.flush()
            except IntegrityError:  # the database has the last word, over HTTP with a finding
                raise RulesViolated([]) from None

        found = self.system.attempt(actor, command)
        assert found == expected, f"{found}, the model says {expected}"
        return made[0] if found is None else None
