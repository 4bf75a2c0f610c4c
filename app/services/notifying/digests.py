"""Mail about notifications: the new ones of an account go as one letter, taken on by the server once.

The notices of a letter are fixed before the first attempt, and marked after the server has answered. A worker that
dies in between sends the very same letter again, under the very same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from uuid import UUID

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from sqlalchemy import and_, bindparam, or_, select, update

from app.context import Context
from app.database import Database
from app.mailing import Letter, Mailer
from app.models import Account, Notification
from app.models.enums import AccountStatus, Language
from app.services import jobs
from app.services.notifying.notifications import same
from app.services.policies.notifying import notifications as policy

MOST = 50
"""Notices in one letter; the rest goes with the next."""

_account = (
    Notification.account_id == Account.id,
    Notification.role == Account.role,
    same(Notification.unit_id, Account.unit_id),
    or_(Account.unit_id.is_not(None), same(Notification.committee_id, Account.committee_id)),
)
_formal = or_(*(Notification.kind == kind for kind in sorted(policy.FORMAL)))
_UNSENT = (
    select(Notification)
    .join(Account, and_(*_account))
    .where(Account.id == bindparam("account_id"), Account.email.is_not(None), or_(Account.mail, _formal))
    .where(or_(Account.status != AccountStatus.DISABLED, Notification.kind == "account.suspended"))
    .where(Notification.by_mail, Notification.mailed_at.is_(None))
    .order_by(Notification.id)
    .with_for_update(of=Notification)
)
_WAIVED = (
    update(Notification)
    .where(Notification.account_id == bindparam("of"), Notification.mailed_at.is_(None))
    .values(by_mail=False)
)
_SENT = (
    update(Notification)
    .where(Notification.digest == bindparam("sent"), Notification.mailed_at.is_(None))
    .values(mailed_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Item:
    """A notice in a letter."""

    text: str
    details: list[str]
    link: str | None


def _source(name: str) -> str:
    return files("app.services.notifying").joinpath("mail", name).read_text("utf-8")


_TEMPLATES = Environment(
    loader=FunctionLoader(_source),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def mail(database: Database, mailer: Mailer | None, link_base: str | None, account_id: str) -> None:
    """Send an account all that is new, oldest first; without a mail server the feed is all there is."""
    if mailer is None:
        async with database.transaction() as session:
            await session.execute(_WAIVED, {"of": UUID(account_id)})
        return
    while letter := await _next(database, UUID(account_id), link_base):
        await mailer.send(letter)
        async with jobs.acting(database) as ctx:
            await ctx.session.execute(_SENT, {"sent": UUID(letter.reference), "now": ctx.now})


async def _next(database: Database, account_id: UUID, link_base: str | None) -> Letter | None:
    """Return the letter that was begun, or else a new one; None when everything is sent."""
    async with jobs.acting(database) as ctx:
        notices = _together((await ctx.session.scalars(_UNSENT, {"account_id": account_id})).all())
        if not notices:
            return None
        account = await ctx.session.get_one(Account, account_id)
        return _letter(ctx, account, notices, link_base)


def _together(unsent: Sequence[Notification]) -> Sequence[Notification]:
    """Choose the notices of one letter; from now on they go together, also when another worker sends it."""
    if begun := next((notice.digest for notice in unsent if notice.digest), None):
        return [notice for notice in unsent if notice.digest == begun]
    for notice in unsent[:MOST]:
        notice.digest = unsent[0].id
    return unsent[:MOST]


def _letter(ctx: Context, account: Account, notices: Sequence[Notification], link_base: str | None) -> Letter:
    assert account.email is not None, "selected for it"
    items = [_item(notice, link_base) for notice in notices]
    first = items[0].text
    subject = first if len(items) == 1 else f"{len(items)}项新通知：{first}"
    words = {"name": account.name, "subject": subject, "notices": items}
    plain, html = (_TEMPLATES.get_template(f"digest.{kind}").render(words) for kind in ("txt", "html"))
    return Letter(str(notices[0].digest), account.email, subject, plain, html, ctx.now)


def _item(notice: Notification, link_base: str | None) -> Item:
    words = policy.worded(notice.kind, notice.particulars, Language.ZH)
    link = link_base + policy.path(notice.subject_type, notice.subject_id) if link_base else None
    return Item(words.text, words.details, link)
