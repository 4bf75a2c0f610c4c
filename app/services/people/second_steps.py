"""The second step of a sign-in, and the proof that is asked for again before an account's protection is changed."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field
from sqlalchemy import bindparam, select

from app.context import Context, OpenContext
from app.inputs import Input
from app.keyring import Keyring
from app.models import Account, Session
from app.models.enums import Assurance
from app.problems import SignInRefused
from app.services.history import note
from app.services.people import accounts, factors, hashing, identities, throttling, turns
from app.services.people.passwords import Password
from app.services.people.sessions import Opened, Origin, token_hash, welcome
from app.services.policies import refuse, require_role
from app.services.policies.people import factors as policy
from app.services.policies.people.accounts import PEOPLE, UNKNOWN_SIGN_IN_REFUSED
from app.services.policies.people.passwords import WRONG_PASSWORD

_PENDING = (
    select(Session)
    .where(Session.token_hash == bindparam("token_hash"), Session.assurance == Assurance.PENDING)
    .where(Session.expires_at > bindparam("now"))
    .with_for_update()
)
_REFUSED = {True: policy.SECOND_STEP_REFUSED, False: UNKNOWN_SIGN_IN_REFUSED}


class SecondStep(Input):
    """Complete a sign-in with the second factor."""

    challenge: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        repr=False,
        description="As it came with `second-step-needed`.",
        examples=["Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0"],
    )
    code: factors.Code = Field(repr=False)


class Reauthentication(Input):
    """Prove again who you are."""

    password: Password = Field(description="密码", examples=["竹筏 暖壶 第七页 山雀 borrowed-lamp"])
    code: factors.Code | None = Field(None, repr=False, description="A code of your second factor; null without one.")


async def complete(transaction: OpenContext, keyring: Keyring, body: SecondStep, origin: Origin) -> Opened:
    """Open the session of a sign-in whose second factor is proven; refused alike for a wrong code and an old challenge.

    A wrong code counts as a failure of the sign-in, and is in the account's history: somebody knows its password.
    """
    async with turns.turn(origin.address), transaction() as ctx:
        await identities.hold(ctx)
        pending = await ctx.session.scalar(_PENDING, {"token_hash": token_hash(body.challenge), "now": ctx.now})
        account = await accounts.active(ctx, pending.account_id) if pending else None
        attempt = await throttling.admit(ctx, account.username if account else None, origin.address)
        if pending and account and await factors.proves(ctx, keyring, account, body.code):
            await ctx.session.delete(pending)
            begun = replace(origin, identity_id=pending.identity_id, provider_session=pending.provider_session)
            return await welcome(ctx, account, attempt, begun, Assurance.TWO_FACTORS)
        await throttling.fail(ctx, attempt)
        note(ctx, account or attempt, _REFUSED[account is not None], address=origin.address)
    raise SignInRefused


async def reauthenticate(transaction: OpenContext, keyring: Keyring, body: Reauthentication, address: str) -> None:
    """Note that the session's person proved who they are once more, with everything the account asks for."""
    async with turns.turn(address):
        right, proven = await _reauthenticated(transaction, keyring, body, address)
    refuse([] if right else [WRONG_PASSWORD("/password")])
    refuse([] if proven else [policy.WRONG_CODE("/code")])


async def _reauthenticated(
    transaction: OpenContext, keyring: Keyring, body: Reauthentication, address: str
) -> tuple[bool, bool]:
    """Return whether the password is right, and if so whether the second factor is proven."""
    async with transaction() as ctx:
        require_role(ctx.actor.role, *PEOPLE)
        attempt = await throttling.admit(ctx, f"password of {ctx.actor.id}", address)
        stored = (await accounts.own(ctx)).secret_hash
    matches = await hashing.matches(stored, body.password)
    async with transaction() as ctx:
        account = await accounts.own(ctx)
        right = matches and account.secret_hash == stored
        proven = right and await _has_proven(ctx, keyring, account, body.code)
        if proven:
            await throttling.succeed(ctx, attempt)
            await factors.note_proof(ctx, account)
        else:
            await throttling.fail(ctx, attempt)
            note(ctx, account, policy.REAUTHENTICATION_REFUSED, address=address)
    return right, proven


async def _has_proven(ctx: Context, keyring: Keyring, account: Account, code: str | None) -> bool:
    if code is not None:
        return await factors.proves(ctx, keyring, account, code)
    return not await factors.kinds_of(ctx, account.id)
