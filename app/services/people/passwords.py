"""The secrets of accounts: set with an activation code, changed by their owner, issued to machine clients.

No transaction is open while a password is hashed or judged.
"""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select, union_all

from app.context import Context, OpenContext
from app.findings import Finding
from app.inputs import AsTyped, Input
from app.models import Account, Committee, Unit
from app.models.enums import AccountStatus
from app.problems import RulesViolated
from app.services.history import change, move, note
from app.services.people import accounts, codes, factors, guessing, hashing, seats, throttling, turns
from app.services.policies import refuse, require_role
from app.services.policies.people import accounts as account_policy
from app.services.policies.people import passwords as policy

Password = Annotated[
    AsTyped,
    Field(repr=False, json_schema_extra={"format": "password", "writeOnly": True}),
]
NewPassword = Annotated[
    Password,
    Field(
        description="12 to 128 characters that nobody guesses: no composition is asked for, long and odd is best.",
        examples=["竹筏 暖壶 第七页 山雀 borrowed-lamp"],
    ),
]


class Activation(Input):
    """Set the password with a one-time activation code."""

    code: Annotated[str, Field(min_length=1, max_length=64, repr=False)] = Field(
        description="The code as received; case, spaces and dashes do not matter.",
        examples=["MZXW-6YTB-OI4D-QNRS-GEZD-GNBV"],
    )
    password: NewPassword


class PasswordChange(Input):
    """Replace your password."""

    current_password: Password = Field(description="The present one.", examples=["the present one"])
    new_password: NewPassword


async def activate(transaction: OpenContext, body: Activation, address: str) -> Account:
    """Set the first password, or a forgotten one anew; earlier sessions end. The code works once."""
    async with turns.turn(address):
        return await _set(transaction, body, address)


async def replace_own(transaction: OpenContext, body: PasswordChange, address: str) -> None:
    """Change one's own password; all other sessions end at once."""
    async with turns.turn(address):
        await _replace_own(transaction, body, address)


async def issue_client_secret(ctx: Context, account_id: UUID) -> tuple[str, str]:
    """A machine client's name and its new secret; the one before works until the next is issued, its tokens end now."""
    account = await accounts.managed(ctx, account_id)
    secret = hashing.random_secret()
    ended = await accounts.end_sessions(ctx, account.id)
    move(
        ctx,
        account,
        account_policy.ISSUE_SECRET,
        accounts.facts_of(ctx, account),
        data={"sessions_ended": ended},
        secret_hash=hashing.secret_hash(secret),
        retiring_secret_hash=account.secret_hash,
    )
    return account.username, secret


async def _set(transaction: OpenContext, body: Activation, address: str) -> Account:
    async with transaction() as ctx:
        attempt = await throttling.admit(ctx, None, address)
        account = await _awaiting(ctx, body.code)
        if account is None:
            await throttling.fail(ctx, attempt)
            note(ctx, attempt, account_policy.CODE_REFUSED, address=address)
        else:
            await throttling.succeed(ctx, attempt)
            words = await _words_of(ctx, account)
    if account is None:
        raise RulesViolated([account_policy.UNKNOWN_CODE("/code")])
    _require_confirmed(account)
    refuse(await _findings(account.username, words, body.password, "/password"))
    secret = await hashing.hashed(body.password)
    async with transaction() as ctx:
        return await _activate(ctx, body.code, secret)


async def _replace_own(transaction: OpenContext, body: PasswordChange, address: str) -> None:
    async with transaction() as ctx:
        require_role(ctx.actor.role, *account_policy.PEOPLE)
        attempt = await throttling.admit(ctx, f"password of {ctx.actor.id}", address)
        account = await accounts.own(ctx)
        words = await _words_of(ctx, account)
    right = await hashing.matches(account.secret_hash, body.current_password)
    async with transaction() as ctx:
        await (throttling.succeed(ctx, attempt) if right else throttling.fail(ctx, attempt))
        if not right:
            note(ctx, account, account_policy.PASSWORD_CHANGE_REFUSED, address=address)
    findings = policy.change_findings(body.current_password, body.new_password, right=right)
    refuse([*findings, *await _findings(account.username, words, body.new_password, "/new_password")])
    secret = await hashing.hashed(body.new_password)
    async with transaction() as ctx:
        await _replace(ctx, verified=account.secret_hash, secret=secret)


async def _awaiting(ctx: Context, code: str) -> Account | None:
    """The account that this code activates, locked."""
    account: Account | None = await ctx.session.scalar(
        select(Account).where(Account.activation_hash == hashing.code_hash(code)).with_for_update()
    )
    if account is None or account.activation_expires_at is None or ctx.now >= account.activation_expires_at:
        return None
    return account


async def _activate(ctx: Context, code: str, secret: str) -> Account:
    account = await _awaiting(ctx, code)
    if account is None:
        raise RulesViolated([account_policy.UNKNOWN_CODE("/code")])
    _require_confirmed(account)
    ended = await accounts.end_sessions(ctx, account.id)
    await throttling.pardon(ctx, account.username)
    acting = replace(ctx, actor=accounts.actor_of(account))
    if account.activation_resets_factors:
        await factors.reset(acting, account)
    act = account_policy.RESET_PASSWORD if account.status is AccountStatus.ACTIVE else account_policy.ACTIVATE
    data = {"sessions_ended": ended, "issued_by": str(account.activation_issued_by)}
    move(acting, account, act, data=data, secret_hash=secret, **codes.NO_CODE)
    await seats.end_where_used(acting, account)
    return account


def _require_confirmed(account: Account) -> None:
    waits = account.activation_confirmed_at is None
    refuse([account_policy.CODE_AWAITS_CONFIRMATION("/code")] if waits else [])


async def _replace(ctx: Context, *, verified: str | None, secret: str) -> None:
    account = await accounts.own(ctx)
    refuse([] if account.secret_hash == verified else [policy.WRONG_PASSWORD("/current_password")])
    ended = await accounts.end_sessions(ctx, account.id, keep=ctx.actor.session_id)
    change(ctx, account, account_policy.PASSWORD_CHANGED, data={"sessions_ended": ended}, secret_hash=secret)


async def _words_of(ctx: Context, account: Account) -> list[str | None]:
    """The words that others connect with a person: names, ways to reach them, their organisation."""
    committee = select(Committee.name).where(Committee.id == account.committee_id)
    unit = select(Unit.name).where(Unit.id == account.unit_id)
    organisation = await ctx.session.scalars(union_all(committee, unit))
    return [account.username, account.name, account.phone, account.email, *organisation]


async def _findings(username: str, words: list[str | None], password: str, pointer: str) -> list[Finding]:
    return policy.password_findings(password, pointer, username=username, judged=await guessing.judged(password, words))
