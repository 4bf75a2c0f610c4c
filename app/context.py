"""Everything a service may know about the world: who asks, when, in which language, and through which connection."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Query, Reader, Row, driver_connection
from app.models.enums import Language, Role

ACTOR_ROLE: ColumnElement[str] = bindparam("actor_role", type_=Text)
ACTOR_ID: ColumnElement[UUID] = bindparam("actor_id", type_=Uuid)
ACTOR_COMMITTEE: ColumnElement[UUID] = bindparam("actor_committee", type_=Uuid)
ACTOR_UNIT: ColumnElement[UUID] = bindparam("actor_unit", type_=Uuid)


def acting_as(role: Role) -> ColumnElement[bool]:
    """The actor has this role; for visibility rules, which are part of the statement itself."""
    return ACTOR_ROLE == role.value


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `binds` are the values of the `ACTOR_…` parameters in every visibility rule."""

    id: UUID | None
    role: Role
    name: str
    committee_id: UUID | None = None
    unit_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def binds(self) -> dict[str, Any]:
        return {
            "actor_role": self.role.value,
            "actor_id": self.id,
            "actor_committee": self.committee_id,
            "actor_unit": self.unit_id,
        }


ANONYMOUS = Actor(None, Role.PUBLIC, "公众")


@dataclass(frozen=True, slots=True)
class View:
    """What a read needs."""

    actor: Actor
    now: datetime
    language: Language
    request_id: UUID
    reader: Reader

    async def rows(self, query: Query, **params: Any) -> list[Row]:
        return await query.rows(self.reader, **self.actor.binds, **params)

    async def one(self, query: Query, **params: Any) -> Row | None:
        return await query.one(self.reader, **self.actor.binds, **params)


@dataclass(frozen=True, slots=True)
class Context:
    """What a command needs: the same, and a transaction that ends with the request."""

    actor: Actor
    now: datetime
    language: Language
    request_id: UUID
    session: AsyncSession

    async def view(self) -> View:
        """Read through this transaction, with everything changed so far."""
        await self.session.flush()  # the driver's connection knows only what was sent
        return View(self.actor, self.now, self.language, self.request_id, await driver_connection(self.session))

    async def run(self, statement: Query, **params: Any) -> list[Row]:
        """Execute a compiled statement in this transaction, after everything changed so far."""
        view = await self.view()
        return await statement.rows(view.reader, **params)

    async def find(self, statement: Any, **params: Any) -> Any:
        """The one row of an ORM statement, its visibility rule bound to the actor; None when there is none."""
        return await self.session.scalar(statement, self.actor.binds | params)


OpenContext = Callable[[], AbstractAsyncContextManager[Context]]
"""Several short transactions in one act, for what must not hold one while bytes travel."""
OpenView = Callable[[], AbstractAsyncContextManager[View]]
"""The same for reads."""
