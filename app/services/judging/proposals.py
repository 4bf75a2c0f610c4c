"""Proposed distributions (分配方案): reckoned without a lock, looked at, then applied or taken back as one act.

Who gets what is decided when a proposal is made; the names are looked up when it is read.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, cast
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid, and_, bindparam, case, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.context import Context, OpenContext, OpenView, View, acting_as
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Input, Reason
from app.models import (
    Account,
    Application,
    Assignment,
    Committee,
    PanelMember,
    Proposal,
    Review,
    Reviewer,
    Round,
    RoundEntry,
)
from app.models.enums import AssignmentOrigin, ProposalKind, ProposalStatus, Role, RoundStatus, WithdrawalCause
from app.services.history import change, create, move
from app.services.judging import assignments, distributions, rankings
from app.services.judging.distributions import Basis, Solution
from app.services.judging.visibility import CONFLICT, STANDING, lock_round
from app.services.pages import Listing, Page
from app.services.policies import actions, permit, refuse
from app.services.policies.judging import proposals as policy
from app.services.policies.judging.assignments import REINSTATED
from app.services.policies.judging.proposals import ProposalFacts

LARGEST_SEED = 2**31 - 1
VISIBLE = acting_as(Role.OFFICE)
"""The office sees every proposal, nobody else any: a judge does not learn why a case came, or came late."""

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_PROPOSAL_ID, _ROUND_ID = (bindparam(name, type_=Uuid) for name in ("proposal_id", "round_id"))


def _length(name: str) -> Any:
    return func.jsonb_array_length(Proposal.result[name])


_SUMMARY = (
    select(
        Proposal.id,
        Proposal.version,
        Proposal.round_id,
        Proposal.kind,
        Proposal.status,
        Proposal.seed,
        Proposal.budget,
        _length("added").label("added_count"),
        _length("withdrawn").label("withdrawn_count"),
        _length("shortages").label("shortage_count"),
        Proposal.proposed_at,
        Account.name.label("proposed_by"),
        Proposal.applied_at,
        Proposal.undone_at,
    )
    .join(Account, Account.id == Proposal.proposed_by)
    .where(VISIBLE)
)
_PROPOSALS = Listing(_SUMMARY.where(Proposal.round_id == _ROUND_ID), Proposal.id, newest_first=True)
_PROPOSAL = Query(
    _SUMMARY.add_columns(Proposal.basis_digest, Proposal.result, Round.status.label("round_status"))
    .join(Round, Round.id == Proposal.round_id)
    .where(Proposal.id == _PROPOSAL_ID)
)
_CASES = Query(
    select(
        Application.id.label("application_id"),
        Application.number.label("application_number"),
        Application.brand_name,
        Committee.name.label("committee_name"),
        RoundEntry.case_number,
    )
    .join(Committee, Committee.id == Application.committee_id)
    .outerjoin(RoundEntry, (RoundEntry.application_id == Application.id) & (RoundEntry.round_id == _ROUND_ID))
    .where(Application.id == _IDS.any_(), VISIBLE)
)
_REVIEWERS = Query(
    select(
        Reviewer.account_id.label("reviewer_id"),
        Account.name.label("reviewer_name"),
        Reviewer.organisation.label("reviewer_organisation"),
    )
    .join(Account, Account.id == Reviewer.account_id)
    .where(Reviewer.account_id == _IDS.any_(), VISIBLE)
)
_ROUND_OF = Query(select(Proposal.round_id).where(Proposal.id == _PROPOSAL_ID, VISIBLE))
_LOCKED = select(Proposal).where(Proposal.id == bindparam("proposal_id")).where(VISIBLE).with_for_update()
_ASSIGNMENTS = select(Assignment).where(Assignment.id == _IDS.any_()).order_by(Assignment.id).with_for_update()
_BEGUN = Query(
    select(Account.name.label("reviewer_name"), Application.number.label("application_number"), Application.brand_name)
    .select_from(Assignment)
    .join(Review, Review.assignment_id == Assignment.id)
    .join(Account, Account.id == Assignment.reviewer_id)
    .join(Application, Application.id == Assignment.application_id)
    .where(Assignment.proposal_id == _PROPOSAL_ID, Assignment.withdrawn_at.is_(None), VISIBLE)
    .order_by(Application.number, Account.name)
)
_ADDED = Query(
    select(Assignment.id).where(Assignment.proposal_id == _PROPOSAL_ID, Assignment.withdrawn_at.is_(None), VISIBLE)
)
_again = aliased(Assignment)
_seated = exists().where(PanelMember.round_id == Assignment.round_id, PanelMember.reviewer_id == Assignment.reviewer_id)
_assigned_again = exists().where(
    _again.round_id == Assignment.round_id,
    _again.application_id == Assignment.application_id,
    _again.reviewer_id == Assignment.reviewer_id,
    _again.withdrawn_at.is_(None),
)
_TAKEN = Query(
    select(
        Assignment.id,
        Assignment.application_id,
        Assignment.reviewer_id,
        case(
            (CONFLICT.is_not(None), policy.LEFT_OUT_CONFLICT.code),
            (~_seated, policy.LEFT_OUT_OFF_PANEL.code),
            (_assigned_again, policy.LEFT_OUT_STANDING.code),
        ).label("obstacle"),
    )
    .where(Assignment.id == _IDS.any_(), VISIBLE)
    .order_by(Assignment.id)
)
"""What a proposal withdrew, each with what keeps it from standing again."""

_LOADS = Query(
    select(Reviewer.account_id, Reviewer.maximum_load.label("maximum"), func.count(Assignment.id).label("count"))
    .outerjoin(
        Assignment,
        and_(
            Assignment.reviewer_id == Reviewer.account_id,
            Assignment.round_id == _ROUND_ID,
            Assignment.proposal_id.is_distinct_from(_PROPOSAL_ID),
            STANDING,
        ),
    )
    .where(Reviewer.account_id == bindparam("reviewer_ids", type_=ARRAY(Uuid)).any_(), VISIBLE)
    .group_by(Reviewer.account_id, Reviewer.maximum_load)
)
"""How many cases a reviewer has without what the proposal gave, and how many they can take."""


class ProposalCreate(Input):
    """Ask for a distribution of a round's cases among its panel, or for a wave of further reviews."""

    kind: ProposalKind = Field(
        description="`full` gives every case its reviews; `wave` spends a budget of further ones at the round's cut."
    )
    seed: int | None = Field(
        None,
        ge=0,
        le=LARGEST_SEED,
        description="Decides between equals: the same seed gives the same proposal. By default the round's.",
        examples=[20150914],
    )
    budget: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="How many further reviews a wave may spend; needed for a wave, and for nothing else.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _budget_of_a_wave(self) -> Self:
        if (self.kind is ProposalKind.WAVE) != (self.budget is not None):
            raise ValueError("a wave has a budget, a full distribution has none")
        return self


class ProposalApplication(Input):
    """Put a proposal in force."""

    despite_shortages: bool = Field(False, description="Apply it although cases lack reviews.", examples=[False])


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A proposal with the names of today, and what may be done with it now."""

    row: Row
    cases: Mapping[str, Row]
    reviewers: Mapping[str, Row]
    outdated: bool
    actions: dict[str, list[Finding]]

    def pair(self, application_id: str, reviewer_id: str) -> Row:
        """A case and a reviewer, named."""
        return self.cases[application_id] | self.reviewers[reviewer_id]

    def pairs(self, change: str) -> list[Row]:
        """What is `added` or `withdrawn`, in the order of the cases."""
        named = [self.pair(*each[:2]) for each in self.row["result"][change]]
        return sorted(named, key=lambda pair: (pair["case_number"] or 0, pair["reviewer_name"]))


class ProposalReversal(Input):
    """Take a proposal back."""

    reason: Reason = Field(description="Why; kept in the history and shown.", examples=["评审组成员有变动，重新分配。"])
    despite_reviews: bool = Field(
        False, description="Take back also what a reviewer has begun to judge.", examples=[False]
    )


async def propose(look: OpenView, act: OpenContext, round_id: UUID, body: ProposalCreate) -> UUID:
    """Reckon and keep a proposal; no lock is held and no connection taken while it is reckoned."""
    async with look() as view:
        basis = await distributions.read(view, round_id)
        permit(policy.PROPOSE, role=view.actor.role, status=RoundStatus(basis.round["status"]))
        refuse(policy.wave_findings(basis.round["cut"]) if body.budget else [])
        scores = await rankings.scores_of(view, round_id) if body.budget else []
    seed = basis.round["seed"] if body.seed is None else body.seed
    if body.budget:
        solution = await asyncio.to_thread(distributions.solve_wave, basis, seed, body.budget, scores)
        refuse(policy.chosen_findings(basis.round["cut"], len(solution.extra)))
    else:
        solution = await asyncio.to_thread(distributions.solve_round, basis, seed)
    async with act() as ctx:
        return _kept(ctx, basis, body, seed, solution).id


async def apply(ctx: Context, proposal_id: UUID, body: ProposalApplication) -> None:
    """Put it in force, all of it, if it still starts from what stands."""
    round_, proposal = await get(ctx, proposal_id)
    basis = await distributions.read(ctx, proposal.round_id)
    facts = ProposalFacts(
        round_status=round_.status,
        status=proposal.status,
        outdated=basis.digest != proposal.basis_digest,
        shortages=len(proposal.result["shortages"]),
        despite_shortages=body.despite_shortages,
    )
    move(ctx, proposal, policy.APPLY, facts, data=_counts(proposal), applied_at=ctx.now)
    assignments.withdraw(ctx, await _locked(ctx, _withdrawn(proposal)), WithdrawalCause.PROPOSAL, None)
    pairs = [(UUID(application_id), UUID(reviewer_id)) for application_id, reviewer_id in proposal.result["added"]]
    await assignments.assign(ctx, round_, pairs, AssignmentOrigin.PROPOSAL, proposal.id)


async def read(view: View, proposal_id: UUID, *, just_made: bool = False) -> ProposalRecord:
    """One proposal; NotFound unless visible. What it starts from is not read again if it was just made."""
    row = await view.get(_PROPOSAL, proposal_id=proposal_id)
    waiting = row["status"] == ProposalStatus.PROPOSED and not just_made
    outdated = waiting and await _outdated(view, row)
    reviews = await _begun(view, proposal_id) if row["status"] == ProposalStatus.APPLIED else []
    facts = ProposalFacts(
        RoundStatus(row["round_status"]),
        ProposalStatus(row["status"]),
        outdated,
        row["shortage_count"],
        tuple(policy.begun_findings(islice(reviews, 100))),
    )
    possible = actions(policy.ACTS, view.actor.role, facts)
    return ProposalRecord(row, *await _named(view, row), outdated=outdated, actions=possible)


async def search(view: View, *, after: UUID | None, limit: int, round_id: UUID) -> Page:
    """The proposals of a round, newest first; NotFound unless the round is visible."""
    await distributions.round_of(view, round_id)
    return await _PROPOSALS.page(view, after=after, limit=limit, round_id=round_id)


async def get(ctx: Context, proposal_id: UUID) -> tuple[Round, Proposal]:
    """The proposal under its round's lock and its own; NotFound unless the actor may see it."""
    row = await ctx.get(_ROUND_OF, proposal_id=proposal_id)
    round_ = await lock_round(ctx, row["round_id"])
    return round_, await ctx.lock(_LOCKED, proposal_id=proposal_id)


async def undo(ctx: Context, proposal_id: UUID, body: ProposalReversal) -> None:
    """Take back what it added and give back what it withdrew, save what may not, cannot or need not stand again."""
    round_, proposal = await get(ctx, proposal_id)
    permit(policy.PROPOSE, role=ctx.actor.role, status=round_.status)
    begun = [] if body.despite_reviews else await _begun(ctx, proposal_id)
    added = [each["id"] for each in await ctx.rows(_ADDED, proposal_id=proposal_id)]
    taken = await _taken(ctx, proposal)
    returned = [each["id"] for each in taken if each["obstacle"] is None]
    reversal = {
        "reason": body.reason,
        "withdrawn_count": len(added),
        "reinstated_count": len(returned),
        "left_out": [_told(each) for each in taken if each["obstacle"]],
    }
    after: dict[str, Any] = {"undone_at": ctx.now, "result": proposal.result | {"reversal": reversal}}
    facts = ProposalFacts(round_.status, proposal.status, begun=tuple(policy.begun_findings(begun)))
    move(ctx, proposal, policy.UNDO, facts, data=reversal, **after)
    assignments.withdraw(ctx, await _locked(ctx, added), WithdrawalCause.UNDONE, body.reason)
    _reinstate(ctx, await _locked(ctx, returned))


async def _begun(view: View, proposal_id: UUID) -> list[Row]:
    """What the proposal gave that somebody has begun to judge, named."""
    return await view.rows(_BEGUN, proposal_id=proposal_id)


async def _outdated(view: View, row: Row) -> bool:
    basis = await distributions.read(view, row["round_id"])
    return bool(basis.digest != row["basis_digest"])


async def _named(view: View, row: Row) -> tuple[dict[str, Row], dict[str, Row]]:
    """Every case and every reviewer the proposal speaks of, by id."""
    result = row["result"]
    pairs = result["added"] + result["withdrawn"]
    case_ids = {each[0] for each in pairs} | {each["case"] for each in result["shortages"] + result["open_cases"]}
    cases = await view.rows(_CASES, ids=[*map(UUID, case_ids)], round_id=row["round_id"])
    reviewers = await view.rows(_REVIEWERS, ids=[UUID(each["reviewer_id"]) for each in result["loads"]])
    return (
        {str(case["application_id"]): case for case in cases},
        {str(reviewer["reviewer_id"]): reviewer for reviewer in reviewers},
    )


def _kept(ctx: Context, basis: Basis, body: ProposalCreate, seed: int, solution: Solution) -> Proposal:
    proposal = Proposal(
        round_id=basis.round["id"],
        kind=body.kind,
        seed=seed,
        budget=body.budget,
        basis_digest=basis.digest,
        result=distributions.as_json(basis, solution),
        proposed_at=ctx.now,
        proposed_by=cast(UUID, ctx.actor.id),
    )
    return create(ctx, proposal, policy.PROPOSE.event, **_counts(proposal))


def _counts(proposal: Proposal) -> dict[str, int]:
    return {name: len(proposal.result[name]) for name in ("added", "withdrawn", "shortages")}


async def _locked(ctx: Context, ids: Sequence[UUID]) -> Iterable[Assignment]:
    return await ctx.session.scalars(_ASSIGNMENTS, {"ids": ids})


def _withdrawn(proposal: Proposal) -> list[UUID]:
    """The assignments it takes from their reviewers."""
    return [UUID(assignment_id) for _, _, assignment_id in proposal.result["withdrawn"]]


async def _taken(view: View, proposal: Proposal) -> list[Row]:
    """What it withdrew, in the order it had been given; nobody gets back more than they can take, or had before."""
    taken = await view.rows(_TAKEN, ids=_withdrawn(proposal))
    judges = {"round_id": proposal.round_id, "reviewer_ids": [each["reviewer_id"] for each in taken]}
    loads = await view.rows(_LOADS, proposal_id=proposal.id, **judges)
    before = {UUID(load["reviewer_id"]): load["before"] for load in proposal.result["loads"]}
    room = {row["account_id"]: max(row["maximum"], before[row["account_id"]]) - row["count"] for row in loads}
    for each in taken:
        if each["obstacle"] is None:
            room[each["reviewer_id"]] -= 1
            each["obstacle"] = policy.LEFT_OUT_FULL.code if room[each["reviewer_id"]] < 0 else None
    return taken


def _reinstate(ctx: Context, rows: Iterable[Assignment]) -> None:
    """Let the very same assignments stand again, as they were."""
    withdrawal = dict.fromkeys(("withdrawn_at", "withdrawn_by", "withdrawal_cause", "withdrawal_reason"))
    for row in rows:
        change(ctx, row, REINSTATED, **withdrawal)


def _told(left: Row) -> list[str]:
    return [str(left["application_id"]), str(left["reviewer_id"]), left["obstacle"]]
