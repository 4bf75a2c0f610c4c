"""Activation codes of accounts that exist: issued anew, confirmed by a second person, voided, and those of the host.

A code gives its holder the account. Once somebody has used the account, its issuer alone may not let it be used.
"""

from dataclasses import replace
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.context import Actor, Context
from app.database import Database
from app.inputs import Input, Reason
from app.models import Account
from app.models.enums import AccountStatus, Language, Role
from app.problems import NotFound
from app.services.history import move
from app.services.people import accounts, codes, factors, hashing
from app.services.people.accounts import AccountCreate
from app.services.policies import refuse
from app.services.policies.constraints import ALREADY_EXISTS
from app.services.policies.people import accounts as policy
from app.services.policies.people.factors import require_recent

HOST = Actor(None, Role.OFFICE, "服务器命令行")
"""The actor of a command on the host itself."""


class FactorReset(Input):
    """Take the second factors of an account away, because their device is lost."""

    reason: Reason = Field(description="原因: how you know it is its owner who asks.", examples=["本人到场，手机遗失"])


async def invite_again(ctx: Context, account_id: UUID) -> str:
    """A new activation code instead of any earlier one: for who lost it, or forgot the password."""
    account = await accounts.invited(ctx, account_id)
    if ctx.actor.role is account.role is Role.COMMITTEE:
        require_recent(ctx.actor.authenticated_at, ctx.now)
    code = hashing.random_code()
    columns = codes.issued(ctx, code, account.role, used=codes.was_used(account))
    facts = accounts.facts_of(ctx, account)
    move(ctx, account, policy.INVITE, facts, data=codes.fate_of(columns), **columns)
    return code


async def reset_factors_of(ctx: Context, account_id: UUID, body: FactorReset) -> str:
    """An activation code that also takes the second factors away, for a lost device; the reason goes into the history.

    It replaces the password as well: the factor that stays would otherwise be one that nobody had to prove.
    """
    account = await accounts.managed(ctx, account_id)
    facts = replace(accounts.facts_of(ctx, account), second_factor=bool(await factors.kinds_of(ctx, account.id)))
    code = hashing.random_code()
    columns = codes.issued(ctx, code, account.role, used=True)
    columns["activation_resets_factors"] = True
    data = {"reason": body.reason, **codes.fate_of(columns)}
    move(ctx, account, policy.RESET_FACTORS, facts, data=data, **columns)
    return code


async def confirm_code(ctx: Context, account_id: UUID) -> None:
    """Let an activation code be used: by the account's owner, or by a second person who manages the account."""
    account = await _concerned(ctx, account_id)
    move(ctx, account, policy.CONFIRM_CODE, accounts.facts_of(ctx, account), activation_confirmed_at=ctx.now)


async def void_code(ctx: Context, account_id: UUID) -> None:
    """Void an activation code: by the account's owner, or by whoever manages the account."""
    account = await _concerned(ctx, account_id)
    move(ctx, account, policy.VOID_CODE, accounts.facts_of(ctx, account), **codes.NO_CODE)


async def invite_first_office(database: Database, username: str, name: str, *, reset_factors: bool = False) -> str:
    """An activation code for an office account, made on the host: the first one, or the way back for a lost one."""
    body = AccountCreate(username=username, name=name, role=Role.OFFICE)
    async with database.transaction() as session:
        ctx = Context.within(session, HOST, await database.now(session), Language.ZH, uuid7())
        account = await session.scalar(select(Account).where(Account.username == body.username))
        if account is None:
            _, code = await accounts.add(ctx, body)
            assert code is not None, "persons get a code"
            return code
        refuse([] if account.role is Role.OFFICE else [ALREADY_EXISTS("/username")])
        if account.status is AccountStatus.DISABLED:
            await accounts.reinstate(ctx, account.id)
        if reset_factors:
            return await reset_factors_of(ctx, account.id, FactorReset(reason=HOST.name))
        return await invite_again(ctx, account.id)


async def confirm_on_host(database: Database, username: str) -> None:
    """Confirm an activation code on the host, where the office has no second person; NotFound without an account."""
    async with database.transaction() as session:
        ctx = Context.within(session, HOST, await database.now(session), Language.ZH, uuid7())
        account_id = await session.scalar(select(Account.id).where(Account.username == username.lower()))
        if account_id is None:
            raise NotFound
        await confirm_code(ctx, account_id)


async def _concerned(ctx: Context, account_id: UUID) -> Account:
    """The account, locked, if it is the actor's to manage or the actor's own; Forbidden (403) where it is neither."""
    return await accounts.own(ctx) if account_id == ctx.actor.id else await accounts.invited(ctx, account_id)
