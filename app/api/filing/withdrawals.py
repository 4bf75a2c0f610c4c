"""Withdrawals over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Body
from pydantic import Field

from app.api.filing.applications import ApplicationId, ApplicationOut
from app.api.http.dependencies import Once
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.problems import RulesViolated, WrongState
from app.services.filing import withdrawals
from app.services.filing.withdrawals import WithdrawalBody, WithdrawalCreate

router = Router(tags=["filings"], in_a_seat=True)


class WithdrawalOut(Out):
    """Withdrawn (撤回) applications, and the time."""

    application_ids: list[UUID] = Field(description="The applications.", max_length=200)
    withdrawn_at: Instant = Field(description="Time of the withdrawal.")


@router.post("/applications/{application_id}/withdrawal", raises=[WrongState, RulesViolated])
async def withdraw_application(
    application_id: ApplicationId, body: Annotated[WithdrawalBody, Body(default_factory=WithdrawalBody)], ctx: Once
) -> ApplicationOut:
    """Withdraw an application: a unit while it is only submitted, a committee until the office has decided.

    The deadline must be open, and what the committee leaves filed is nothing, or the campaign's minimum: withdraw the
    last ones together. What was filed stays on record; it cannot be submitted again.
    """
    await withdrawals.withdraw(ctx, application_id, body)
    return await ApplicationOut.read(ctx, application_id)


@router.post("/withdrawals", raises=[RulesViolated])
async def create_withdrawal(body: WithdrawalCreate, ctx: Once) -> WithdrawalOut:
    """Withdraw several applications in one act, all of them or none, so that a committee can take back its whole set.

    Afterwards nothing, or at least the campaign's minimum, is filed.
    """
    await withdrawals.withdraw_together(ctx, body)
    return WithdrawalOut(application_ids=body.application_ids, withdrawn_at=ctx.now)
