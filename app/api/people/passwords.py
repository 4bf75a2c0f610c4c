"""Passwords and client secrets over HTTP."""

from pydantic import Field

from app.api.http.dependencies import Address, Ctx, Opener
from app.api.http.output import Out
from app.api.http.routing import Router
from app.api.people.accounts import AccountId
from app.problems import RulesViolated, TooManyRequests, WrongState
from app.services.people import passwords
from app.services.people.accounts import AccountRole, PersonName, Username
from app.services.people.passwords import Activation, PasswordChange

router = Router(tags=["accounts"])
public = Router(tags=["accounts"])


class ActivationOut(Out):
    """Account whose password was set: sign in with this name next."""

    username: Username
    name: PersonName
    role: AccountRole


class ClientSecretOut(Out):
    """A machine client's credentials; only this answer contains the secret."""

    client_id: Username
    client_secret: str = Field(
        description="256 random bits.", max_length=100, examples=["u6Ck1bJx0m1mXv7v3q8y2Jr5b0a9c4d7e6f1g2h3i4j"]
    )


@public.post("/activations", raises=[RulesViolated, TooManyRequests])
async def create_activation(body: Activation, transaction: Opener, address: Address) -> ActivationOut:
    """Set your password with your activation code, then sign in.

    The code works once, within 72 hours. For an account that is active already this replaces a forgotten password and
    ends every session. A password has 12 to 128 characters, does not contain the username, and is not one of those
    that are tried first; all faults of it are listed in one answer, and the code remains usable.
    """
    return ActivationOut.model_validate(await passwords.activate(transaction, body, address))


@router.put("/account/password", status_code=204, raises=[RulesViolated, TooManyRequests])
async def replace_password(body: PasswordChange, transaction: Opener, address: Address) -> None:
    """Change your own password; all your other sessions end at once, this one stays."""
    await passwords.replace_own(transaction, body, address)


@router.post("/accounts/{account_id}/client-secret", raises=[WrongState, RulesViolated])
async def issue_client_secret(account_id: AccountId, ctx: Ctx) -> ClientSecretOut:
    """Issue a machine client's secret, which only this answer contains. Office only.

    The client's tokens end at once. The secret before it keeps working until the next one is issued, so that the
    client can change over without a gap; after a leak issue twice.
    """
    client_id, secret = await passwords.issue_client_secret(ctx, account_id)
    return ClientSecretOut(client_id=client_id, client_secret=secret)
