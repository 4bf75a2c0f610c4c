"""Mail about notifications: what is new for an account goes as one letter, taken on by the server once.

Which notices go together is fixed before the first attempt, and they are marked after the server has answered. Whoever
dies in between sends the very same letter again, under the very same Message-ID.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any
from uuid import UUID

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from sqlalchemy import and_, bindparam, or_, select, update

from app.context import Context
from app.database import Database
from app.mailing import Letter, Mailer
from app.models import Account, Notification
from app.models.enums import AccountStatus, Language
from app.services import jobs
from app.services.policies.notifying import notifications as policy

MOST = 50
"""Notices in one letter; the rest goes with the next."""

_account = (
    Notification.account_id == Account.id,
    Notification.role == Account.role,
    Notification.committee_id.is_not_distinct_from(Account.committee_id),
    Notification.unit_id.is_not_distinct_from(Account.unit_id),
)
_formal = or_(*(Notification.kind == kind for kind in sorted(policy.FORMAL)))
_UNSENT = (
    select(Notification)
    .join(Account, and_(*_account))
    .where(Account.id == bindparam("account_id"), Account.email.is_not(None), or_(Account.mail, _formal))
    .where(Account.status != AccountStatus.DISABLED, Notification.by_mail, Notification.mailed_at.is_(None))
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
    """The letter that was begun, or else a new one of what is new; None when everything is sent."""
    async with jobs.acting(database) as ctx:
        notices = _together((await ctx.session.scalars(_UNSENT, {"account_id": account_id})).all())
        if not notices:
            return None
        account = await ctx.session.get_one(Account, account_id)
        return _letter(ctx, account, notices, link_base)


def _together(unsent: Sequence[Notification]) -> Sequence[Notification]:
    """What goes in one letter; from now on it does, whoever sends it."""
    if begun := next((notice.digest for notice in unsent if notice.digest), None):
        return [notice for notice in unsent if notice.digest == begun]
    for notice in unsent[:MOST]:
        notice.digest = unsent[0].id
    return unsent[:MOST]


def _letter(ctx: Context, account: Account, notices: Sequence[Notification], link_base: str | None) -> Letter:
    assert account.email is not None, "selected for it"
    shown = [_shown(notice, link_base) for notice in notices]
    subject = shown[0]["text"] if len(shown) == 1 else f"{len(shown)}项新通知：{shown[0]['text']}"
    words = {"name": account.name, "subject": subject, "notices": shown}
    plain, html = (_TEMPLATES.get_template(f"digest.{kind}").render(words) for kind in ("txt", "html"))
    return Letter(str(notices[0].digest), account.email, subject, plain, html, ctx.now)


def _shown(notice: Notification, link_base: str | None) -> dict[str, Any]:
    said = policy.said(notice.kind, notice.particulars, Language.ZH)
    return {
        "text": said.text,
        "details": said.details,
        "link": link_base + policy.path(notice.subject_type, notice.subject_id) if link_base else None,
    }
