"""The second step of a sign-in, and a repeated proof of identity, over HTTP."""

from typing import Annotated

from fastapi import Depends

from app.api.http.dependencies import Address, Keys, Opener
from app.api.http.routing import Router
from app.api.people.sessions import RolesWithSecondFactor, SessionOpened, person_origin
from app.problems import RulesViolated, SignInRefused, TooManyRequests
from app.services.people import second_steps
from app.services.people.second_steps import Reauthentication, SecondStep
from app.services.people.sessions import Origin

router = Router(tags=["sessions"])
public = Router(tags=["sessions"])


@public.post("/sessions/second-step", status_code=201, location="/session", raises=[SignInRefused, TooManyRequests])
async def complete_sign_in(
    body: SecondStep,
    transaction: Opener,
    keyring: Keys,
    origin: Annotated[Origin, Depends(person_origin)],
    roles: RolesWithSecondFactor,
) -> SessionOpened:
    """Complete a sign-in that was answered with `second-step-needed`: with its challenge and a code.

    The code is that of an authenticator app, or a recovery code; each is taken once. The challenge lives five minutes
    and may be tried again with another code; failures count like wrong passwords.
    """
    return SessionOpened.of(await second_steps.complete(transaction, keyring, body, origin), roles)


@router.post("/session/reauthentication", status_code=204, raises=[RulesViolated, TooManyRequests])
async def reauthenticate(body: Reauthentication, transaction: Opener, keyring: Keys, address: Address) -> None:
    """Prove again who you are: with the password, and with a code if your account has a second factor.

    For ten minutes from then, as after a sign-in, the session may change what protects the account: its factors and
    recovery codes, its phone and address, its other sessions. Persons only.
    """
    await second_steps.reauthenticate(transaction, keyring, body, address)
