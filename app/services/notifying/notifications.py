"""Notifications (通知): the feed of an account, and the way a notice reaches its addressees.

A notice is visible while the account has the role, committee and unit that it had when the notice was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    SQLColumnExpression,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from app.context import ACTOR_COMMITTEE, ACTOR_ID, ACTOR_ROLE, ACTOR_UNIT, Context, View
from app.database import Query, Reader, bound_id, bound_ids
from app.inputs import Input, each_once
from app.models import Account, Campaign, Notification
from app.models.enums import AccountStatus, CampaignStatus, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services import jobs
from app.services.history import note
from app.services.pages import Filter, FilterValue, Listing, Page
from app.services.people import accounts
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.notifying.kinds import Telling
from app.services.policies.notifying.notifications import DIGEST_AFTER, Particulars
from app.services.policies.people.accounts import NOTIFICATIONS_READ

MAIL = "mail"
"""The task that mails an account its new notices."""


def same(one: SQLColumnExpression[Any], other: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Equal, or both missing: PostgreSQL takes IS NOT DISTINCT FROM for a condition that hardly any row meets."""
    return or_(one == other, and_(one.is_(None), other.is_(None)))


_OF_A_PERSON = ("account", "objection")
"""Subjects of notices that name one account: they are no successor's."""
_twin = aliased(Notification)
_told_already = exists().where(
    _twin.committee_id == Notification.committee_id,
    _twin.kind == Notification.kind,
    _twin.occasion == Notification.occasion,
    _twin.role == Notification.role,
    same(_twin.unit_id, Notification.unit_id),
    or_(_twin.account_id == ACTOR_ID, _twin.id < Notification.id),
)
_INHERITED = and_(
    Notification.committee_id.is_not(None),
    and_(*(Notification.subject_type != subject for subject in _OF_A_PERSON)),
    Notification.told_at < select(Account.created_at).where(Account.id == ACTOR_ID).scalar_subquery(),
    ~_told_already,
)
"""A notice for the same committee or unit from before the account: one of each, if several were told."""

VISIBLE = and_(
    or_(Notification.account_id == ACTOR_ID, _INHERITED),
    Notification.role == ACTOR_ROLE,
    same(Notification.unit_id, ACTOR_UNIT),
    or_(ACTOR_UNIT.is_not(None), same(Notification.committee_id, ACTOR_COMMITTEE)),
)
"""Everybody's own while the account is what it was when the notice was made, and their predecessors' there.

A unit remains itself wherever it is moved.
"""

_is_unread = Notification.read_at.is_(None)
FILTERS = {
    "unread": Filter(bool, "True: only what you have not read; false: the rest.", lambda unread: _is_unread == unread),
}


@row_type
class NotificationRow:
    """A notification in its account's feed."""

    id: UUID
    kind: str
    particulars: Particulars
    subject_type: str
    subject_id: UUID
    campaign_id: UUID | None
    told_at: datetime
    read_at: datetime | None


@row_type
class PositionedRow(NotificationRow):
    """The same in its place among all, in the order of commits."""

    position: int


_ROW = select(
    Notification.id,
    Notification.kind,
    Notification.particulars,
    Notification.subject_type,
    Notification.subject_id,
    Notification.campaign_id,
    Notification.told_at,
    Notification.read_at,
).where(VISIBLE)
_FEED = Listing(
    _ROW,
    Notification.id,
    NotificationRow,
    filters=FILTERS,
    newest_first=True,
)


_AFTER = Query(
    _ROW.add_columns(Notification.position)
    .where(Notification.position > bindparam("position", type_=BigInteger))
    .order_by(Notification.position)
    .limit(bindparam("limit", type_=Integer)),
    PositionedRow,
)


@row_type
class UnreadCount:
    """The number of notifications an account has not read."""

    unread: int


@row_type
class NotificationId:
    """The identity of a notification of the actor's own."""

    id: UUID


_UNREAD = Query(select(func.count().label("unread")).where(VISIBLE, _is_unread), UnreadCount)
_IDS = bound_ids("notification_ids")
_UP_TO = bound_id("up_to")
_KNOWN = Query(
    select(Notification.id).where(VISIBLE, or_(Notification.id == _IDS.any_(), Notification.id == _UP_TO)),
    NotificationId,
)
_READ = (
    update(Notification)
    .where(VISIBLE, _is_unread, or_(Notification.id == _IDS.any_(), Notification.id <= _UP_TO))
    .values(read_at=bindparam("now"))
    .returning(Notification.id)
)
_wanted = (
    func.unnest(
        *(bindparam(name, type_=ARRAY(Text)) for name in ("roles", "kinds", "occasions")),
        *(bound_ids(name) for name in ("committee_ids", "unit_ids", "account_ids", "actor_ids")),
        bindparam("formal", type_=ARRAY(Boolean)),
    )
    .table_valued(
        *(column(name, Text) for name in ("role", "kind", "occasion")),
        *(column(name, Uuid) for name in ("committee_id", "unit_id", "account_id", "actor_id")),
        column("formal", Boolean),
        with_ordinality="place",
    )
    .render_derived("wanted")
)
_of = _wanted.c


@row_type
class Recipient:
    """An account that a notice is for: the place of the notice, what the account is now, and whether mail goes too."""

    place: int
    account_id: UUID
    role: Role
    committee_id: UUID | None
    unit_id: UUID | None
    by_mail: bool


_RECIPIENTS = Query(
    select(
        _of.place.cast(Integer).label("place"),
        Account.id.label("account_id"),
        Account.role,
        Account.committee_id,
        Account.unit_id,
        and_(Account.email.is_not(None), or_(Account.mail, _of.formal)).label("by_mail"),
    )
    .select_from(_wanted)
    .join(
        Account,
        or_(
            Account.id == _of.account_id,
            and_(
                Account.role == _of.role,
                or_(_of.committee_id.is_(None), Account.committee_id == _of.committee_id),
                or_(_of.unit_id.is_(None), Account.unit_id == _of.unit_id),
            ),
        ),
    )
    .where(or_(Account.status != AccountStatus.DISABLED, Account.id == _of.account_id))
    .where(Account.id.is_distinct_from(_of.actor_id))
    .where(
        ~exists().where(
            Notification.account_id == Account.id,
            Notification.kind == _of.kind,
            Notification.occasion == _of.occasion,
        )
    )
    .order_by(_of.place, Account.id),
    Recipient,
)


@row_type
class RunningCampaign:
    """A campaign that runs, in words that tell it from the others."""

    id: UUID
    words: str


_YEAR = cast(Campaign.year, Text)
_RUNNING = Query(
    select(
        Campaign.id,
        case(
            (func.strpos(Campaign.name, _YEAR) > 0, Campaign.name), else_=func.concat(_YEAR, "年", Campaign.name)
        ).label("words"),
    ).where(Campaign.status == CampaignStatus.PUBLISHED),
    RunningCampaign,
)
_IN_ORDER = text("SELECT pg_advisory_xact_lock(5706)")
"""Held until the commit, so that the order of positions is that of commits: nobody sees a later one before."""
_STORE = insert(Notification).on_conflict_do_nothing().returning(Notification.account_id, Notification.by_mail)


class ReadingsCreate(Input):
    """Say what you have read: these notifications, or all up to one."""

    notification_ids: (
        Annotated[
            list[UUID],
            Field(min_length=1, max_length=100, json_schema_extra={"uniqueItems": True}),
            AfterValidator(each_once),
        ]
        | None
    ) = Field(None, description="The notifications, each once; null when `up_to` is given.", examples=[None])
    up_to: UUID | None = Field(None, description="This one and all that are older; null when ids are given.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        return self.with_one_of("notification_ids", "up_to")


@dataclass(frozen=True, slots=True)
class Addressees:
    """The accounts of a role, of a committee's or a unit's alone if that is named; or one account."""

    role: Role | None = None
    committee_id: UUID | None = None
    unit_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about something, for the feeds of its addressees; `actor_id` is the account that caused it."""

    telling: Telling
    occasion: str
    subject_type: str
    subject_id: UUID
    campaign_id: UUID | None
    to: Addressees
    actor_id: UUID | None = None
    event: int | None = None
    particulars: Particulars = field(default_factory=dict)


async def announce(ctx: Context, notices: Sequence[Notice]) -> int:
    """Store the notices, each account's once per occasion however often it is tried; return how many are new."""
    recipients = await ctx.rows(_RECIPIENTS, **_arrays(notices)) if notices else []
    running = {row.id: row.words for row in await ctx.rows(_RUNNING)} if recipients else {}
    rows: dict[tuple[UUID, str, str], dict[str, object]] = {}
    for recipient in recipients:
        notice = notices[recipient.place - 1]
        same = (recipient.account_id, notice.telling.kind, notice.occasion)
        rows.setdefault(same, _row(ctx, notice, recipient, _which(notice, running)))
    if not rows:
        return 0
    await ctx.session.execute(_IN_ORDER)
    stored = (await ctx.session.execute(_STORE, list(rows.values()))).all()
    mailed = sorted({row.account_id for row in stored if row.by_mail})
    if mailed:
        by_lock = {f"{MAIL} {account_id}": {"account_id": account_id} for account_id in mailed}
        await jobs.enqueue_each(ctx, MAIL, by_lock, at=ctx.now + DIGEST_AFTER)
    return len(stored)


async def read_up(ctx: Context, body: ReadingsCreate) -> None:
    """Note that one's own were read; a notice that was read before keeps its instant."""
    named: Sequence[UUID | None] = body.notification_ids or [body.up_to]
    ids = {"notification_ids": body.notification_ids or [], "up_to": body.up_to}
    known = {row.id for row in await ctx.rows(_KNOWN, **ids)}
    pointer = "/notification_ids/{}" if body.notification_ids else "/up_to"
    unknown = [UNKNOWN_REFERENCE(pointer.format(place)) for place, each in enumerate(named) if each not in known]
    if unknown:
        raise RulesViolated(unknown)
    read = (await ctx.session.execute(_READ, ctx.actor.binds | ids | {"now": ctx.now})).all()
    if read:
        note(ctx, await accounts.own(ctx), NOTIFICATIONS_READ, count=len(read))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[NotificationRow]:
    """One's own, newest first."""
    return await _FEED.page(view, after=after, limit=limit, **filters)


async def told_after(view: View, position: int, *, limit: int) -> list[PositionedRow]:
    """Return one's own after a position, in the order of commits."""
    return await view.rows(_AFTER, position=position, limit=limit)


async def running(reader: Reader) -> list[UUID]:
    """Return the campaigns that run."""
    return [row.id for row in await _RUNNING.rows(reader)]


async def unread_count(view: View) -> int:
    """Count one's own that are not read."""
    return (await view.get(_UNREAD)).unread


def _arrays(notices: Sequence[Notice]) -> dict[str, list[object]]:
    return {
        "roles": [notice.to.role for notice in notices],
        "kinds": [notice.telling.kind for notice in notices],
        "occasions": [notice.occasion for notice in notices],
        "committee_ids": [notice.to.committee_id for notice in notices],
        "unit_ids": [notice.to.unit_id for notice in notices],
        "account_ids": [notice.to.account_id for notice in notices],
        "actor_ids": [None if notice.telling.receipt else notice.actor_id for notice in notices],
        "formal": [notice.telling.formal for notice in notices],
    }


def _which(notice: Notice, running: Mapping[UUID, str]) -> Particulars:
    """Name the notice's campaign where others run beside it."""
    several = len(running) > 1 and notice.campaign_id in running
    return {"campaign": running[notice.campaign_id]} if several and notice.campaign_id else {}


def _row(ctx: Context, notice: Notice, recipient: Recipient, which: Particulars) -> dict[str, object]:
    return {
        "id": uuid7(),
        "account_id": recipient.account_id,
        "role": recipient.role,
        "committee_id": recipient.committee_id,
        "unit_id": recipient.unit_id,
        "by_mail": recipient.by_mail,
        "kind": notice.telling.kind,
        "occasion": notice.occasion,
        "event": notice.event,
        "subject_type": notice.subject_type,
        "subject_id": notice.subject_id,
        "campaign_id": notice.campaign_id,
        "particulars": {**notice.particulars, **which},
        "told_at": ctx.now,
    }
