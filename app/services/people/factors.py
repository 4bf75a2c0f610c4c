"""Second factors: authenticator apps (RFC 6238) and the recovery codes that replace a lost one.

A code is taken once: its time step is written down under the lock of the factor's row, a recovery code is deleted.
"""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import bindparam, delete, func, select, update
from uuid_utils.compat import uuid7

from app.comparable import bare
from app.context import ACTOR_ID, Context, View
from app.database import Query, bound_id
from app.inputs import Input, Name
from app.keyring import KeyMissing, Keyring
from app.models import Account, Factor, Identity, RecoveryCode, Session
from app.models.enums import Assurance, FactorKind
from app.rows import row_type
from app.services.history import change, differing, expect, note, touch
from app.services.pages import Listing, Page
from app.services.people import accounts, hashing
from app.services.policies import refuse, require_role
from app.services.policies.people import factors as policy
from app.services.policies.people.accounts import PEOPLE

log = logging.getLogger("pinpai")
ISSUER = "Pinpai 品牌"


@row_type
class FactorRow:
    """A factor of the actor's own that counts."""

    id: UUID
    version: int
    kind: FactorKind
    name: str
    confirmed_at: datetime
    used_at: datetime | None


_COUNTING = Factor.confirmed_at.is_not(None)
_OWN = select(Factor.id, Factor.version, Factor.kind, Factor.name, Factor.confirmed_at, Factor.used_at).where(
    Factor.account_id == ACTOR_ID, _COUNTING
)
_PAGES = Listing(_OWN, Factor.id, FactorRow)
_ONE = Query(_OWN.where(Factor.id == bound_id("factor_id")), FactorRow)
_LOCKED = select(Factor).where(Factor.id == bindparam("factor_id"), Factor.account_id == ACTOR_ID).with_for_update()


@row_type
class CodesLeft:
    """The number of recovery codes that were not used."""

    left: int


_LEFT = Query(select(func.count().label("left")).where(RecoveryCode.account_id == ACTOR_ID), CodesLeft)

FactorName = Annotated[Name, Field(description="名称: by which you recognise it.", examples=["手机验证器"])]
Code = Annotated[
    str,
    Field(
        min_length=6,
        max_length=40,
        description="The six digits of an authenticator app, or a recovery code; each is taken once.",
        examples=["492039"],
    ),
]


class TotpCreate(Input):
    """Begin to add an authenticator app."""

    name: FactorName


class TotpConfirmation(Input):
    """Prove that the app has the secret."""

    code: Code = Field(repr=False)


class FactorChange(Input):
    """Rename a factor of your own."""

    name: FactorName


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """An authenticator app's secret; it is told once."""

    id: UUID
    secret: str
    uri: str


async def begin_totp(ctx: Context, keyring: Keyring, body: TotpCreate) -> TotpSecret:
    """Make the secret of an authenticator app; it counts once a code confirms it, and replaces one never confirmed."""
    account = await adding(ctx)
    factor_id, secret = uuid7(), hashing.random_seed()
    factor = Factor(
        id=factor_id,
        account_id=account.id,
        kind=FactorKind.TOTP,
        name=body.name,
        secret=keyring.encrypt(secret, _place(factor_id)),
        last_step=0,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    ctx.session.add(factor)
    note(ctx, account, policy.FACTOR_BEGUN, factor_id=str(factor_id), kind=factor.kind)
    uri = policy.authenticator(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)
    return TotpSecret(factor_id, secret, uri)


async def confirm_totp(ctx: Context, keyring: Keyring, factor_id: UUID, body: TotpConfirmation) -> list[str]:
    """Let an authenticator app count from now on; the recovery codes, if it is the first factor."""
    account = await accounts.own(ctx)
    factor = await ctx.lock(_LOCKED, factor_id=factor_id)
    refuse([policy.ALREADY_CONFIRMED()] if factor.confirmed_at else [])
    step = _step_of(keyring, factor, body.code, ctx.now)
    refuse([policy.WRONG_CODE("/code")] if step is None else [])
    factor.last_step = step
    return await count(ctx, account, factor)


async def count(ctx: Context, account: Account, factor: Factor) -> list[str]:
    """Let a proven factor count, end all other sessions, and return recovery codes if it is the first one."""
    first = not await kinds_of(ctx, account.id)
    factor.confirmed_at = ctx.now
    ended = await accounts.end_sessions(ctx, account.id, keep=ctx.actor.session_id)
    mine = update(Session).where(Session.id == ctx.actor.session_id)
    await ctx.session.execute(mine.values(assurance=Assurance.TWO_FACTORS))
    data = {"factor_id": str(factor.id), "kind": factor.kind, "sessions_ended": ended}
    change(ctx, account, policy.FACTOR_ADDED, data=data)
    return await _issue_codes(ctx, account) if first else []


async def note_proof(ctx: Context, account: Account) -> None:
    """Note that the session's person proved who they are once more."""
    mine = update(Session).where(Session.id == ctx.actor.session_id)
    await ctx.session.execute(mine.values(authenticated_at=ctx.now))
    note(ctx, account, policy.REAUTHENTICATED)


async def rename(ctx: Context, factor_id: UUID, body: FactorChange, version: int | None) -> None:
    """Change the name of a factor of one's own."""
    account = await accounts.own(ctx)
    factor = await ctx.lock(_LOCKED, factor_id=factor_id)
    expect(factor, version)
    if differing(factor, body.model_dump()):
        factor.name = body.name
        touch(ctx, factor)
        note(ctx, account, policy.FACTOR_RENAMED, factor_id=str(factor.id))


async def remove(ctx: Context, factor_id: UUID) -> None:
    """Remove a factor of one's own and end all other sessions; the recovery codes go with the last one."""
    account = await changing(ctx)
    factor = await ctx.lock(_LOCKED, factor_id=factor_id)
    data = {"factor_id": str(factor.id), "kind": factor.kind}
    await ctx.session.delete(factor)
    await ctx.flush()
    if not await kinds_of(ctx, account.id):
        await _forget(ctx, account.id)
    ended = await accounts.end_sessions(ctx, account.id, keep=ctx.actor.session_id)
    change(ctx, account, policy.FACTOR_REMOVED, data=data | {"sessions_ended": ended})


async def replace_recovery_codes(ctx: Context) -> list[str]:
    """Issue new recovery codes; the earlier ones are void."""
    account = await changing(ctx)
    refuse([] if await kinds_of(ctx, account.id) else [policy.NO_FACTOR()])
    change(ctx, account, policy.RECOVERY_CODES_ISSUED)
    return await _issue_codes(ctx, account)


async def reset(ctx: Context, account: Account) -> None:
    """Remove everything but the password, after a lost device; the sessions must be ended by the caller."""
    await ctx.session.execute(delete(Factor).where(Factor.account_id == account.id))
    await ctx.session.execute(delete(Identity).where(Identity.account_id == account.id))
    await _forget(ctx, account.id)
    note(ctx, account, policy.FACTORS_RESET)


async def proves(ctx: Context, keyring: Keyring, account: Account, code: str) -> bool:
    """Return true for a code of the account's factors that was not taken before; it is taken now."""
    if policy.is_totp(code):
        return await _takes_totp(ctx, keyring, account.id, code)
    used = delete(RecoveryCode).where(
        RecoveryCode.account_id == account.id, RecoveryCode.code_hash == hashing.code_hash(code)
    )
    right = (await ctx.session.execute(used.returning(RecoveryCode.id))).first() is not None
    if right:
        note(ctx, account, policy.RECOVERY_CODE_USED)
    return right


async def kinds_of(ctx: Context, account_id: UUID) -> list[FactorKind]:
    """Return the kinds of factors that count for an account; none, if it signs in with the password alone."""
    kinds = await ctx.session.scalars(select(Factor.kind).where(Factor.account_id == account_id, _COUNTING).distinct())
    return sorted(kinds.all())


async def changing(ctx: Context) -> Account:
    """The actor's own account, locked, for a change of what protects it: ReauthenticationRequired (403) if too late."""
    require_role(ctx.actor.role, *PEOPLE)
    policy.require_recent(ctx.actor.authenticated_at, ctx.now)
    return await accounts.own(ctx)


async def adding(ctx: Context) -> Account:
    """The same for one more factor: refused if there are many, and one that was never confirmed is forgotten."""
    account = await changing(ctx)
    found = await ctx.session.scalar(select(func.count()).where(Factor.account_id == account.id, _COUNTING))
    refuse(policy.room_findings(found or 0))
    await ctx.session.execute(delete(Factor).where(Factor.account_id == account.id, ~_COUNTING))
    return account


async def read(view: View, factor_id: UUID) -> FactorRow:
    return await view.get(_ONE, factor_id=factor_id)


async def search(view: View, *, after: UUID | None, limit: int) -> Page[FactorRow]:
    """One's own factors that count."""
    return await _PAGES.page(view, after=after, limit=limit)


async def codes_left(view: View) -> int:
    """Count the recovery codes of one's own that were not used."""
    return (await view.get(_LEFT)).left


async def _takes_totp(ctx: Context, keyring: Keyring, account_id: UUID, code: str) -> bool:
    apps = select(Factor).where(Factor.account_id == account_id, Factor.kind == FactorKind.TOTP, _COUNTING)
    for factor in await ctx.session.scalars(apps.order_by(Factor.id).with_for_update()):
        if (step := _step_of(keyring, factor, code, ctx.now)) is not None:
            assert factor.secret is not None, "an authenticator app"
            factor.last_step, factor.used_at = step, ctx.now
            factor.secret = keyring.renewed(factor.secret, _place(factor.id))
            return True
    return False


def _step_of(keyring: Keyring, factor: Factor, code: str, now: datetime) -> int | None:
    """Return the time step of this code; None if it is wrong, or not later than the last one that was taken."""
    assert factor.secret is not None, "an authenticator app"
    try:
        app = policy.authenticator(keyring.decrypt(factor.secret, _place(factor.id)))
    except KeyMissing:
        log.exception("ALARM: no key decrypts factor %s: one was left out, or the row is forged", factor.id)
        return None
    given = bare(code).encode()
    steps = [step for step in policy.steps_at(now) if hmac.compare_digest(app.generate_otp(step).encode(), given)]
    return next((step for step in steps if step > (factor.last_step or 0)), None)


async def _issue_codes(ctx: Context, account: Account) -> list[str]:
    await _forget(ctx, account.id)
    codes = [hashing.random_code() for _ in range(policy.RECOVERY_CODES)]
    ctx.session.add_all(RecoveryCode(account_id=account.id, code_hash=hashing.code_hash(code)) for code in codes)
    return codes


async def _forget(ctx: Context, account_id: UUID) -> None:
    await ctx.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _place(factor_id: UUID) -> str:
    """Name the place of a secret, so that one copied to another factor is not read there."""
    return f"factor {factor_id}: secret"
