"""A copy of what is stored about an account's person: the columns of the inventory, of the rows that are theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.context import Context
from app.models import (
    Account,
    Assignment,
    AuditEvent,
    Base,
    Factor,
    Identity,
    Notification,
    Recusal,
    Review,
    Reviewer,
    Seat,
    Session,
    SignInAttempt,
)
from app.problems import Forbidden
from app.services.history import note
from app.services.people import accounts, throttling
from app.services.policies.audit import TRACE, VALUES
from app.services.policies.people import accounts as policy
from app.services.policies.people.factors import require_recent
from app.services.policies.people.inventory import of_a_person

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of a table that are a person's, what tells them apart, and columns that are read in another way."""

    model: type[Base]
    theirs: ColumnElement[bool]
    beside: tuple[InstrumentedAttribute[Any], ...] = ()
    instead: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)

    @property
    def statement(self) -> Select[Any]:
        table = self.model.__table__
        names = [column.name for column in table.columns if f"{table}.{column.name}" in of_a_person()]
        read = [self.instead.get(name, getattr(self.model, name)).label(name) for name in names]
        return select(*self.beside, *read).where(self.theirs).order_by(self.model.id)


def _parts(account: Account) -> list[_Part]:
    mine, by_me = AuditEvent.subject_id == account.id, AuditEvent.actor_id == account.id
    trace = func.jsonb_build_object(TRACE, AuditEvent.changes[TRACE])
    assigned = Review.assignment_id.in_(select(Assignment.id).where(Assignment.reviewer_id == account.id))
    events = {
        "actor_name": case((by_me, AuditEvent.actor_name), else_=null()),
        "data": case((mine, AuditEvent.data.op("-")(VALUES)), else_=null()),
        "changes": case((mine, AuditEvent.changes.op("-")("salt")), (by_me, trace), else_=null()),
    }
    said = (AuditEvent.at, AuditEvent.action, AuditEvent.subject_type, AuditEvent.subject_id)
    shown = or_(mine, by_me & (AuditEvent.subject_type != "assignment"))
    attempts = SignInAttempt.subject_hash == throttling.hash_of(account.username)
    return [
        _Part(Account, Account.id == account.id, (Account.role, Account.status, Account.mail, Account.created_at)),
        _Part(Reviewer, Reviewer.account_id == account.id),
        _Part(Seat, Seat.account_id == account.id, (Seat.granted_at, Seat.revoked_at)),
        _Part(Factor, Factor.account_id == account.id, (Factor.kind, Factor.confirmed_at, Factor.used_at)),
        _Part(Identity, Identity.account_id == account.id, (Identity.created_at,)),
        _Part(Session, Session.account_id == account.id, (Session.created_at, Session.seen_at)),
        _Part(SignInAttempt, attempts, (SignInAttempt.at, SignInAttempt.succeeded)),
        _Part(
            Notification,
            Notification.account_id == account.id,
            (Notification.kind, Notification.told_at, Notification.read_at, Notification.mailed_at),
        ),
        _Part(Review, assigned, (Review.status, Review.total, Review.submitted_at)),
        _Part(Recusal, Recusal.reviewer_id == account.id, (Recusal.kind, Recusal.made_at, Recusal.lifted_at)),
        _Part(AuditEvent, shown, said, events),
    ]


async def export(ctx: Context, account_id: UUID) -> dict[str, Rows]:
    """Return the rows by table, for the account's own person soon after a proof of identity, or for the office."""
    account = await accounts.get(ctx, account_id)
    if not policy.copies(ctx.actor.role, own=account.id == ctx.actor.id):
        raise Forbidden
    require_recent(ctx.actor.authenticated_at, ctx.now)
    found = {}
    for part in _parts(account):
        rows = (await ctx.session.execute(part.statement)).mappings()
        found[part.model.__tablename__] = [dict(row) for row in rows]
    note(ctx, account, policy.EXPORTED)
    return found
