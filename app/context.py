"""Everything a service may know about the world: who asks, when, in which language, and through which connection."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Query, Reader, driver_connection
from app.models import Committee, Grant
from app.models.enums import Assurance, Language, Role
from app.problems import NotFound
from app.rows import R

M = TypeVar("M")
_SNAPSHOT = Query(select(cast(func.pg_current_snapshot(), Text).label("name")))

ACTOR_ROLE: ColumnElement[str] = bindparam("actor_role", type_=Text)
ACTOR_ID: ColumnElement[UUID] = bindparam("actor_id", type_=Uuid)
ACTOR_COMMITTEE: ColumnElement[UUID] = bindparam("actor_committee", type_=Uuid)
ACTOR_UNIT: ColumnElement[UUID] = bindparam("actor_unit", type_=Uuid)


def acting_as(role: Role) -> ColumnElement[bool]:
    """The actor has this role; for visibility rules, which are part of the statement itself."""
    return ACTOR_ROLE == role.value


def own_committees(committee_id: SQLColumnExpression[UUID] | SQLColumnExpression[UUID | None]) -> ColumnElement[bool]:
    """The actor's committee, or one that was merged into it."""
    whose = or_(Committee.id == ACTOR_COMMITTEE, Committee.successor_id == ACTOR_COMMITTEE)
    return committee_id == func.any(func.array(select(Committee.id).where(whose).scalar_subquery()))


def granted(campaign_id: SQLColumnExpression[UUID | None]) -> ColumnElement[bool]:
    """The actor is a client of the municipal office that was granted this campaign."""
    stands = and_(Grant.account_id == ACTOR_ID, Grant.campaign_id == campaign_id, Grant.revoked_at.is_(None))
    return and_(acting_as(Role.MUNICIPAL), exists().where(stands))


@dataclass(frozen=True, slots=True)
class TakenSeat:
    """The seat (席位) that an account acts in; on paper the office enters what somebody without an account wrote."""

    id: UUID
    name: str
    on_paper: bool
    reviewer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. `binds` are the values of the `ACTOR_…` parameters in every visibility rule.

    In a seat, role, organisation and `person_id` are those of the seat; `id` and `name` remain those of the account.
    `chosen_seat_id` is the seat that the session was opened with.
    """

    id: UUID | None
    role: Role
    name: str
    committee_id: UUID | None = None
    unit_id: UUID | None = None
    session_id: UUID | None = None
    assurance: Assurance = Assurance.ONE_FACTOR
    authenticated_at: datetime | None = None
    seat: TakenSeat | None = None
    chosen_seat_id: UUID | None = None

    @property
    def person_id(self) -> UUID | None:
        """The account whose cases and reviews these are: a judge's in the seat of one."""
        return self.seat.reviewer_id if self.seat and self.seat.reviewer_id else self.id

    @property
    def recorded_role(self) -> Role:
        """The role in the history: what the office enters from paper is its own act."""
        return Role.OFFICE if self.seat and self.seat.on_paper else self.role

    @property
    def acting_for(self) -> dict[str, object]:
        """The particulars that the history keeps of the seat; none without one."""
        if self.seat is None:
            return {}
        seat = {"seat_id": str(self.seat.id), "role": self.role.value, "name": self.seat.name}
        return {"acting_for": seat | {"on_paper": self.seat.on_paper}}

    @property
    def binds(self) -> dict[str, Any]:
        return {
            "actor_role": self.role.value,
            "actor_id": self.person_id,
            "actor_committee": self.committee_id,
            "actor_unit": self.unit_id,
        }


ANONYMOUS = Actor(None, Role.PUBLIC, "公众")


@dataclass(frozen=True, slots=True)
class View:
    """Everything a read needs."""

    actor: Actor
    now: datetime
    language: Language
    request_id: UUID
    reader: Reader

    async def records(self, query: Query[Any], **params: Any) -> list[Any]:
        """The driver's records; every other read goes through here, its visibility rule bound to the actor."""
        return await query.records(self.reader, **self.actor.binds, **params)

    async def snapshot(self) -> str:
        """Name what is committed: under the same name the same is read, whatever is asked."""
        name: str = (await _SNAPSHOT.records(self.reader))[0]["name"]
        return name

    async def rows(self, query: Query[R], **params: Any) -> list[R]:
        """All rows that the actor may see."""
        return [query.built(record) for record in await self.records(query, **params)]

    async def one(self, query: Query[R], **params: Any) -> R | None:
        """The first row, or None: for what may be missing."""
        rows = await self.rows(query, **params)
        return rows[0] if rows else None

    async def get(self, query: Query[R], **params: Any) -> R:
        """The first row; NotFound (404) when there is none."""
        if (row := await self.one(query, **params)) is None:
            raise NotFound
        return row


@dataclass(frozen=True, slots=True)
class Context(View):
    """Everything a command needs: a view that reads through its transaction, which ends with the request.

    A read sees all that was changed so far, because the session's pending changes are sent before it.
    """

    session: AsyncSession

    @classmethod
    def within(cls, session: AsyncSession, actor: Actor, now: datetime, language: Language, request_id: UUID) -> Self:
        """A context for this actor in the session's transaction."""
        return cls(actor, now, language, request_id, driver_connection(session), session)

    async def records(self, query: Query[Any], **params: Any) -> list[Any]:
        await self.flush()
        return await View.records(self, query, **params)  # `super()` does not know a class that was given slots

    async def flush(self) -> None:
        """Send what is pending: before every read, and where one change must reach the database before another."""
        session = self.session
        if session.new or session.dirty or session.deleted:  # asking costs less than a flush with nothing to do
            await session.flush()

    @asynccontextmanager
    async def attempt(self, *, dry_run: bool) -> AsyncIterator[None]:
        """Do what the block does; a dry run does the same and leaves nothing of it."""
        async with self.session.begin_nested() as savepoint:
            yield
            await self.flush()
            if dry_run:
                await savepoint.rollback()

    async def find(self, statement: Select[M], **params: Any) -> M | None:
        """The one object of an ORM statement, its visibility rule bound to the actor; None when there is none."""
        return await self.session.scalar(statement, self.actor.binds | params)

    async def lock(self, statement: Select[M], **params: Any) -> M:
        """The one object of a statement that locks it; NotFound (404) when there is none the actor may see."""
        if (found := await self.find(statement, **params)) is None:
            raise NotFound
        return found


OpenContext = Callable[[], AbstractAsyncContextManager[Context]]
"""Several short transactions in one act, for what must not hold one while bytes travel."""
OpenView = Callable[[], AbstractAsyncContextManager[View]]
"""The same for reads."""


class Effect:
    """The transaction in which an act of several has its effect; it ends with the stack, when the answer is made.

    What is stored for a repetition of the act is stored in it too: a crash leaves both, or neither.
    """

    def __init__(self, opened: OpenContext, until: AsyncExitStack) -> None:
        self._opened = opened
        self._ctx: Context | None = None
        self.until = until

    async def begun(self) -> Context:
        """The transaction, which the first call begins."""
        if self._ctx is None:
            self._ctx = await self.until.enter_async_context(self._opened())
        return self._ctx

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Context]:
        yield await self.begun()
