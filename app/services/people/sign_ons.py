"""Single sign-on: whoever the provider has identified enters as the account that is bound to them.

No lock and no connection is held while the provider is asked.
"""

import hashlib
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.context import Context, OpenContext
from app.inputs import Input
from app.models import Account, Identity, LogoutToken, Session, SignInAttempt, SignOnChallenge
from app.openid import Answer, NotIdentified, Provider, ProviderFailed
from app.problems import MalformedRequest, Problem, RulesViolated, SignInRefused, Unavailable
from app.services.history import note
from app.services.people import accounts, hashing, identities, sessions, throttling, turns
from app.services.people.identities import IdentityRow
from app.services.people.sessions import Opened, Origin, token_hash
from app.services.policies import refuse
from app.services.policies.people import identities as policy
from app.services.policies.people.accounts import SIGN_IN_REFUSED, UNKNOWN_SIGN_IN_REFUSED

if TYPE_CHECKING:
    from app.id_tokens import Ended, Identified

log = logging.getLogger("pinpai")
T = TypeVar("T")
_RESTS = 10
"""Seconds after which a provider that failed may be asked again."""

Redirect = Annotated[
    str,
    Field(
        max_length=2000,
        description="Page that the browser comes back to: one of `GET /sign-on`.",
        examples=["https://pinpai.example.org/signed-on"],
    ),
]
Part = Annotated[str, Field(min_length=1, max_length=4096, repr=False)]


class SignOnCreate(Input):
    """Begin a sign-on at the provider."""

    redirect_uri: Redirect


class SignOnAnswer(Input):
    """The parameters that the browser brought back from the provider, and the challenge of whoever began."""

    challenge: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        repr=False,
        description="As the beginning answered it.",
        examples=["Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0"],
    )
    state: Part = Field(description="`state` of the address.", examples=["5Qb8TeGhY5fDSbWMtVKUpQ5oX3lBCZrbvQdXs2Hk1Jw"])
    code: Part = Field(description="`code` of the address.", examples=["SplxlOBeZQQYbYS6WxSbIA"])
    iss: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="`iss` of the address, if it has one (RFC 9207).", examples=["https://login.example.gov.cn"]
    )


@dataclass(frozen=True, slots=True)
class SignOn:
    """The provider of this deployment, if it has one, the pages of its frontends, and what it is trusted with."""

    provider: Provider | None
    name: str
    redirect_uris: tuple[str, ...]
    two_factors: tuple[str, ...]

    @property
    def there(self) -> Provider:
        """The provider; RulesViolated if there is no single sign-on here."""
        if self.provider is None:
            raise RulesViolated([policy.SIGN_ON_NOT_SET_UP()])
        return self.provider


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-on that was begun; its challenge is not stored, only this answer has it."""

    challenge: str
    authorization_url: str
    expires_at: datetime


async def sign_out_url(sign_on: SignOn) -> str | None:
    """The page that ends the session at the provider; None if it has none."""
    return await _reached(sign_on.there.sign_out_url())


async def begin(transaction: OpenContext, sign_on: SignOn, body: SignOnCreate, address: str) -> Begun:
    """Begin a sign-on of whoever comes; few at a time."""
    begun = await _begun(sign_on, body)
    async with turns.turn(address), transaction() as ctx:
        await throttling.admit(ctx, None, address)
        return _keep(ctx, begun, body, None)


async def begin_binding(transaction: OpenContext, sign_on: SignOn, body: SignOnCreate) -> Begun:
    """Begin a sign-on that binds one's own account."""
    begun = await _begun(sign_on, body)
    async with transaction() as ctx:
        account = await identities.adding(ctx)
        note(ctx, account, policy.BEGUN)
        return _keep(ctx, begun, body, account.id)


async def sign_in(transaction: OpenContext, sign_on: SignOn, body: SignOnAnswer, origin: Origin) -> Opened:
    """Open a session of the account that is bound to whom the provider identified; as after a password, no more."""
    provider = sign_on.there
    async with turns.turn(origin.address), transaction() as ctx:
        attempt = await throttling.admit(ctx, None, origin.address)
        redirect_uri = await _take(ctx, body.challenge, None)
    found = await _identified(provider, redirect_uri, body)
    async with transaction() as ctx:
        identity, account = await _bound(ctx, provider.client.issuer, found)
        if not (found and identity and account):
            entered: Opened | Problem = await _refused(ctx, attempt, identity, known=found is not None)
        else:
            await throttling.withdraw(ctx, attempt)
            proved_at = policy.proved_at(found.at, ctx.now)
            by = replace(origin, identity_id=identity.id, provider_session=found.session, proved_at=proved_at)
            person = throttling.unguessed(ctx, account.username, origin.address)
            assurance = policy.assurance_of(found.methods, sign_on.two_factors)
            entered = await sessions.enter(ctx, account, person, by, assurance)
    return sessions.opened(entered)


async def bind(transaction: OpenContext, sign_on: SignOn, body: SignOnAnswer) -> IdentityRow:
    """Bind one's own account to whom the provider identified."""
    provider = sign_on.there
    async with transaction() as ctx:
        account = await identities.adding(ctx)
        redirect_uri = await _take(ctx, body.challenge, account.id)
    found = await _identified(provider, redirect_uri, body)
    if found is None:
        raise RulesViolated([policy.NOT_IDENTIFIED()])
    async with transaction() as ctx:
        return await identities.bind(ctx, provider.client.issuer, found.subject)


async def end(transaction: OpenContext, sign_on: SignOn, token: str) -> None:
    """End the sessions that the provider has ended; MalformedRequest (400) for a token that does not hold, or again."""
    provider = sign_on.there
    try:
        ended = await _reached(provider.ended(token))
    except NotIdentified as refused:
        log.warning("a logout token was refused: %s", refused)
        raise MalformedRequest from None
    async with transaction() as ctx:
        await identities.hold(ctx, ending=True)
        if not await _is_new(ctx, provider.client.issuer, ended):
            raise MalformedRequest
        await _end_sessions(ctx, provider.client.issuer, ended)


async def _begun(sign_on: SignOn, body: SignOnCreate) -> tuple[str, str]:
    """A new secret, and the page to go to."""
    provider = sign_on.there
    refuse([] if body.redirect_uri in sign_on.redirect_uris else [policy.UNKNOWN_REDIRECT("/redirect_uri")])
    secret = hashing.random_secret()
    return secret, await _reached(provider.authorization_url(secret, body.redirect_uri))


def _keep(ctx: Context, begun: tuple[str, str], body: SignOnCreate, account_id: UUID | None) -> Begun:
    secret, url = begun
    kept = SignOnChallenge(
        account_id=account_id,
        secret_hash=token_hash(secret),
        redirect_uri=body.redirect_uri,
        expires_at=ctx.now + policy.CHALLENGE_LIFE,
    )
    ctx.session.add(kept)
    return Begun(secret, url, kept.expires_at)


async def _take(ctx: Context, secret: str, account_id: UUID | None) -> str | None:
    """Take a challenge, once, and return the page of its sign-on; None if it was not made for this, or is too old."""
    mine = delete(SignOnChallenge).where(
        SignOnChallenge.secret_hash == token_hash(secret),
        SignOnChallenge.account_id.is_not_distinct_from(account_id),
        SignOnChallenge.expires_at > ctx.now,
    )
    redirect_uri: str | None = await ctx.session.scalar(mine.returning(SignOnChallenge.redirect_uri))
    return redirect_uri


async def _identified(provider: Provider, redirect_uri: str | None, body: SignOnAnswer) -> "Identified | None":
    """Ask whom the provider identified; None if the answer does not hold, which is told in the log alone."""
    if redirect_uri is None:
        return None
    try:
        answer = Answer(body.state, body.code, body.iss)
        return await _reached(provider.identify(body.challenge, redirect_uri, answer))
    except NotIdentified as refused:
        log.warning("a sign-on was refused: %s", refused)
        return None


async def _reached(asked: Awaitable[T]) -> T:
    """The provider's answer; Unavailable (503) if it fails."""
    try:
        return await asked
    except ProviderFailed as failed:
        log.warning("the provider of single sign-on failed: %s", failed)
        raise Unavailable(retry_after=_RESTS) from None


async def _bound(ctx: Context, issuer: str, found: "Identified | None") -> tuple[Identity | None, Account | None]:
    """The identity and the account of whom the provider identified, unless its session there has ended since."""
    await identities.hold(ctx)
    if found is None:
        return None, None
    told = select(LogoutToken.id).where(LogoutToken.provider_session == found.session)
    identity, account = await identities.of_subject(ctx, issuer, found.subject)
    return identity, None if found.session and await ctx.session.scalar(told.limit(1)) else account


async def _refused(ctx: Context, attempt: SignInAttempt, identity: Identity | None, *, known: bool) -> Problem:
    """Count a sign-on that failed, and return its refusal: another one for a person whom no account is bound to."""
    await throttling.fail(ctx, attempt)
    owner = await ctx.session.get(Account, identity.account_id) if identity else None
    event = SIGN_IN_REFUSED if owner else UNKNOWN_SIGN_IN_REFUSED
    note(ctx, owner or attempt, event, address=attempt.address)
    return RulesViolated([policy.NOT_BOUND()]) if known and identity is None else SignInRefused()


async def _is_new(ctx: Context, issuer: str, ended: "Ended") -> bool:
    """Return true if this sign-out was not told before; it is remembered now."""
    digest = hashlib.sha256(f"{issuer} {ended.token_id}".encode()).digest()
    row = {"token_hash": digest, "provider_session": ended.session, "expires_at": ctx.now + policy.LOGOUT_REMEMBERED}
    kept = insert(LogoutToken).values(**row).on_conflict_do_nothing()
    return (await ctx.session.execute(kept.returning(LogoutToken.id))).first() is not None


async def _end_sessions(ctx: Context, issuer: str, ended: "Ended") -> None:
    """End the sessions of what has ended there: of one session of the provider's, or of a subject altogether.

    Of a subject also those of which the provider did not say by which session of its own they were opened.
    """
    by_sign_on = select(Identity.id).where(Identity.issuer == issuer)
    by_sign_on = by_sign_on.where(Identity.subject == ended.subject) if ended.subject else by_sign_on
    over = delete(Session).where(Session.identity_id.in_(by_sign_on))
    named = Session.provider_session == ended.session
    named = or_(named, Session.provider_session.is_(None)) if ended.subject else named
    over = over.where(named) if ended.session else over
    counts: dict[UUID, int] = {}
    for account_id in await ctx.session.scalars(over.returning(Session.account_id)):
        counts[account_id] = counts.get(account_id, 0) + 1
    owners = select(Account).where(Account.id.in_(counts)).order_by(Account.id)
    for account in await ctx.session.scalars(owners):
        acting = replace(ctx, actor=accounts.actor_of(account))
        note(acting, account, policy.SIGNED_OUT_THERE, sessions_ended=counts[account.id])
