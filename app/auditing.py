"""The live rows against the history: each must be as its last event left it.

Every change goes through `history`, which keeps the digest of the row afterwards; a row that has another digest, that
is gone, or that no event made, was changed by somebody who went past the application.
"""

from collections.abc import AsyncIterator, Sequence
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, bindparam, exists, select
from sqlalchemy.orm import aliased

from app.chain import BEGINNING, COLUMNS, Chain, Link, Walk
from app.database import Query, Reader, Row
from app.findings import Flaw, Sentence
from app.models import (
    Account,
    Announcement,
    Application,
    Assignment,
    AuditEvent,
    Award,
    Backup,
    Base,
    Campaign,
    Commendation,
    Committee,
    Composite,
    ConflictDismissal,
    Delivery,
    Document,
    EarlierWin,
    Endorsement,
    Endpoint,
    Exemption,
    Extension,
    FigureTable,
    Filing,
    Nomination,
    Objection,
    PaperTemplate,
    Partner,
    Plan,
    Programme,
    Proposal,
    Ranking,
    Recusal,
    Restoration,
    Review,
    Reviewer,
    Round,
    Seat,
    Swap,
    Unit,
    Veto,
    Vocabulary,
)
from app.services.history import is_as_recorded, with_last_event

COMPARED: dict[str, type[Base]] = {
    "account": Account,
    "backup": Backup,
    "campaign": Campaign,
    "committee": Committee,
    "delivery": Delivery,
    "deployment": Restoration,
    "endpoint": Endpoint,
    "proposal": Proposal,
    "reviewer": Reviewer,
    "unit": Unit,
    "application": Application,
    "assignment": Assignment,
    "award": Award,
    "commendation": Commendation,
    "composite": Composite,
    "conflict_dismissal": ConflictDismissal,
    "announcement": Announcement,
    "document": Document,
    "earlier_win": EarlierWin,
    "endorsement": Endorsement,
    "exemption": Exemption,
    "extension": Extension,
    "figure_table": FigureTable,
    "filing": Filing,
    "nomination": Nomination,
    "objection": Objection,
    "paper_template": PaperTemplate,
    "partner": Partner,
    "plan": Plan,
    "programme": Programme,
    "ranking": Ranking,
    "recusal": Recusal,
    "review": Review,
    "round": Round,
    "seat": Seat,
    "swap": Swap,
    "veto": Veto,
    "vocabulary": Vocabulary,
}
"""The tables whose rows decide something, by the subject of their events."""

CHANGED = Sentence(
    "{table} {id} 不是其最后一条历史记录（第 {sequence} 号）所留的内容。",
    "{table} {id} is not as its last event ({sequence}) left it.",
)
WITHOUT_EVENT = Sentence("{table} {id} 在历史记录中没有来历。", "{table} {id} came about without an event.")
GONE = Sentence(
    "{table} {id} 已不存在，而历史记录（第 {sequence} 号）没有删除它。",
    "{table} {id} is gone, and its last event ({sequence}) did not delete it.",
)
PAGE = 500
_LAST_ID = UUID(int=2**128 - 1)
_BEFORE, _LIMIT = bindparam("before", type_=Uuid), bindparam("limit", type_=Integer)


def flaw_of(model: type[Base], row: Row) -> Flaw | None:
    """Return what is wrong with a row that was read with its last event."""
    if is_as_recorded(model, row):
        return None
    sequence = row["event_sequence"]
    words = WITHOUT_EVENT if row["event_digest"] is sequence is None else CHANGED
    return Flaw(words, {"table": model.__tablename__, "id": row["id"], "sequence": sequence})


def _page(model: type[Base]) -> Query[Row]:
    return Query(with_last_event(model).where(model.id < _BEFORE).order_by(model.id.desc()).limit(_LIMIT))


def _gone(model: type[Base]) -> Query[Row]:
    later = aliased(AuditEvent)
    return Query(
        select(AuditEvent.subject_id.label("id"), AuditEvent.sequence)
        .where(AuditEvent.subject_type == bindparam("subject_type", type_=Text), AuditEvent.after_digest.is_not(None))
        .where(~exists().where(model.id == AuditEvent.subject_id))
        .where(~exists().where(later.subject_id == AuditEvent.subject_id, later.ordinal > AuditEvent.ordinal))
        .order_by(AuditEvent.ordinal)
        .limit(_LIMIT)
    )


_PAGES = {subject: _page(model) for subject, model in COMPARED.items()}
_GONE = {subject: _gone(model) for subject, model in COMPARED.items()}
_LINKS = Query(
    select(*COLUMNS, AuditEvent.changes, AuditEvent.mac)
    .where(AuditEvent.sequence > bindparam("after", type_=AuditEvent.sequence.type))
    .order_by(AuditEvent.sequence)
    .limit(_LIMIT)
)


async def broken_link(reader: Reader, chain: Chain, since: Link) -> Flaw | None:
    """Walk along the chain, a page at a time, and return the first flaw."""
    walk = Walk(chain, since)
    while rows := await _LINKS.rows(reader, after=walk.reached.sequence, limit=PAGE):
        flaws = filter(None, map(walk.step, rows))
        if flaw := next(flaws, None):
            return flaw
    return walk.end()


async def altered_rows(reader: Reader, *, newest: int | None = None) -> AsyncIterator[Flaw]:
    """Yield the rows that are not as the history has them: of all, or of the newest of each table."""
    for subject, model in COMPARED.items():
        async for rows in _pages(reader, subject, newest):
            for row in rows:
                if flaw := flaw_of(model, row):
                    yield flaw
        if newest is None:
            for gone in await _GONE[subject].rows(reader, subject_type=subject, limit=PAGE):
                yield Flaw(GONE, {"table": model.__tablename__, **gone})


async def _pages(reader: Reader, subject: str, newest: int | None) -> AsyncIterator[Sequence[Row]]:
    before = _LAST_ID
    while rows := await _PAGES[subject].rows(reader, before=before, limit=newest or PAGE):
        before = rows[-1]["id"]
        yield rows
        if newest is not None:
            return


def trusted(chain: Chain, distance: int) -> Link:
    """An anchored link at least so many events before the last; the beginning when there is none."""
    last = chain.anchors.last().sequence
    early = (link for link in chain.anchors.links() if link.sequence <= last - distance)
    return max(early, key=attrgetter("sequence"), default=BEGINNING)
