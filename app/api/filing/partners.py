"""Partners of an application (联合申报单位) over HTTP."""

from app.api.filing.applications import ApplicationId, ApplicationOut
from app.api.http.dependencies import Ctx, IfMatch
from app.api.http.routing import Router
from app.problems import RulesViolated, WrongState
from app.services.filing import partners
from app.services.filing.partners import PartnersSet

router = Router("/applications/{application_id}", tags=["applications"], in_a_seat=True)


@router.put("/partners", raises=[WrongState, RulesViolated])
async def replace_partners(
    application_id: ApplicationId, body: PartnersSet, version: IfMatch, ctx: Ctx
) -> ApplicationOut:
    """Name all units that apply jointly (联合申报单位), of any committee; those named already stay as they are.

    Each new one is asked, reads the application from then on, and must agree before it can be submitted. Your own unit
    leads: its committee seals and files, and counts the case.
    """
    await partners.name(ctx, application_id, body, version)
    return await ApplicationOut.read(ctx, application_id)


@router.post("/partnership", raises=[WrongState, RulesViolated])
async def agree_to_partnership(application_id: ApplicationId, ctx: Ctx) -> ApplicationOut:
    """Agree to apply jointly, for the unit that was asked."""
    await partners.agree(ctx, application_id)
    return await ApplicationOut.read(ctx, application_id)


@router.delete("/partnership", status_code=204, raises=[WrongState])
async def leave_partnership(application_id: ApplicationId, version: IfMatch, ctx: Ctx) -> None:
    """Decline, or take the consent back while the application may be edited: you do not see it any more.

    `If-Match` takes the application's `etag`.
    """
    await partners.leave(ctx, application_id, version)
