"""Identities at the provider of single sign-on, each bound to one account by its person, and removed by them or us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from app.context import ACTOR_ID, Context, View
from app.database import Query, bound_id
from app.models import Account, Identity, Session
from app.problems import NotFound
from app.rows import row_type
from app.services.history import change
from app.services.people import accounts, factors
from app.services.policies import refuse, require_role
from app.services.policies.people import identities as policy
from app.services.policies.people.accounts import MANAGERS

_ENDING = 5706
"""An advisory lock of its own."""


@row_type
class IdentityRow:
    """The identity that an account is bound to."""

    id: UUID
    account_id: UUID
    issuer: str
    subject: str
    created_at: datetime


_COLUMNS = select(Identity.id, Identity.account_id, Identity.issuer, Identity.subject, Identity.created_at)
_OWN = Query(_COLUMNS.where(Identity.account_id == ACTOR_ID), IdentityRow)
_OF_ACCOUNT = Query(
    _COLUMNS.join(Account, Account.id == Identity.account_id).where(
        accounts.VISIBLE, Account.id == bound_id("account_id")
    ),
    IdentityRow,
)


async def read_own(view: View) -> IdentityRow:
    """The identity that one's own account is bound to; NotFound if there is none."""
    return await view.get(_OWN)


async def read(view: View, account_id: UUID) -> IdentityRow:
    """The identity that a visible account is bound to; NotFound if there is none."""
    return await view.get(_OF_ACCOUNT, account_id=account_id)


async def adding(ctx: Context) -> Account:
    """The actor's own account, locked, soon after a proof of identity; refused if it is bound already."""
    account = await factors.changing(ctx)
    bound = await ctx.session.scalar(select(Identity.id).where(Identity.account_id == account.id))
    refuse([policy.ALREADY_BOUND()] if bound else [])
    return account


async def hold(ctx: Context, *, ending: bool = False) -> None:
    """Lock a sign-on, or with `ending` a sign-out at the provider: it sees each that is done, later ones see it."""
    lock = func.pg_advisory_xact_lock if ending else func.pg_advisory_xact_lock_shared
    await ctx.session.execute(select(lock(_ENDING)))


async def bind(ctx: Context, issuer: str, subject: str) -> IdentityRow:
    """Bind one's own account to an identity; the database refuses one that another account has."""
    account = await adding(ctx)
    identity = Identity(account_id=account.id, issuer=issuer, subject=subject, created_at=ctx.now)
    ctx.session.add(identity)
    change(ctx, account, policy.BOUND, data={"identity_id": str(identity.id)})
    await ctx.flush()
    return await read_own(ctx)


async def remove_own(ctx: Context) -> None:
    """Remove the binding of one's own account, soon after a proof of identity."""
    await _remove(ctx, await factors.changing(ctx))


async def remove(ctx: Context, account_id: UUID) -> None:
    """Remove the binding of an account that one manages."""
    require_role(ctx.actor.role, *MANAGERS)
    await _remove(ctx, await accounts.managed(ctx, account_id))


async def of_subject(ctx: Context, issuer: str, subject: str) -> tuple[Identity | None, Account | None]:
    """The identity of this subject, and its account, locked, if it may sign in now."""
    found = select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    identity: Identity | None = await ctx.session.scalar(found)
    if identity is None:
        return None, None
    account = await accounts.active(ctx, identity.account_id)
    return await ctx.session.scalar(found.execution_options(populate_existing=True)), account


async def _remove(ctx: Context, account: Account) -> None:
    """Remove the binding of a locked account; the sessions that were opened by it end."""
    by_it = select(Identity.id).where(Identity.account_id == account.id)
    ended = await ctx.session.execute(delete(Session).where(Session.identity_id.in_(by_it)).returning(Session.id))
    gone = delete(Identity).where(Identity.account_id == account.id).returning(Identity.id)
    identity_id = await ctx.session.scalar(gone)
    if identity_id is None:
        raise NotFound
    data = {"identity_id": str(identity_id), "sessions_ended": len(ended.all())}
    change(ctx, account, policy.UNBOUND, data=data)
