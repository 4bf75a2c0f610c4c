"""Letters of the office beside its decisions on applications, over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.api.filing.extensions import ExtensionId
from app.api.filing.plans import PlanId
from app.api.filing.prints import PAPER, Format, Printing, drawn
from app.api.filing.swaps import SwapId
from app.api.http.dependencies import Viewer
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.services.filing import letters
from app.services.policies.filing.prints import PrintFormat

router = Router(tags=["prints"], in_a_seat=True)


@router.get("/plans/{plan_id}/return-letter", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_plan_return_letter(
    plan_id: PlanId,
    view_of: Viewer,
    press: Printing,
    number: Annotated[
        int | None,
        Query(ge=1, le=999, description="Number of the return among those of the plan; the last without it."),
    ] = None,
    form: Format = PrintFormat.PDF,
) -> Response:
    """Download the letter with which a plan was sent back (退回修改通知书): number, date, reason, and until when.

    A plan that was never sent back has none.
    """
    async with view_of() as view:
        sheet = await letters.plan_return(view, plan_id, number)
    return await drawn(press, view.actor.id, sheet, form)


@router.get("/swaps/{swap_id}/letter", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_swap_letter(
    swap_id: SwapId, view_of: Viewer, press: Printing, form: Format = PrintFormat.PDF
) -> Response:
    """Download the office's answer to a request for a swap (调换申请答复书): consent or refusal, with its reason.

    A request that waits, was taken back or lapsed has no answer, and is refused.
    """
    async with view_of() as view:
        sheet = await letters.swap_answer(view, swap_id)
    return await drawn(press, view.actor.id, sheet, form)


@router.get("/extensions/{extension_id}/letter", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_extension_letter(
    extension_id: ExtensionId, view_of: Viewer, press: Printing, form: Format = PrintFormat.PDF
) -> Response:
    """Download the grant of a later deadline as a letter (延期通知书); one that was revoked says so, and why.

    Days that came with a correction are told in the letter of the correction: their own is refused.
    """
    async with view_of() as view:
        sheet = await letters.extension(view, extension_id)
    return await drawn(press, view.actor.id, sheet, form)
