"""Live: accounts that listen learn what is new to them, by one question a second for a whole process.

Notices have positions and events have numbers, both in the order of commits: whoever has seen all up to one has missed
nothing before it. Each listener then reads for itself, as the actor it is at that moment, what is visible to it; one
whose session has ended, or whose rights are others now, reads nothing more.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select

from app.context import Actor, View
from app.database import Database, Query, is_away
from app.models import AuditEvent, Committee, Notification
from app.models.enums import Language, Role
from app.problems import LimitReached, NotFound, Unavailable
from app.rows import row_type
from app.services.filing import progress
from app.services.notifying import notifications
from app.services.notifying.notifications import PositionedRow
from app.services.people import authentication
from app.services.policies.limits import TOO_MANY_STREAMS
from app.services.policies.people.accounts import NOTIFICATIONS_READ

log = logging.getLogger("pinpai.live")
BEAT, CHECKED_EVERY, HEARTBEAT = 1.0, 5, 15.0
"""Seconds between two looks, looks between two checks of every session, seconds of silence until a sign of life."""
AT_ONCE, MOST_EACH, WAIT = 100, 10, 30
"""Notices of one batch, listeners of one account, seconds until another may have gone."""
Audience = tuple[Role, UUID | None]
"""Those who read the same progress: the office, or a committee."""


@row_type
class Newest:
    """The last position and the last number that are committed."""

    position: int
    sequence: int


@row_type
class Told:
    """A notice by its place, and its account."""

    position: int
    account_id: UUID


@row_type
class Happened:
    """An event by its number: what it was, of what, in which campaign, and of which committee, as it is now."""

    sequence: int
    action: str
    subject_id: UUID
    campaign_id: UUID | None
    committee_id: UUID | None


_NEWEST = Query(
    select(
        func.coalesce(select(func.max(Notification.position)).scalar_subquery(), 0).label("position"),
        func.coalesce(select(func.max(AuditEvent.sequence)).scalar_subquery(), 0).label("sequence"),
    ),
    Newest,
)
_TOLD = Query(
    select(Notification.position, Notification.account_id)
    .where(Notification.position > bindparam("after", type_=BigInteger))
    .order_by(Notification.position)
    .limit(10_000),
    Told,
)
_HAPPENED = Query(
    select(
        AuditEvent.sequence,
        AuditEvent.action,
        AuditEvent.subject_id,
        AuditEvent.campaign_id,
        func.coalesce(Committee.successor_id, AuditEvent.committee_id).label("committee_id"),
    )
    .outerjoin(Committee, Committee.id == AuditEvent.committee_id)
    .where(AuditEvent.sequence > bindparam("after", type_=BigInteger))
    .order_by(AuditEvent.sequence)
    .limit(10_000),
    Happened,
)


@dataclass(slots=True)
class News:
    """News for a listener: notices, the number of unread ones if it is another, campaigns to look at again."""

    notices: Sequence[PositionedRow] = ()
    unread: int | None = None
    campaign_ids: Sequence[UUID] = ()


@dataclass(slots=True, eq=False)
class Listener:
    """One that listens: who it is, how far it has read, and whether there is something to read."""

    actor: Actor
    language: Language
    request_id: UUID
    position: int | None
    unread: int | None = None
    campaign_ids: set[UUID] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    @property
    def audience(self) -> Audience | None:
        """The audience of progress it belongs to, if it may read any."""
        of_progress = self.actor.role in {Role.OFFICE, Role.COMMITTEE}
        return (self.actor.role, self.actor.committee_id) if of_progress else None

    def end(self) -> None:
        self.ended = True
        self.woken.set()


class Live:
    """The listeners of a process, and the task that looks for them all; so many may listen at a time."""

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most = database, most
        self._listeners: set[Listener] = set()
        self._each: Counter[UUID | None] = Counter()
        self._seen = Newest(0, 0)
        self._digests: dict[tuple[UUID, Audience], str | None] = {}
        self._beginning = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._is_closed = False

    @asynccontextmanager
    async def listening(self, listener: Listener) -> AsyncIterator[AsyncIterator[News]]:
        """Give the listener its news, from its position on or from now; news of nothing are a sign of life.

        It is known before its position is read: what is committed meanwhile wakes it, what was before it can read.
        """
        self._enter(listener)
        try:
            await self._begin()
            await self._place(listener)
            yield self._news(listener)
        finally:
            self._leave(listener)

    @property
    def open(self) -> int:
        """The number of listeners."""
        return len(self._listeners)

    def close(self) -> None:
        """End every listener, and take no more: the process is about to stop."""
        self._is_closed = True
        for listener in self._listeners:
            listener.end()

    async def stop(self) -> None:
        """End the task that looks."""
        self.close()
        if self._watching:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching

    def _enter(self, listener: Listener) -> None:
        """Count it in; LimitReached (429) or Unavailable (503) when there are too many."""
        if self._is_closed or len(self._listeners) >= self._most:
            raise Unavailable(retry_after=WAIT)
        if self._each[listener.actor.id] >= MOST_EACH:
            raise LimitReached(TOO_MANY_STREAMS(maximum=MOST_EACH), retry_after=WAIT)
        self._listeners.add(listener)
        self._each[listener.actor.id] += 1

    def _leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self._each[listener.actor.id] -= 1
        if not self._each[listener.actor.id]:
            del self._each[listener.actor.id]
        heard = {each.audience for each in self._listeners}
        if listener.audience not in heard:
            self._digests = {key: digest for key, digest in self._digests.items() if key[1] != listener.audience}

    async def _begin(self) -> None:
        """Start to look, from what is committed by now on, unless somebody looks already."""
        async with self._beginning:
            if self._watching is None or self._watching.done():
                self._seen = await self._newest()
                self._watching = asyncio.create_task(self._watch())

    async def _place(self, listener: Listener) -> None:
        """Let it begin where it is told, or now, and note the progress that it is about to read."""
        newest = (await self._newest()).position
        listener.position = min(newest if listener.position is None else listener.position, newest)
        if listener.audience:
            async with self._database.reading() as reader:
                running = await notifications.running(reader)
            for campaign_id in running:
                if (campaign_id, listener.audience) not in self._digests:
                    self._digests[campaign_id, listener.audience] = await self._digest(campaign_id, listener)

    async def _newest(self) -> Newest:
        async with self._database.reading() as reader:
            [newest] = await _NEWEST.rows(reader)
            return newest

    async def _news(self, listener: Listener) -> AsyncIterator[News]:
        while True:
            listener.woken.clear()  # before anything is read: what comes later wakes it again
            news = None if listener.ended else await self._read(listener)
            if news is None:
                return
            yield news
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await listener.woken.wait()

    async def _read(self, listener: Listener) -> News | None:
        """Read what is new, as the actor of now; None when the session has ended or the rights are others."""
        session_id = listener.actor.session_id
        standing, now = await authentication.still(self._database, [session_id] if session_id else [])
        if not _is_still(listener, standing):
            return None
        campaign_ids, listener.campaign_ids = sorted(listener.campaign_ids), set()
        async with self._database.reading() as reader:
            view = View(listener.actor, now, listener.language, listener.request_id, reader)
            notices = await notifications.told_after(view, listener.position or 0, limit=AT_ONCE)
            unread = await notifications.unread_count(view)
        if notices:
            listener.position = notices[-1].position
            listener.woken.set()  # there may be more
        changed, listener.unread = unread != listener.unread, unread
        return News(notices, unread if changed else None, campaign_ids)

    async def _watch(self) -> None:
        beats = 0
        while self._listeners:
            await asyncio.sleep(BEAT)
            beats += 1
            try:
                await self._look()
                if beats % CHECKED_EVERY == 0:
                    await self._check()
            except Exception as error:
                if not is_away(error):
                    log.exception("listeners could not be woken; the next look tries again")

    async def _look(self) -> None:
        """Wake those whom something new concerns; what was looked at is left behind once all of it is done."""
        async with self._database.reading() as reader:
            told = await _TOLD.rows(reader, after=self._seen.position)
            happened = await _HAPPENED.rows(reader, after=self._seen.sequence)
        accounts = {each.account_id for each in told}
        accounts |= {each.subject_id for each in happened if each.action == NOTIFICATIONS_READ.code}
        for listener in self._listeners:
            if listener.actor.id in accounts:
                listener.woken.set()
        await self._compare(happened)
        position = told[-1].position if told else self._seen.position
        self._seen = Newest(position, happened[-1].sequence if happened else self._seen.sequence)

    async def _compare(self, happened: Iterable[Happened]) -> None:
        """Tell of a campaign whose progress is another to those who read it; each audience's is read once."""
        audiences = {audience: each for each in self._listeners if (audience := each.audience)}
        concerned = {
            (each.campaign_id, audience)
            for each in happened
            for audience in audiences
            if each.campaign_id and concerns(each, audience)
        }
        for campaign_id, audience in concerned:
            digest = await self._digest(campaign_id, audiences[audience])
            if digest != self._digests.get((campaign_id, audience)):
                self._digests[campaign_id, audience] = digest
                self._tell(campaign_id, audience)

    def _tell(self, campaign_id: UUID, audience: Audience) -> None:
        for listener in self._listeners:
            if listener.audience == audience:
                listener.campaign_ids.add(campaign_id)
                listener.woken.set()

    async def _digest(self, campaign_id: UUID, listener: Listener) -> str | None:
        """Return a digest of what the listener would read of this campaign's progress; None where it reads nothing."""
        async with self._database.reading() as reader:
            now = await authentication.now(reader, self._database.clock)
            view = View(listener.actor, now, listener.language, listener.request_id, reader)
            with suppress(NotFound):
                return sha256(repr(await progress.read(view, campaign_id)).encode()).hexdigest()
        return None

    async def _check(self) -> None:
        """End those whose session has ended or whose rights are others, without waiting for something new."""
        asked = [*self._listeners]  # not of those who come while the database is asked
        ids = {each.actor.session_id for each in asked if each.actor.session_id}
        standing, _ = await authentication.still(self._database, ids)
        for listener in asked:
            if not _is_still(listener, standing):
                listener.end()


def concerns(event: Happened, audience: Audience) -> bool:
    """Return true if the audience's progress may be another: the last evening, not every committee reads each event."""
    _, committee_id = audience
    return event.committee_id is None or committee_id in {None, event.committee_id}


def _is_still(listener: Listener, standing: Mapping[UUID, Actor]) -> bool:
    """Return true if the listener's session is open, with the rights that it began with."""
    now = standing.get(listener.actor.session_id) if listener.actor.session_id else None
    return now is not None and _rights(now) == _rights(listener.actor)


def _rights(actor: Actor) -> tuple[object, ...]:
    return actor.role, actor.committee_id, actor.unit_id
