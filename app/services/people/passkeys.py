"""Passkeys (WebAuthn): two factors in one, as the device verifies its person before it signs.

What is signed is random, made here, and used once. Where a frontend lives is a setting: a passkey signs its origin too.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, select

from app.context import Context, OpenContext
from app.inputs import Input
from app.models import Account, Factor, PasskeyChallenge
from app.models.enums import Assurance, FactorKind
from app.problems import RulesViolated, SignInRefused
from app.services.history import note
from app.services.people import accounts, factors, throttling, turns
from app.services.people.factors import ISSUER, FactorName
from app.services.people.sessions import Opened, Origin, welcome
from app.services.policies import refuse, require_role
from app.services.policies.people import factors as policy
from app.services.policies.people.accounts import PEOPLE, SIGN_IN_REFUSED, UNKNOWN_SIGN_IN_REFUSED

if TYPE_CHECKING:
    from app.services.people.ceremonies import Ceremonies

Encoded = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[A-Za-z0-9_-]+$")]
CredentialId = Annotated[
    Encoded, Field(max_length=1400, description="`id` of the browser's answer.", examples=["AQIDBAUGBwgJCgsMDQ4PEA"])
]
ClientData = Annotated[
    Encoded,
    Field(description="`response.clientDataJSON` of it, in base64url.", examples=["eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"]),
]


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The domain that passkeys are bound to, and the origins of the frontends that may use them; none: no passkeys."""

    id: str | None
    origins: tuple[str, ...]

    @property
    def ceremonies(self) -> "Ceremonies":
        """The ceremonies of this domain; RulesViolated if there are no passkeys here."""
        from app.services.people.ceremonies import Ceremonies  # noqa: PLC0415  # 20 MB, which most processes never need

        refuse([] if self.id else [policy.PASSKEYS_NOT_SET_UP()])
        return Ceremonies(str(self.id), ISSUER, self.origins)


class PasskeyCreate(Input):
    """Add a passkey: the answer of the browser to `navigator.credentials.create()`."""

    name: FactorName
    credential_id: CredentialId
    client_data: ClientData
    attestation_object: Encoded = Field(
        max_length=16384, description="`response.attestationObject`, in base64url.", examples=["o2NmbXRkbm9uZQ"]
    )


class Assertion(Input):
    """Prove that you have a passkey: the answer of the browser to `navigator.credentials.get()`."""

    credential_id: CredentialId
    client_data: ClientData
    authenticator_data: Encoded = Field(
        description="`response.authenticatorData`, in base64url.", examples=["SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuo"]
    )
    signature: Encoded = Field(description="`response.signature`, in base64url.", examples=["MEUCIQDv2Vw0aGk"])


async def ask_to_register(ctx: Context, party: RelyingParty) -> str:
    """Return the options of a registration as JSON; they hold a new challenge for this account."""
    account = await factors.adding(ctx)
    known = await ctx.session.scalars(select(Factor.credential_id).where(Factor.account_id == account.id))
    question = party.ceremonies.ask_to_register(account, [each for each in known if each])
    _keep(ctx, question.challenge, account.id)
    note(ctx, account, policy.FACTOR_BEGUN, kind=FactorKind.PASSKEY)
    return question.options


async def register(ctx: Context, party: RelyingParty, body: PasskeyCreate) -> tuple[UUID, list[str]]:
    """Let a passkey count from now on; its identity, and the recovery codes if it is the first factor."""
    account = await factors.adding(ctx)
    attestation = {"clientDataJSON": body.client_data, "attestationObject": body.attestation_object}
    challenge = await _challenge(ctx, party, body.client_data, account.id)
    made = party.ceremonies.registered(body.credential_id, challenge, attestation) if challenge else None
    if made is None:
        raise RulesViolated([policy.WRONG_PASSKEY()])
    factor = Factor(
        account_id=account.id,
        kind=FactorKind.PASSKEY,
        name=body.name,
        **made._asdict(),
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    ctx.session.add(factor)
    return factor.id, await factors.count(ctx, account, factor)


async def ask(transaction: OpenContext, party: RelyingParty, address: str) -> str:
    """Return the options of a sign-in as JSON, with a new challenge for whoever has a passkey; few at a time."""
    async with turns.turn(address), transaction() as ctx:
        await throttling.admit(ctx, None, address)
        question = party.ceremonies.ask_to_sign_in()
        _keep(ctx, question.challenge, None)
    return question.options


async def sign_in(transaction: OpenContext, party: RelyingParty, body: Assertion, origin: Origin) -> Opened:
    """Open a session with a passkey alone; refused alike for whatever is wrong."""
    async with turns.turn(origin.address), transaction() as ctx:
        attempt = await throttling.admit(ctx, None, origin.address)
        factor, account = await _of_credential(ctx, body.credential_id)
        if factor and account and await _proves(ctx, party, factor, body):
            person = throttling.unguessed(ctx, account.username, origin.address)
            await throttling.withdraw(ctx, attempt)
            return await welcome(ctx, account, person, origin, Assurance.TWO_FACTORS)
        await throttling.fail(ctx, attempt)
        event = SIGN_IN_REFUSED if account else UNKNOWN_SIGN_IN_REFUSED
        note(ctx, account or attempt, event, address=origin.address)
    raise SignInRefused


async def reauthenticate(ctx: Context, party: RelyingParty, body: Assertion) -> None:
    """Note that the session's person proved who they are once more, with a passkey of their own."""
    require_role(ctx.actor.role, *PEOPLE)
    own = await accounts.own(ctx)
    factor, account = await _of_credential(ctx, body.credential_id)
    right = factor is not None and account is own and await _proves(ctx, party, factor, body)
    refuse([] if right else [policy.WRONG_PASSKEY()])
    await factors.note_proof(ctx, own)


async def _of_credential(ctx: Context, credential_id: str) -> tuple[Factor | None, Account | None]:
    """The passkey, locked, and its account, locked, if it may sign in now."""
    found = select(Factor).where(Factor.credential_id == _bytes(credential_id), Factor.confirmed_at.is_not(None))
    factor: Factor | None = await ctx.session.scalar(found)
    if factor is None:
        return None, None
    account = await accounts.active(ctx, factor.account_id)
    await ctx.session.refresh(factor, with_for_update=True)
    return factor, account


async def _proves(ctx: Context, party: RelyingParty, factor: Factor, body: Assertion) -> bool:
    """Return true for a signature of this passkey over a challenge of ours, which is used up by it."""
    signed = {
        "clientDataJSON": body.client_data,
        "authenticatorData": body.authenticator_data,
        "signature": body.signature,
    }
    challenge = await _challenge(ctx, party, body.client_data, None)
    count = party.ceremonies.proven(factor, challenge, signed) if challenge else None
    if count is None:
        return False
    factor.sign_count, factor.used_at = count, ctx.now
    return True


async def _challenge(ctx: Context, party: RelyingParty, client_data: str, account_id: UUID | None) -> bytes | None:
    """Take the challenge that was signed, once; None if it was not made here for this, or is too old."""
    challenge = party.ceremonies.challenge_in(client_data)
    mine = delete(PasskeyChallenge).where(
        PasskeyChallenge.challenge == challenge,
        PasskeyChallenge.account_id.is_not_distinct_from(account_id),
        PasskeyChallenge.expires_at > ctx.now,
    )
    taken = (await ctx.session.execute(mine.returning(PasskeyChallenge.id))).first()
    return challenge if taken else None


def _keep(ctx: Context, challenge: bytes, account_id: UUID | None) -> None:
    expires_at = ctx.now + policy.CHALLENGE_LIFE
    ctx.session.add(PasskeyChallenge(account_id=account_id, challenge=challenge, expires_at=expires_at))


def _bytes(encoded: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except binascii.Error:
        return b""
