"""Accounts: invited with a one-time code, managed by the office and — for its own units — by a committee.

An act that takes rights from an account ends its sessions in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import and_, bindparam, case, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, ACTOR_ID, Actor, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import Email, Input, Name, Phone, unsent
from app.models import Account, Committee, Factor, Session, Unit
from app.models.enums import AccountStatus, Role
from app.problems import Forbidden
from app.rows import row_type
from app.services import limits
from app.services.history import change, create, differing, expect, move
from app.services.pages import FilterValue, Listing, Page, among, exactly, searching, updated_since
from app.services.people import affiliations, codes, hashing, seats
from app.services.people.affiliations import Affiliation
from app.services.policies import Act, Offered, Record, actions, refuse, require_role
from app.services.policies.limits import TOO_MANY_ACCOUNTS, Quotas
from app.services.policies.people import accounts as policy
from app.services.policies.people.accounts import AccountFacts
from app.services.policies.people.factors import require_recent

ORGANISATION = {"role", "committee_id", "unit_id"}
WAYS_TO_REACH = {"phone", "email"}


VISIBLE = or_(
    acting_as(Role.OFFICE),
    Account.id == ACTOR_ID,
    and_(
        acting_as(Role.COMMITTEE),
        Account.committee_id == ACTOR_COMMITTEE,
        or_(Account.role == Role.UNIT, Account.status == AccountStatus.INVITED),
    ),
)
"""The office sees every account, a committee its units' and a successor until the account is used, all their own."""


@row_type
class AccountSummary:
    """An account with the names of its committee and unit."""

    id: UUID
    version: int
    username: str
    name: str
    phone: str | None
    email: str | None
    mail: bool
    role: Role
    committee_id: UUID | None
    committee_name: str | None
    unit_id: UUID | None
    unit_name: str | None
    status: AccountStatus
    activation_expires_at: datetime | None
    awaits_confirmation: bool
    created_at: datetime
    updated_at: datetime


@row_type
class AccountRow(AccountSummary):
    """An account by itself, with the facts of its acts; `active_office_accounts` is 0 with other roles."""

    active_office_accounts: int
    issued_by: UUID | None
    second_factor: bool


_AWAITS = and_(Account.activation_hash.is_not(None), Account.activation_confirmed_at.is_(None))
_COLUMNS = (
    Account.id,
    Account.version,
    Account.username,
    Account.name,
    Account.phone,
    Account.email,
    Account.mail,
    Account.role,
    Account.committee_id,
    Committee.name.label("committee_name"),
    Account.unit_id,
    Unit.name.label("unit_name"),
    Account.status,
    Account.activation_expires_at,
    _AWAITS.label("awaits_confirmation"),
    Account.created_at,
    Account.updated_at,
)
_VISIBLE_ACCOUNTS = (
    select(*_COLUMNS)
    .outerjoin(Committee, Committee.id == Account.committee_id)
    .outerjoin(Unit, Unit.id == Account.unit_id)
    .where(VISIBLE)
)
_colleague = aliased(Account)
_active_colleagues = (
    select(func.count())
    .where(_colleague.role == Role.OFFICE, _colleague.status == AccountStatus.ACTIVE)
    .scalar_subquery()
)
_HAS_FACTOR = exists().where(Factor.account_id == Account.id, Factor.confirmed_at.is_not(None))
_WITH_FACTS = _VISIBLE_ACCOUNTS.add_columns(
    case((Account.role == Role.OFFICE, _active_colleagues), else_=0).label("active_office_accounts"),
    Account.activation_issued_by.label("issued_by"),
    _HAS_FACTOR.label("second_factor"),
)
_ACCOUNT = Query(_WITH_FACTS.where(Account.id == bound_id("account_id")), AccountRow)
_SEVERAL = Query(_WITH_FACTS.where(Account.id == bound_ids("account_ids").any_()), AccountRow)
_LOCKED = select(Account).where(Account.id == bindparam("account_id")).where(VISIBLE).with_for_update(of=Account)
_ACTIVE_OFFICE = (
    select(Account.id)
    .where(Account.role == Role.OFFICE, Account.status == AccountStatus.ACTIVE)
    .order_by(Account.id)
    .with_for_update()
)


Username = Annotated[
    str,
    StringConstraints(to_lower=True),
    Field(
        min_length=3,
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,39}$",
        description="Name to sign in with, or the client_id of a machine client; stored in lower case. One that a"
        " committee gives begins with its code and a dot: `qt.li` for `QT`.",
        examples=["longhua.li"],
    ),
]
PersonName = Annotated[Name, Field(description="姓名", examples=["李文博"])]
PersonPhone = Annotated[Phone, Field(description="联系电话", examples=["0315-3724062"])]
PersonEmail = Annotated[
    Email, Field(description="邮箱: where notifications are mailed to.", examples=["longhua.li@example.org"])
]
AccountRole = Annotated[
    Literal[Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL],
    Field(
        description="Role of the account; `municipal` is a machine client.",
        json_schema_extra=Role.only(Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL),
    ),
]
CommitteeOfRole = Annotated[UUID, Field(description="Only for the role `committee`; for `unit` it follows.")]
UnitOfRole = Annotated[UUID, Field(description="Only for the role `unit`.")]

FILTERS = {
    "role": among(Account.role, AccountRole, "Only in these roles.", max_length=5),
    "status": among(Account.status, AccountStatus, "Only in these states."),
    "committee_id": exactly(Account.committee_id, UUID, "Only of this committee and its units."),
    "unit_id": exactly(Account.unit_id, UUID, "Only of this unit."),
    "awaits_confirmation": exactly(_AWAITS, bool, "Only those with a code to confirm (true), or the rest."),
    "updated_since": updated_since(Account.updated_at),
    "q": searching("In the name or the username.", Account.__table__.c.searched, Account.__table__.c.grams),
}
_ACCOUNTS = Listing(_VISIBLE_ACCOUNTS, Account.id, AccountSummary, filters=FILTERS)


class AccountCreate(Input):
    """Invite a person, or register a machine client."""

    username: Username
    name: PersonName
    phone: PersonPhone | None = None
    email: PersonEmail | None = None
    role: AccountRole
    committee_id: CommitteeOfRole | None = None
    unit_id: UnitOfRole | None = None


class PersonChange(Input):
    """The members of a person that they and their manager may change."""

    name: PersonName = Field(default_factory=unsent)
    phone: PersonPhone | None = None
    email: PersonEmail | None = None


class AccountChange(PersonChange):
    """Change an account: what is named is set, null clears, the rest stays."""

    role: AccountRole = Field(default_factory=unsent)
    committee_id: CommitteeOfRole | None = None
    unit_id: UnitOfRole | None = None


class OwnAccountChange(PersonChange):
    """Change how you are reached: what is named is set, null clears, the rest stays."""

    mail: Annotated[bool, Field(strict=True)] = Field(
        default_factory=unsent,
        description="True if notifications are mailed. Formal ones (returned, to be corrected, refused) always are.",
        examples=[True],
    )


async def invite(ctx: Context, body: AccountCreate, most: Quotas) -> tuple[UUID, str | None]:
    """Make one of the accounts that the inviter may have, and return its activation code."""
    if ctx.actor.role is Role.COMMITTEE and ctx.actor.committee_id:
        await limits.hold(ctx, ctx.actor.committee_id)
        of_committee = Account.committee_id == ctx.actor.committee_id
        await limits.require_one_more(ctx, TOO_MANY_ACCOUNTS, most.accounts_per_committee, of_committee)
    return await add(ctx, body)


async def add(ctx: Context, body: AccountCreate) -> tuple[UUID, str | None]:
    """Make an account and return its activation code; a machine client has none, its secret is issued later."""
    require_role(ctx.actor.role, *policy.MANAGERS)
    if not policy.may_appoint(ctx.actor.role, body.role):
        raise Forbidden
    if ctx.actor.role is Role.COMMITTEE and body.role is Role.COMMITTEE:
        require_recent(ctx.actor.authenticated_at, ctx.now)
        body = body.model_copy(update={"committee_id": body.committee_id or ctx.actor.committee_id})
    affiliation = await affiliations.of(ctx, body.role, body.committee_id, body.unit_id)
    refuse(await affiliations.username_findings(ctx, body.username))
    code = None if body.role is Role.MUNICIPAL else hashing.random_code()
    columns = codes.issued(ctx, code, body.role, used=False) if code else codes.NO_CODE
    account = Account(
        **body.model_dump(include={"username", "name", "phone", "email"}), **affiliation._asdict(), **columns
    )
    return create(ctx, account, policy.INVITED, **codes.fate_of(columns)).id, code


async def edit(ctx: Context, account_id: UUID, body: AccountChange, version: int | None) -> None:
    """Change an account; a new role or organisation ends its sessions at once."""
    active = await _active_office_accounts(ctx) if body.model_fields_set & ORGANISATION else 0
    account = await managed(ctx, account_id)
    expect(account, version)
    affiliation = await _reassigned(ctx, account, body)
    values = differing(account, body.model_dump(exclude_unset=True) | affiliation._asdict())
    if values.keys() & ORGANISATION:
        facts = facts_of(ctx, account, active)
        findings = policy.person_findings(account.role, affiliation.role)
        ended = await end_sessions(ctx, account.id)
        promoted = "role" in values and affiliation.role is Role.OFFICE
        act = policy.PROMOTE if promoted and account.status is AccountStatus.ACTIVE else policy.REASSIGN
        if promoted:
            values |= codes.NO_CODE
        left = account.committee_id
        move(ctx, account, act, facts, findings=findings, data={"sessions_ended": ended}, **values)
        await seats.end_where_used(ctx, account, left)
    elif values:
        move(ctx, account, policy.EDIT, **values)


async def suspend(ctx: Context, account_id: UUID) -> None:
    """Disable an account: its sessions end at once, its code is void; what it did stays."""
    active = await _active_office_accounts(ctx)
    account = await managed(ctx, account_id)
    move(ctx, account, policy.SUSPEND, facts_of(ctx, account, active), **codes.NO_CODE)
    await end_sessions(ctx, account.id)


async def reinstate(ctx: Context, account_id: UUID) -> None:
    """Enable a disabled account: with its password as before, or still to be activated, as those of the office are."""
    account = await managed(ctx, account_id)
    as_before = account.secret_hash is not None and account.role is not Role.OFFICE
    move(ctx, account, policy.REINSTATE if as_before else policy.REINSTATE_UNUSED)


async def end_sessions(ctx: Context, account_id: UUID, *, keep: UUID | None = None) -> int:
    """Sign the account out everywhere, or everywhere else, and return the number of sessions that ended."""
    others = delete(Session).where(Session.account_id == account_id)
    ended = await ctx.session.execute((others.where(Session.id != keep) if keep else others).returning(Session.id))
    return len(ended.all())


async def get(ctx: Context, account_id: UUID) -> Account:
    """The account, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, account_id=account_id)


async def active(ctx: Context, account_id: UUID) -> Account | None:
    """The account, if it may sign in now, locked so that nobody disables it meanwhile."""
    account: Account | None = await ctx.session.scalar(
        select(Account).where(Account.id == account_id, Account.status == AccountStatus.ACTIVE).with_for_update()
    )
    return account


async def own(ctx: Context) -> Account:
    """The actor's own account, locked for a change."""
    assert ctx.actor.id is not None, "the actor has signed in"
    return await get(ctx, ctx.actor.id)


async def managed(ctx: Context, account_id: UUID) -> Account:
    """The account, locked, if it is the actor's to manage; Forbidden (403) where it may only be seen."""
    account = await get(ctx, account_id)
    if not policy.manages(ctx.actor.role, ctx.actor.committee_id, account.role, account.committee_id):
        raise Forbidden
    return account


async def invited(ctx: Context, account_id: UUID) -> Account:
    """The account, locked, if its activation codes are the actor's to issue; Forbidden (403) where they are not."""
    account = await get(ctx, account_id)
    if not policy.invites(ctx.actor.role, ctx.actor.committee_id, account.role, account.committee_id, account.status):
        raise Forbidden
    return account


def facts_of(ctx: Context, account: Account, active_office_accounts: int = 0) -> AccountFacts:
    has_code = account.activation_hash is not None
    return AccountFacts(
        account.status,
        account.role,
        active_office_accounts,
        has_code=has_code,
        awaits_confirmation=has_code and account.activation_confirmed_at is None,
        issued_by_actor=ctx.actor.id is not None and account.activation_issued_by == ctx.actor.id,
    )


def actor_of(account: Account, session_id: UUID | None = None) -> Actor:
    """The actor that an account is."""
    return Actor(account.id, account.role, account.name, account.committee_id, account.unit_id, session_id)


async def read(view: View, account_id: UUID | None) -> Record[AccountRow]:
    """One account, with the acts of who manages it; NotFound unless visible."""
    row = await view.get(_ACCOUNT, account_id=account_id)
    return Record(row, _actions(view, row))


async def offered(view: View, rows: Sequence[AccountSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these accounts, for the rows of a list."""
    found = await view.rows(_SEVERAL, account_ids=[row.id for row in rows])
    return {row.id: _actions(view, row) for row in found}


def _actions(view: View, row: AccountRow) -> Offered:
    facts = AccountFacts(
        row.status,
        row.role,
        row.active_office_accounts,
        has_code=row.activation_expires_at is not None,
        awaits_confirmation=row.awaits_confirmation,
        issued_by_actor=row.issued_by is not None and row.issued_by == view.actor.id,
        second_factor=row.second_factor,
    )
    return actions(_acts(view, row), view.actor.role, facts)


def _acts(view: View, row: AccountRow) -> Sequence[Act[AccountStatus, AccountFacts]]:
    """Return the acts of who manages the account, of who invited it, or of its own person."""
    asked = view.actor.role, view.actor.committee_id, row.role, row.committee_id
    if policy.manages(*asked):
        return policy.OFFERED
    if row.id != view.actor.id and policy.invites(*asked, row.status):
        return policy.OF_INVITED
    return policy.CONSENT if row.awaits_confirmation else ()


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[AccountSummary]:
    return await _ACCOUNTS.page(view, after=after, limit=limit, **filters)


async def edit_own(ctx: Context, body: OwnAccountChange, version: int | None) -> None:
    """Change how one is reached, soon after a proof of identity; who manages the account changes the rest."""
    require_role(ctx.actor.role, *policy.PEOPLE)
    account = await own(ctx)
    expect(account, version)
    if values := differing(account, body.model_dump(exclude_unset=True)):
        refuse(policy.own_change_findings(account.role, values))
        if values.keys() & WAYS_TO_REACH:
            require_recent(ctx.actor.authenticated_at, ctx.now)
        change(ctx, account, policy.EDIT.event, **values)


async def _active_office_accounts(ctx: Context) -> int:
    """Count them; an act of the office locks them to its end, so that two of them cannot remove each other."""
    if ctx.actor.role is not Role.OFFICE:
        return 0
    return len((await ctx.session.scalars(_ACTIVE_OFFICE)).all())


async def _reassigned(ctx: Context, account: Account, body: AccountChange) -> Affiliation:
    """The affiliation after the change: a member that is not named stays, as far as the role has it."""
    sent = body.model_fields_set
    if not sent & ORGANISATION:
        return Affiliation(account.committee_id, account.unit_id, account.role)
    require_role(ctx.actor.role, Role.OFFICE)
    role = body.role if "role" in sent else account.role
    committee_id = account.committee_id if role is Role.COMMITTEE else None
    unit_id = account.unit_id if role is Role.UNIT else None
    committee_id = body.committee_id if "committee_id" in sent else committee_id
    return await affiliations.of(ctx, role, committee_id, body.unit_id if "unit_id" in sent else unit_id)
