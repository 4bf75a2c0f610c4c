"""A round of judging as plain rows: accepted cases of several committees, a panel, assignments and reviews."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.context import Actor, Context
from app.models import (
    Account,
    Application,
    Assignment,
    Campaign,
    Committee,
    PanelMember,
    Review,
    Reviewer,
    Round,
    RoundEntry,
    Unit,
)
from app.models.enums import (
    ApplicationStatus,
    AssignmentOrigin,
    RankingMethod,
    ReviewStatus,
    Role,
    RoundIntake,
    RoundStatus,
)
from app.problems import Problem
from app.services.history import create
from app.services.judging import cases as cases_of_judges
from app.services.judging.reviews import CriterionScore, ReviewDraft
from app.services.policies.judging.reviews import BEGUN
from tests.contract.client import ContractClient
from tests.world import NOW, World, actor_of, key
from tests.world.filing import CELLS

Act = Callable[[Context], Awaitable[Any]]


@dataclass
class Judging:
    """An open round of the campaign with its cases and its panel; nobody has been assigned anything yet."""

    world: World
    campaign: Campaign
    round: Round
    clerk: Account
    by_office: ContractClient
    committees: list[Committee] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    cases: list[Application] = field(default_factory=list)
    judges: list[Account] = field(default_factory=list)
    by_judge: list[ContractClient] = field(default_factory=list)

    async def case(self, unit: Unit | None = None, *, entered: bool = True, **form: Any) -> Application:
        """One more accepted application, by default of a committee and a unit of its own, and an entry of the round."""
        if unit is None:
            committee = await self.world.committee()
            unit = await self.world.unit(committee)
            self.committees.append(committee)
            self.units.append(unit)
        cells = CELLS | {"brand_name": f"第{len(self.cases) + 1}号品牌"} | form
        accepted = await self.world.filed(self.campaign, unit, **cells)
        await self.world.put(accepted, status=ApplicationStatus.ACCEPTED)
        if entered:
            await self.enter(accepted)
        self.cases.append(accepted)
        return accepted

    async def enter(self, accepted: Application) -> None:
        """Make it the next entry of the round."""
        await self.world.add(
            RoundEntry(
                round_id=self.round.id,
                application_id=accepted.id,
                version_id=accepted.filed_version_id,
                case_number=len(self.cases) + 1,
                entered_at=NOW,
            )
        )

    async def judge(self, *, member: bool = True, **profile: Any) -> Account:
        """One more reviewer with a profile, on the panel of the round."""
        account = await self.world.account(Role.REVIEWER)
        plain = {"organisation": "唐山师范学院", "expertise": [], "maximum_load": 100}
        await self.world.add(Reviewer(account_id=account.id, **(plain | profile)))
        if member:
            await self.world.add(PanelMember(round_id=self.round.id, reviewer_id=account.id, joined_at=NOW))
        self.judges.append(account)
        self.by_judge.append(await self.world.sign_in(account))
        return account

    async def assign(self, case: Application, judge: Account, assigned_at: datetime = NOW) -> Assignment:
        row = Assignment(
            round_id=self.round.id,
            application_id=case.id,
            reviewer_id=judge.id,
            origin=AssignmentOrigin.MANUAL,
            assigned_at=assigned_at,
            assigned_by=self.clerk.id,
        )
        await self.world.add(row)
        return row

    async def review(self, assignment: Assignment, score: int, *, submitted: bool = True) -> Review:
        """The same score for every criterion, so the weighted total is the score."""
        row = Review(
            assignment_id=assignment.id,
            status=ReviewStatus.SUBMITTED if submitted else ReviewStatus.DRAFT,
            scores=[{"code": each["code"], "score": score, "remark": ""} for each in self.round.criteria],
            remark="",
            total=float(score) if submitted else None,
            submitted_at=NOW if submitted else None,
        )
        async with self.world.acting(actor_of(self.clerk)) as ctx:
            create(ctx, row, BEGUN)
        return row

    async def becomes(self, status: RoundStatus) -> None:
        """Put the round into another state, by no act."""
        await self.world.put(self.round, status=status)

    async def recuse(self, judge: Account, case: Application) -> None:
        """The office recuses the judge, which withdraws the assignment if there is one."""
        body = {"reviewer_id": str(judge.id), "application_id": str(case.id), "reason": "亲属"}
        answer = await self.by_office.post("/api/v1/recusals", json=body, headers=key())
        assert answer.status_code == 201, answer.text

    async def scored(self, case: Application, judge: Account, score: int) -> Review:
        return await self.review(await self.assign(case, judge), score)


async def judging(
    world: World, *, cases: int = 0, judges: int = 0, campaign: Campaign | None = None, **round_: Any
) -> Judging:
    """A round that judges see and may score in, between an hour ago and a month ahead."""
    campaign = campaign or await world.campaign()
    clerk = await world.account(Role.OFFICE)
    plain = {
        "number": 1,
        "name": "初评",
        "status": RoundStatus.OPEN,
        "intake": RoundIntake.ALL,
        "blind": True,
        "criteria": campaign.settings["criteria"],
        "reviews_wanted": 3,
        "method": RankingMethod.MEAN,
        "seed": 20150914,
        "opens_at": NOW - timedelta(hours=1),
        "closes_at": NOW + timedelta(days=30),
        "opened_at": NOW - timedelta(hours=1),
    }
    row = Round(campaign_id=campaign.id, **(plain | round_))
    await world.add(row)
    made = Judging(world, campaign, row, clerk, await world.sign_in(clerk))
    for _ in range(cases):
        await made.case()
    for _ in range(judges):
        await made.judge()
    return made


async def outcome(world: World, actor: Actor, act: Act) -> str:
    """Act in a transaction of its own: `done`, or the code of the refusal."""
    try:
        async with world.acting(actor) as ctx:
            await act(ctx)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def case_of(world: World, judge: Account) -> UUID:
    """The id of the judge's first case."""
    async with world.viewing(actor_of(judge)) as view:
        page = await cases_of_judges.search(view, after=None, limit=1, round_id=None, review_status=None)
    return page.rows[0].id


def draft(made: Judging, score: int) -> ReviewDraft:
    """The same score for every criterion."""
    given = [CriterionScore(code=each["code"], score=score, remark="") for each in made.round.criteria]
    return ReviewDraft(scores=given, remark="")
