"""Withdrawal (撤回): one application, or several at once, so that a committee can also take back its whole set."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from pydantic import Field

from app.context import Context
from app.findings import Finding
from app.inputs import ApplicationIds, Input, Reason
from app.services.filing import filings, lapses, seals
from app.services.filing.filings import Held
from app.services.history import change_state
from app.services.policies import judge, refuse, require_role
from app.services.policies.filing import applications as policy
from app.services.policies.filing.applications import ApplicationFacts


class WithdrawalBody(Input):
    """Take an application back."""

    reason: Reason | None = Field(None, description="Reason, optional.", examples=["单位决定明年再报。"])


class WithdrawalCreate(Input):
    """Withdraw several applications in one act; afterwards nothing is filed, or the minimum."""

    application_ids: ApplicationIds
    reason: Reason = Field(description="Reason.", examples=["本年度不再参评。"])


async def withdraw(ctx: Context, application_id: UUID, body: WithdrawalBody) -> None:
    """Take one application back, if what stays filed is nothing, or the minimum."""
    one = await filings.hold_one(ctx, application_id)
    judge(policy.WITHDRAW, ctx.actor.role, one.facts)
    await _take_back(ctx, [one], body.reason)


async def withdraw_together(ctx: Context, body: WithdrawalCreate) -> None:
    """Take several back, all of them or none."""
    require_role(ctx.actor.role, *policy.WITHDRAW.by)
    held = await filings.hold(ctx, body.application_ids)
    refuse(_findings(ctx, body.application_ids, held))
    await _take_back(ctx, held.values(), body.reason)


async def _take_back(ctx: Context, held: Collection[Held], reason: str | None) -> None:
    """Move those that were judged; their versions stay, their seals are history, requests for a swap lapse."""
    withdrawn = [one.application.id for one in held]
    await seals.void(ctx, withdrawn, "withdrawn")
    await lapses.by_withdrawal(ctx, withdrawn)
    for one in held:
        data = {"reason": reason}
        change_state(ctx, one.application, policy.WITHDRAW, data=data, reason=reason, endorsed_digest=None)


def _findings(ctx: Context, application_ids: Sequence[UUID], held: dict[UUID, Held]) -> list[Finding]:
    """Return why these may not be withdrawn together: each for itself, and by the remainder of the filed set."""
    found = filings.unknown(application_ids, held)
    for index, one in enumerate(map(held.get, application_ids)):
        if one is not None:
            found += [each.under(f"/application_ids/{index}") for each in _of_one(ctx, one)]
    return [*found, *_of_the_rest(held.values())]


def _of_one(ctx: Context, one: Held) -> list[Finding]:
    barred = policy.WITHDRAW.obstacles(ctx.actor.role, one.facts)
    return barred or policy.own_withdrawal_findings(one.facts)


def _of_the_rest(held: Iterable[Held]) -> list[Finding]:
    """Judge what stays filed in each campaign: all is one set, of a committee and of those merged into it."""
    leaving: dict[UUID, list[ApplicationFacts]] = defaultdict(list)
    for one in held:
        if one.facts.leaving and not one.facts.for_unit:
            leaving[one.application.campaign_id].append(one.facts)
    return [finding.under("/application_ids") for group in leaving.values() for finding in policy.rest_findings(group)]
