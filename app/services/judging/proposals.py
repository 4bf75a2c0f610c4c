"""Proposed distributions (分配方案): computed without a lock, read, then applied or undone as one act.

The result is fixed when a proposal is made; the names in it are looked up when it is read.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Self, cast
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import ColumnElement, bindparam, func, select

from app.algorithms.instance import Pair
from app.context import Context, OpenContext, OpenView, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import Input, Reason
from app.models import (
    Account,
    Application,
    Assignment,
    Committee,
    Proposal,
    Reviewer,
    Round,
    RoundEntry,
)
from app.models.enums import AssignmentOrigin, ProposalKind, ProposalStatus, Role, RoundStatus, WithdrawalCause
from app.rows import row_type
from app.services.history import change, create, move
from app.services.judging import assignments, distributions, rankings, reversals
from app.services.judging.distributions import Basis, Result, Solution
from app.services.judging.visibility import lock_round
from app.services.pages import Listing, Page
from app.services.policies import actions, permit, refuse
from app.services.policies.judging import proposals as policy
from app.services.policies.judging.assignments import REINSTATED
from app.services.policies.judging.proposals import ProposalFacts

LARGEST_SEED = 2**31 - 1
VISIBLE = acting_as(Role.OFFICE)
"""The office sees every proposal, nobody else any: a judge does not learn why a case came, or came late."""

_IDS = bound_ids("ids")
_PROPOSAL_ID, _ROUND_ID = (bound_id(name) for name in ("proposal_id", "round_id"))


def _length(name: str) -> ColumnElement[int]:
    return func.jsonb_array_length(Proposal.result[name])


@row_type
class ProposalSummary:
    """A proposal in a list."""

    id: UUID
    version: int
    round_id: UUID
    kind: ProposalKind
    status: ProposalStatus
    seed: int
    budget: int | None
    added_count: int
    withdrawn_count: int
    shortage_count: int
    proposed_at: datetime
    proposed_by: str
    applied_at: datetime | None
    undone_at: datetime | None


@row_type
class ProposalRow(ProposalSummary):
    """The same with its stored result, and the digest of the state it was computed from."""

    basis_digest: str
    result: dict[str, Any]
    round_status: RoundStatus


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
_PROPOSALS = Listing(_SUMMARY.where(Proposal.round_id == _ROUND_ID), Proposal.id, ProposalSummary, newest_first=True)
_PROPOSAL = Query(
    _SUMMARY.add_columns(Proposal.basis_digest, Proposal.result, Round.status.label("round_status"))
    .join(Round, Round.id == Proposal.round_id)
    .where(Proposal.id == _PROPOSAL_ID),
    ProposalRow,
)


@row_type
class NamedCase:
    """A case of a proposal under the names of today."""

    application_id: UUID
    application_number: str
    brand_name: str | None
    committee_name: str
    case_number: int | None


@row_type
class NamedReviewer:
    """A reviewer of a proposal under the names of today."""

    reviewer_id: UUID
    reviewer_name: str
    reviewer_organisation: str


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
    .where(Application.id == _IDS.any_(), VISIBLE),
    NamedCase,
)
_REVIEWERS = Query(
    select(
        Reviewer.account_id.label("reviewer_id"),
        Account.name.label("reviewer_name"),
        Reviewer.organisation.label("reviewer_organisation"),
    )
    .join(Account, Account.id == Reviewer.account_id)
    .where(Reviewer.account_id == _IDS.any_(), VISIBLE),
    NamedReviewer,
)


@row_type
class RoundOfProposal:
    """The round of a proposal, which is locked before it."""

    round_id: UUID


_ROUND_OF = Query(select(Proposal.round_id).where(Proposal.id == _PROPOSAL_ID, VISIBLE), RoundOfProposal)
_LOCKED = select(Proposal).where(Proposal.id == bindparam("proposal_id")).where(VISIBLE).with_for_update()
_ASSIGNMENTS = select(Assignment).where(Assignment.id == _IDS.any_()).order_by(Assignment.id).with_for_update()


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
        description="Number of further reviews that a wave may spend; required for a wave, refused otherwise.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _budget_of_a_wave(self) -> Self:
        if (self.kind is ProposalKind.WAVE) != (self.budget is not None):
            raise self.contradiction("a wave has a budget, a full distribution has none", "budget")
        return self


class ProposalApplication(Input):
    """Put a proposal in force."""

    despite_shortages: bool = Field(False, description="Apply it although cases lack reviews.", examples=[False])


NamedPair = tuple[NamedCase, NamedReviewer]


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A proposal with the names of today, and the acts that are possible now."""

    row: ProposalRow
    result: Result
    cases: Mapping[UUID, NamedCase]
    reviewers: Mapping[UUID, NamedReviewer]
    outdated: bool
    actions: dict[str, list[Finding]]

    @property
    def added(self) -> list[NamedPair]:
        return self._named(self.result.added)

    @property
    def withdrawn(self) -> list[NamedPair]:
        return self._named((case_id, judge_id) for case_id, judge_id, _ in self.result.withdrawn)

    def _named(self, pairs: Iterable[Pair]) -> list[NamedPair]:
        """Name the cases and the reviewers, in the order of the cases."""
        named = [(self.cases[case_id], self.reviewers[judge_id]) for case_id, judge_id in pairs]
        return sorted(named, key=lambda pair: (pair[0].case_number or 0, pair[1].reviewer_name))


class ProposalReversal(Input):
    """Take a proposal back."""

    reason: Reason = Field(
        description="Reason; kept in the history, and visible to those concerned.",
        examples=["评审组成员有变动，重新分配。"],
    )
    despite_reviews: bool = Field(
        False, description="Take back also what a reviewer has begun to judge.", examples=[False]
    )


async def propose(look: OpenView, act: OpenContext, round_id: UUID, body: ProposalCreate) -> UUID:
    """Compute and store a proposal; no lock and no connection is held while it is computed."""
    async with look() as view:
        basis = await distributions.read(view, round_id)
        permit(policy.PROPOSE, role=view.actor.role, status=basis.round.status)
        refuse(policy.wave_findings(basis.round.cut) if body.budget else [])
        inputs = await rankings.inputs_of(view, round_id) if body.budget else {}
    seed = basis.round.seed if body.seed is None else body.seed
    if body.budget:
        solution = await asyncio.to_thread(distributions.solve_wave, basis, seed, body.budget, inputs)
        refuse(policy.chosen_findings(basis.round.cut, len(solution.extra)))
    else:
        solution = await asyncio.to_thread(distributions.solve_round, basis, seed)
    async with act() as ctx:
        return _store(ctx, basis, body, seed, solution).id


async def apply(ctx: Context, proposal_id: UUID, body: ProposalApplication) -> None:
    """Put the whole proposal in force, unless the state it was computed from has changed."""
    round_, proposal = await get(ctx, proposal_id)
    basis, result = await distributions.read(ctx, proposal.round_id), distributions.restored(proposal.result)
    facts = ProposalFacts(
        round_status=round_.status,
        status=proposal.status,
        outdated=basis.digest != proposal.basis_digest,
        shortages=len(result.shortages),
        despite_shortages=body.despite_shortages,
    )
    move(ctx, proposal, policy.APPLY, facts, data=_counts(result), applied_at=ctx.now)
    assignments.withdraw(ctx, await _locked(ctx, result.withdrawn_ids), WithdrawalCause.PROPOSAL, None)
    await assignments.assign(ctx, round_, result.added, AssignmentOrigin.PROPOSAL, proposal.id)


async def read(view: View, proposal_id: UUID, *, just_made: bool = False) -> ProposalRecord:
    """One proposal; NotFound unless visible. The state of the round is not read again if it was just made."""
    row = await view.get(_PROPOSAL, proposal_id=proposal_id)
    outdated = row.status is ProposalStatus.PROPOSED and not just_made and await _outdated(view, row)
    reviews = await reversals.begun(view, proposal_id) if row.status is ProposalStatus.APPLIED else []
    begun = tuple(policy.begun_findings(islice(reviews, 100)))
    facts = ProposalFacts(row.round_status, row.status, outdated, row.shortage_count, begun)
    possible = actions(policy.ACTS, view.actor.role, facts)
    result = distributions.restored(row.result)
    names = await _named_cases(view, row, result), await _named_reviewers(view, result)
    return ProposalRecord(row, result, *names, outdated=outdated, actions=possible)


async def search(view: View, *, after: UUID | None, limit: int, round_id: UUID) -> Page[ProposalSummary]:
    """The proposals of a round, newest first; NotFound unless the round is visible."""
    await distributions.round_of(view, round_id)
    return await _PROPOSALS.page(view, after=after, limit=limit, round_id=round_id)


async def get(ctx: Context, proposal_id: UUID) -> tuple[Round, Proposal]:
    """The proposal under its round's lock and its own; NotFound unless the actor may see it."""
    row = await ctx.get(_ROUND_OF, proposal_id=proposal_id)
    round_ = await lock_round(ctx, row.round_id)
    return round_, await ctx.lock(_LOCKED, proposal_id=proposal_id)


async def undo(ctx: Context, proposal_id: UUID, body: ProposalReversal) -> None:
    """Withdraw the assignments it made, and reinstate those it withdrew unless an obstacle is in the way."""
    round_, proposal = await get(ctx, proposal_id)
    begun = [] if body.despite_reviews else await reversals.begun(ctx, proposal_id)
    old = distributions.restored(proposal.result)
    plan = await reversals.plan(ctx, proposal, old)
    result = distributions.stored(replace(old, reversal=plan.reversal(body.reason)))
    facts = ProposalFacts(round_.status, proposal.status, begun=tuple(policy.begun_findings(begun)))
    move(ctx, proposal, policy.UNDO, facts, data=result["reversal"], undone_at=ctx.now, result=result)
    assignments.withdraw(ctx, await _locked(ctx, plan.withdrawn), WithdrawalCause.UNDONE, body.reason)
    _reinstate(ctx, await _locked(ctx, plan.reinstated))


async def _outdated(view: View, row: ProposalRow) -> bool:
    basis = await distributions.read(view, row.round_id)
    return basis.digest != row.basis_digest


async def _named_cases(view: View, row: ProposalRow, result: Result) -> dict[UUID, NamedCase]:
    """Every case of the result, by id."""
    ids = {each[0] for each in (*result.added, *result.withdrawn)}
    ids |= {each.case for each in result.shortages} | {each.case for each in result.open_cases}
    return {each.application_id: each for each in await view.rows(_CASES, ids=[*ids], round_id=row.round_id)}


async def _named_reviewers(view: View, result: Result) -> dict[UUID, NamedReviewer]:
    """Every reviewer of the result, by id."""
    ids = [load.reviewer_id for load in result.loads]
    return {each.reviewer_id: each for each in await view.rows(_REVIEWERS, ids=ids)}


def _store(ctx: Context, basis: Basis, body: ProposalCreate, seed: int, solution: Solution) -> Proposal:
    result = distributions.result_of(basis, solution)
    proposal = Proposal(
        round_id=basis.round.id,
        kind=body.kind,
        seed=seed,
        budget=body.budget,
        basis_digest=basis.digest,
        result=distributions.stored(result),
        proposed_at=ctx.now,
        proposed_by=cast(UUID, ctx.actor.id),
    )
    return create(ctx, proposal, policy.PROPOSE.event, **_counts(result))


def _counts(result: Result) -> dict[str, int]:
    return {"added": len(result.added), "withdrawn": len(result.withdrawn), "shortages": len(result.shortages)}


async def _locked(ctx: Context, ids: Sequence[UUID]) -> Iterable[Assignment]:
    return await ctx.session.scalars(_ASSIGNMENTS, {"ids": ids})


def _reinstate(ctx: Context, rows: Iterable[Assignment]) -> None:
    """Reinstate the very same assignments, unchanged."""
    withdrawal = dict.fromkeys(("withdrawn_at", "withdrawn_by", "withdrawal_cause", "withdrawal_reason"))
    for row in rows:
        change(ctx, row, REINSTATED, **withdrawal)
