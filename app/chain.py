"""The chain of the history: every numbered row has a MAC of itself and of the row before, under a key kept elsewhere.

The worker that numbers the rows also chains them and writes each link it has reached into a file, the anchors. Whoever
changes a row, also as the database's owner, breaks the chain there; whoever cuts its end, the file remembers.
"""

import asyncio
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from sqlalchemy import ColumnElement, Integer, bindparam, literal_column, or_, select, text

from app.database import Database, Query, Row, driver_connection
from app.findings import Flaw, Sentence
from app.models import AuditEvent
from app.services.events import BATCH
from app.services.history import canonical, digest_of
from app.services.policies.audit import VALUES

COLUMNS = [column for column in AuditEvent.__table__.columns if column.name not in {"mac", "changes"}]
"""The columns that a MAC covers: all the others, and of `changes` the digest, which is in `data`."""
_LINE = 256


MISSING = Sentence("历史记录第 {sequence} 号缺失。", "Event {sequence} of the history is missing.")
UNCHAINED = Sentence(
    "历史记录第 {sequence} 号尚未入链：工作进程在运行吗？", "Event {sequence} is not chained yet: is there a worker?"
)
UNKNOWN_KEY = Sentence(
    "历史记录第 {sequence} 号入链所用的密钥不在设置中，或此前已停用。",
    "Event {sequence} is chained with a key that is not configured, or was replaced before.",
)
ALTERED = Sentence(
    "历史记录第 {sequence} 号（{event_id}）不是入链时的内容：已被修改、调换，或未用密钥重新计算。",
    "Event {sequence} ({event_id}) is not what was chained: edited, exchanged, or hashed again without the key.",
)
REWRITTEN = Sentence(
    "历史记录到第 {sequence} 号为止与数据库之外的锚点不符：已用密钥重写，或恢复了另一份备份。",
    "Up to event {sequence} the history is not the anchored one: rewritten with the key, or restored from elsewhere.",
)
CUT = Sentence(
    "历史记录自第 {sequence} 号起被截去：锚点记到第 {anchored} 号。",
    "The history is cut from event {sequence} on: it is anchored up to {anchored}.",
)
UNANCHORED = Sentence(
    "没有锚点：历史记录的末尾若被截去，无从发现。", "There are no anchors: a cut end of the history would not be seen."
)


class HistoryCut(Exception):
    """The history has lost links that it had: it must not be continued as if nothing was lost."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: the number of a row, and its MAC."""

    sequence: int
    mac: str


BEGINNING = Link(0, "")


class Key:
    """A secret of the chain; every MAC begins with the name of the one it was made with."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.name = hashlib.sha256(b"pinpai history " + self._secret).hexdigest()[:8]

    def after(self, previous: Link, row: Row) -> Link:
        """The link of a row with its number, after the one before."""
        covered = {name: value for name, value in row.items() if name not in {"mac", "changes"}}
        mac = hmac.new(self._secret, previous.mac.encode() + b"\n" + canonical(covered), hashlib.sha256)
        return Link(row["sequence"], f"{self.name}:{mac.hexdigest()}")


@dataclass(frozen=True, slots=True)
class Anchors:
    """A file that only grows: a line for each link that was reached."""

    path: Path

    def append(self, link: Link) -> None:
        """Write the link, on disk before this returns; a line that a power cut left unfinished goes first."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # several workers of one host may share it
            file.seek(-min(_LINE, file.seek(0, os.SEEK_END)), os.SEEK_END)
            file.seek(-len(file.read().rpartition(b"\n")[2]), os.SEEK_END)
            file.truncate()
            file.write(json.dumps({"sequence": link.sequence, "mac": link.mac}).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def links(self) -> Iterator[Link]:
        """Every link, in the order in which they were reached."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (Link(**json.loads(line)) for line in file if line.endswith(b"\n"))

    def last(self) -> Link:
        """The furthest link; the beginning while there is none."""
        return max(self.links(), key=attrgetter("sequence"), default=BEGINNING)


@dataclass(slots=True)
class Chain:
    """The keys, the newest first, and the anchors."""

    keys: Sequence[Key]
    anchors: Anchors
    _reached: Link = field(init=False)

    def __post_init__(self) -> None:
        self._reached = self.anchors.last()

    def links(self, last: Link, rows: Sequence[Row]) -> list[Link]:
        """The links of these rows after the last that is chained; HistoryCut if there was a later one."""
        if last.sequence < self._reached.sequence:
            raise HistoryCut(f"the history was chained up to {self._reached.sequence}, and ends at {last.sequence}")
        links = [last]
        for row in rows:
            sequence = row["sequence"] or links[-1].sequence + 1
            if sequence <= links[-1].sequence:
                raise HistoryCut(f"event {sequence} of the history has lost its link")
            links.append(self.keys[0].after(links[-1], {**row, "sequence": sequence}))
        return links[1:]

    def reach(self, link: Link) -> None:
        """Anchor a link that is committed."""
        self.anchors.append(link)
        self._reached = link


_SEQUENCER = text("SELECT pg_try_advisory_xact_lock(5704, 1)")
_OLDEST: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_NEXT_TO_BEGIN: ColumnElement[int] = literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
_last = select(AuditEvent.sequence, AuditEvent.mac)
_last = _last.where(AuditEvent.sequence.is_not(None), AuditEvent.mac.is_not(None))  # those without a number sort last
_last = _last.order_by(AuditEvent.sequence.desc()).limit(1)
_DECIDED = Query(
    select(
        *COLUMNS,
        _last.with_only_columns(AuditEvent.sequence).scalar_subquery().label("last_sequence"),
        _last.with_only_columns(AuditEvent.mac).scalar_subquery().label("last_mac"),
    )
    .where(AuditEvent.mac.is_(None))
    .where(
        or_(
            AuditEvent.sequence.is_not(None),
            AuditEvent.transaction < _OLDEST,
            AuditEvent.transaction >= _NEXT_TO_BEGIN,
        )
    )
    .order_by(
        AuditEvent.sequence,
        (AuditEvent.transaction >= _NEXT_TO_BEGIN).desc(),
        AuditEvent.transaction,
        AuditEvent.ordinal,
    )
    .limit(bindparam("limit", type_=Integer))
)
"""Rows to be chained, with the last that is: first those that were numbered before there was a chain, then the others.

A visible row whose transaction is not begun yet was restored from another cluster: it comes before all of today.
"""
_CHAIN = text(
    """
    UPDATE audit_events SET sequence = link.sequence, mac = link.mac
    FROM unnest(CAST(:ids AS uuid[]), CAST(:sequences AS bigint[]), CAST(:macs AS text[])) AS link (id, sequence, mac)
    WHERE audit_events.id = link.id
    """
)


async def number(database: Database, chain: Chain, limit: int = BATCH) -> int:
    """Number and chain the next events that are decided; one sequencer does it at a time, others find nothing to do."""
    async with database.transaction() as session:
        if not await session.scalar(_SEQUENCER):
            return 0
        rows = await _DECIDED.rows(driver_connection(session), limit=limit)
        if not rows:
            return 0
        lasts = [(row.pop("last_sequence"), row.pop("last_mac")) for row in rows]
        links = chain.links(Link(*lasts[0]) if lasts[0][1] else BEGINNING, rows)
        values = zip(
            *((row["id"], link.sequence, link.mac) for row, link in zip(rows, links, strict=True)), strict=True
        )
        await session.execute(_CHAIN, dict(zip(("ids", "sequences", "macs"), map(list, values), strict=True)))
    await asyncio.to_thread(chain.reach, links[-1])
    return len(links)


def _has_its_values(row: Row) -> bool:
    """Return true if the values beside an event are those of its digest, or erased: they alone may be."""
    changes = row["changes"]
    return changes is None or row["data"].get(VALUES) == digest_of(changes)


class Walk:
    """A check of the chain, row by row in the order of their numbers, from a link that is trusted."""

    def __init__(self, chain: Chain, since: Link = BEGINNING) -> None:
        self.reached = since
        self._keys = list(chain.keys)
        self._anchors = iter(chain.anchors.links())
        self._anchor: Link | None = next(self._anchors, None)
        self._last = chain.anchors.last()

    def step(self, row: Row) -> Flaw | None:
        """Check one more row; return what is wrong with it.

        A gap is none where the row is chained to the one before it: numbers leap after a restore.
        """
        sequence, mac = self.reached.sequence + 1, row["mac"]
        gap = Flaw(MISSING, {"sequence": sequence}) if row["sequence"] != sequence else None
        if mac is None:
            return gap or Flaw(UNCHAINED, {"sequence": sequence})
        known = [place for place, key in enumerate(self._keys) if mac.startswith(f"{key.name}:")]
        if not known:
            return gap or Flaw(UNKNOWN_KEY, {"sequence": sequence})
        link = self._keys[known[0]].after(self.reached, row)
        if not hmac.compare_digest(link.mac, mac) or not _has_its_values(row):
            return gap or Flaw(ALTERED, {"sequence": sequence, "event_id": row["id"]})
        del self._keys[known[0] + 1 :]  # its predecessors are retired
        self.reached = link
        return self._compared(link)

    def end(self) -> Flaw | None:
        """Check that the last row was the last."""
        if self._last.sequence > self.reached.sequence:
            return Flaw(CUT, {"sequence": self.reached.sequence + 1, "anchored": self._last.sequence})
        return Flaw(UNANCHORED, {}) if self.reached != BEGINNING and self._last == BEGINNING else None

    def _compared(self, link: Link) -> Flaw | None:
        while self._anchor is not None and self._anchor.sequence < link.sequence:
            self._anchor = next(self._anchors, None)
        anchored = self._anchor is None or self._anchor.sequence > link.sequence or self._anchor == link
        return None if anchored else Flaw(REWRITTEN, {"sequence": link.sequence})
