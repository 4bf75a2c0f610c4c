"""Activation codes of accounts that exist, over HTTP."""

from app.api.http.dependencies import Ctx
from app.api.http.routing import Router
from app.api.people.accounts import AccountId, AccountOut, InvitationOut
from app.problems import ReauthenticationRequired, RulesViolated, WrongState
from app.services.people import invitations
from app.services.people.invitations import FactorReset

router = Router("/accounts", tags=["accounts"])


@router.post("/{account_id}/invitation", raises=[WrongState, ReauthenticationRequired, RulesViolated])
async def invite_account(account_id: AccountId, ctx: Ctx) -> InvitationOut:
    """Issue a new activation code, which only this answer contains; an earlier one is void.

    It is also the way back for a forgotten password: until the code is used, an active account works as before; using
    it replaces the password and ends every session. The second factor stays.

    Nobody takes over an account by issuing its code: once it was used by somebody, and always for the office, the code
    works only after its owner, or a second person who manages the account, has confirmed it. The owner is notified.
    A committee renews and voids, soon after a proof of identity, also the code of a further liaison of its own until
    somebody has used it, whoever invited them there or in a committee that was merged into it.
    """
    code = await invitations.invite_again(ctx, account_id)
    return await InvitationOut.read(ctx, account_id, activation_code=code)


@router.delete("/{account_id}/invitation", raises=[WrongState, RulesViolated])
async def void_invitation(account_id: AccountId, ctx: Ctx) -> AccountOut:
    """Void the activation code of an account you manage, or of your own: somebody may have issued it without asking."""
    await invitations.void_code(ctx, account_id)
    return await AccountOut.read(ctx, account_id)


@router.post("/{account_id}/code-confirmation", raises=[WrongState, RulesViolated])
async def confirm_invitation(account_id: AccountId, ctx: Ctx) -> AccountOut:
    """Confirm an activation code that somebody else issued: for your own account, or for one you manage.

    Ask its owner first, in person or by telephone. An office with a single clerk confirms on the host:
    `pinpai confirm NAME`.
    """
    await invitations.confirm_code(ctx, account_id)
    return await AccountOut.read(ctx, account_id)


@router.post("/{account_id}/factor-reset", raises=[WrongState, RulesViolated])
async def reset_factors(account_id: AccountId, body: FactorReset, ctx: Ctx) -> InvitationOut:
    """Issue an activation code that takes the second factors away, when their device and the codes are lost.

    It has to be confirmed like every code of an account in use; used, it replaces the password and the factors, and
    ends every session. The reason goes into the history, and the owner is notified. Office only.
    """
    code = await invitations.reset_factors_of(ctx, account_id, body)
    return await InvitationOut.read(ctx, account_id, activation_code=code)
