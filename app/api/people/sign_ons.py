"""Single sign-on over HTTP: at an OpenID provider, with an account that is bound to it."""

from typing import Annotated

from fastapi import Depends, Form, Request
from pydantic import ConfigDict, Field

from app.api.http.dependencies import Address, Opener
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.api.http.strictness import refuse_repeated
from app.api.people.sessions import RolesWithSecondFactor, SessionOpened, person_origin
from app.inputs import Input
from app.problems import MalformedRequest, RulesViolated, SecondStepNeeded, SignInRefused, TooManyRequests, Unavailable
from app.services.people import sign_ons
from app.services.people.sessions import Origin
from app.services.people.sign_ons import SignOn, SignOnAnswer, SignOnCreate

public = Router(tags=["sessions"])


async def sign_on_here(request: Request) -> SignOn:
    state = request.app.state
    return SignOn(
        state.provider,
        state.settings.sign_on_name,
        state.settings.sign_on_redirect_uris,
        state.settings.sign_on_two_factors,
    )


Here = Annotated[SignOn, Depends(sign_on_here)]


class LogoutRequest(Input):
    """OpenID Connect Back-Channel Logout §2.5. Members we do not know are ignored, as it demands."""

    model_config = ConfigDict(extra="ignore")

    logout_token: Annotated[str, Field(min_length=1, max_length=16_384, repr=False)] = Field(
        description="The token that the provider has signed.",
        examples=["eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.c2ln"],
    )


class SignOnOut(Out):
    """The provider of single sign-on."""

    name: str = Field(description="Name for the button.", max_length=100, examples=["唐山市统一身份认证"])
    redirect_uris: list[Annotated[str, Field(max_length=2000)]] = Field(
        description="Pages that a sign-on may come back to.",
        max_length=100,
        examples=[["https://pinpai.example.org/signed-on"]],
    )
    sign_out_url: str | None = Field(
        description="Page of the provider that ends the session there, for after a sign-out here; null if it has none.",
        max_length=4000,
        examples=["https://login.example.gov.cn/sign-out?client_id=pinpai"],
    )


class SignOnBegun(Out):
    """A sign-on that was begun, good for one answer within ten minutes."""

    challenge: str = Field(
        description="Keep it for the end, where the page that comes back finds it. Only this answer contains it.",
        max_length=100,
        examples=["Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0"],
    )
    authorization_url: str = Field(
        description="Send the browser there.",
        max_length=8000,
        examples=["https://login.example.gov.cn/auth?response_type=code&client_id=pinpai"],
    )
    expires_at: Instant = Field(description="The challenge ends then.")


@public.get("/sign-on", raises=[RulesViolated, Unavailable])
async def read_sign_on(here: Here) -> SignOnOut:
    """Read which provider one may sign on at. Without one: 409 `sign_on_not_set_up`."""
    url = await sign_ons.sign_out_url(here)
    return SignOnOut(name=here.name, redirect_uris=list(here.redirect_uris), sign_out_url=url)


@public.post("/sessions/sign-on-challenge", raises=[RulesViolated, TooManyRequests, Unavailable])
async def begin_sign_on(body: SignOnCreate, transaction: Opener, here: Here, address: Address) -> SignOnBegun:
    """Begin to sign in at the provider: OpenID Connect, authorization code flow with PKCE.

    Keep the challenge (`sessionStorage`), send the browser to the address, and send what it brings back, with the
    challenge, to `POST /sessions/sign-on`.
    """
    return SignOnBegun.model_validate(await sign_ons.begin(transaction, here, body, address))


@public.post(
    "/sessions/sign-on",
    status_code=201,
    location="/session",
    raises=[RulesViolated, SignInRefused, SecondStepNeeded, TooManyRequests, Unavailable],
)
async def sign_in_by_sign_on(
    body: SignOnAnswer,
    transaction: Opener,
    here: Here,
    origin: Annotated[Origin, Depends(person_origin)],
    roles: RolesWithSecondFactor,
) -> SessionOpened:
    """Sign in as the account that is bound to whom the provider identified.

    It stands for the password: a second factor is asked for as after one, unless the operator trusts the provider's.
    Whatever is wrong with the answer, and a disabled account, is answered 401; an identity that no account is bound to
    409 `identity_not_bound`: no account is ever made of one. The challenge is used up in any case: begin again.
    """
    return SessionOpened.of(await sign_ons.sign_in(transaction, here, body, origin), roles)


async def logout_token(request: Request, body: Annotated[LogoutRequest, Form()]) -> str:
    refuse_repeated(await request.form())
    return body.logout_token


@public.post("/sign-on/logout", status_code=204, raises=[MalformedRequest, RulesViolated, Unavailable])
async def end_by_provider(token: Annotated[str, Depends(logout_token)], transaction: Opener, here: Here) -> None:
    """End the sessions of somebody who has signed out at the provider (OpenID Connect Back-Channel Logout 1.0).

    For the provider: this address is its `backchannel_logout_uri`. The body is `application/x-www-form-urlencoded`. A
    token that does not hold, or came before, is answered 400.
    """
    await sign_ons.end(transaction, here, token)
