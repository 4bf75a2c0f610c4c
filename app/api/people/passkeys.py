"""Passkeys over HTTP: added and proven by what the browser's WebAuthn answers."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field

from app.api.http.dependencies import Address, Ctx, Opener
from app.api.http.output import Out
from app.api.http.routing import Router
from app.api.people.factors import FactorConfirmed, FactorOut
from app.api.people.sessions import RolesWithSecondFactor, SessionOpened, person_origin
from app.problems import ReauthenticationRequired, RulesViolated, SignInRefused, TooManyRequests
from app.services.people import passkeys
from app.services.people.passkeys import Assertion, PasskeyCreate, RelyingParty
from app.services.people.sessions import Origin

router = Router(tags=["factors"])
public = Router(tags=["sessions"])


async def relying_party(request: Request) -> RelyingParty:
    settings = request.app.state.settings
    return RelyingParty(settings.passkey_domain, settings.passkey_origins)


Party = Annotated[RelyingParty, Depends(relying_party)]


class PasskeyOptions(Out):
    """A question to the browser, good for one answer within five minutes."""

    options: str = Field(
        description="JSON text: parse it, give it to `PublicKeyCredential.parseCreationOptionsFromJSON()` or, for a "
        "sign-in, to `parseRequestOptionsFromJSON()`, and the result to `navigator.credentials`.",
        max_length=20_000,
        examples=['{"challenge": "uJ0cHh3Wm1k", "rpId": "pinpai.example.gov.cn", "userVerification": "required"}'],
    )


@router.post("/account/factors/passkey-challenge", raises=[ReauthenticationRequired, RulesViolated])
async def begin_passkey(ctx: Ctx, party: Party) -> PasskeyOptions:
    """Begin to add a passkey: what the browser is to make. It signs in by itself, having verified its person."""
    return PasskeyOptions(options=await passkeys.ask_to_register(ctx, party))


@router.post(
    "/account/factors/passkeys",
    status_code=201,
    location="/account/factors/{out.factor.id}",
    raises=[ReauthenticationRequired, RulesViolated],
)
async def create_passkey(body: PasskeyCreate, ctx: Ctx, party: Party) -> FactorConfirmed:
    """Add a passkey that the browser has made; it counts from now on. All your other sessions end at once.

    With the first factor you get ten recovery codes; with a further one none, the earlier ones stay.
    """
    factor_id, codes = await passkeys.register(ctx, party, body)
    return FactorConfirmed(factor=await FactorOut.read(ctx, factor_id), recovery_codes=codes)


@public.post("/sessions/passkey-challenge", raises=[RulesViolated, TooManyRequests])
async def ask_for_passkey(transaction: Opener, party: Party, address: Address) -> PasskeyOptions:
    """Get the question for a sign-in, or another proof of identity, with a passkey; no name is asked for."""
    return PasskeyOptions(options=await passkeys.ask(transaction, party, address))


@public.post(
    "/sessions/passkey",
    status_code=201,
    location="/session",
    raises=[RulesViolated, SignInRefused, TooManyRequests],
)
async def sign_in_with_passkey(
    body: Assertion,
    transaction: Opener,
    party: Party,
    origin: Annotated[Origin, Depends(person_origin)],
    roles: RolesWithSecondFactor,
) -> SessionOpened:
    """Sign in with a passkey alone, which is two factors: the device, and what its person showed it.

    Also the answer to `second-step-needed` of an account that has a passkey.
    """
    return SessionOpened.of(await passkeys.sign_in(transaction, party, body, origin), roles)


@router.post("/session/reauthentication/passkey", status_code=204, raises=[RulesViolated])
async def reauthenticate_with_passkey(body: Assertion, ctx: Ctx, party: Party) -> None:
    """Prove again who you are with a passkey of your own, for the changes that need it. Persons only."""
    await passkeys.reauthenticate(ctx, party, body)
