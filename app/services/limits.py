"""The counts behind the limits of an account, and the room on the disk.

Bytes are counted in PostgreSQL, for all replicas. Changes, requests under way and the time of the imaging workers are
counted in this process, whose time and workers they take: they start at nothing with it.
"""

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Integer, bindparam, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from app.context import Context
from app.database import Query, bound_id
from app.findings import Rule
from app.imaging import Facts, ImagingPool
from app.models import UploadAllowance
from app.rows import row_type
from app.services.policies.limits import Allowance, require_free, require_place, require_room

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(5706, hashtext(:owner))")
_ACCOUNT_ID, _INSTANT = bound_id("account_id"), bindparam("instant", type_=DateTime(timezone=True))


@row_type
class HeldAllowance:
    """An account's allowance, locked to the end of the transaction."""

    restored_at: datetime


_made = insert(UploadAllowance).values(id=bindparam("row_id"), account_id=_ACCOUNT_ID, restored_at=_INSTANT)
_HOLD = Query(
    _made.on_conflict_do_update(
        index_elements=[UploadAllowance.account_id], set_={"account_id": _made.excluded.account_id}
    ).returning(UploadAllowance.restored_at),
    HeldAllowance,
)
_SET = Query(update(UploadAllowance).where(UploadAllowance.account_id == _ACCOUNT_ID).values(restored_at=_INSTANT))


@dataclass(slots=True)
class UploadedBytes:
    """The allowance of bytes; two uploads at once never exceed it together, because each holds the account's row."""

    allowance: Allowance

    async def use(self, ctx: Context, count: int) -> None:
        """Count these bytes; LimitReached (429) when they are too many. The caller's last lock."""
        held = await self._held(ctx)
        then = self.allowance.restored_at(count, held, ctx.now.timestamp())
        await self._set(ctx, then)

    async def give_back(self, ctx: Context, count: int) -> None:
        """Count these bytes no longer: they came to nothing through no fault of the account."""
        await self._set(ctx, self.allowance.given_back(count, await self._held(ctx)))

    async def _held(self, ctx: Context) -> float:
        row = {"row_id": uuid7(), "account_id": ctx.actor.id, "instant": ctx.now}
        [held] = await ctx.rows(_HOLD, **row)
        return held.restored_at.timestamp()

    async def _set(self, ctx: Context, restored_at: float) -> None:
        await ctx.rows(_SET, account_id=ctx.actor.id, instant=datetime.fromtimestamp(restored_at, UTC))


@dataclass(slots=True)
class Meter:
    """An allowance that is counted in this process; it holds as many numbers as there are accounts."""

    allowance: Allowance
    _restored_at: dict[UUID, float] = field(default_factory=dict)

    def use(self, account_id: UUID, cost: float) -> None:
        """Count it; LimitReached (429) when it is too much."""
        now = time.monotonic()
        self._restored_at[account_id] = self.allowance.restored_at(cost, self._restored_at.get(account_id, now), now)

    def give_back(self, account_id: UUID, cost: float) -> None:
        self._restored_at[account_id] = self.allowance.given_back(cost, self._restored_at[account_id])


@dataclass(slots=True)
class MeteredPool:
    """The imaging workers as one account uses them.

    A task is counted with the longest time it may take, and what it did not take is given back: so many at once as
    would exceed the allowance never begin.
    """

    pool: ImagingPool
    meter: Meter
    account_id: UUID

    async def run(self, task: str, data: bytes, **options: int) -> Facts:
        """As of the pool; LimitReached (429) when the allowance is used up."""
        self.meter.use(self.account_id, self.pool.longest)
        taken = 0.0

        def held(seconds: float) -> None:
            nonlocal taken
            taken = seconds

        try:
            return await self.pool.run(task, data, held, **options)
        finally:
            self.meter.give_back(self.account_id, self.pool.longest - taken)


@dataclass(slots=True)
class Traffic:
    """The requests under way of each account, and the changes it sent."""

    changes: Meter
    at_once: int
    uploads_at_once: int
    _running: Counter[UUID] = field(default_factory=Counter)
    _uploads: Counter[UUID] = field(default_factory=Counter)

    @contextmanager
    def place(self, account_id: UUID, *, changes: bool, upload: bool) -> Iterator[None]:
        """Hold the request's place; LimitReached (429) when the account has too many, or changed too much."""
        require_place(
            self._running[account_id] + 1,
            self._uploads[account_id] + upload,
            most=self.at_once,
            most_uploads=self.uploads_at_once,
        )
        if changes:
            self.changes.use(account_id, 1)
        self._add(account_id, 1, upload)
        try:
            yield
        finally:
            self._add(account_id, -1, upload)

    def _add(self, account_id: UUID, one: int, upload: int) -> None:
        for counter, more in ((self._running, one), (self._uploads, one * upload)):
            counter[account_id] += more
            if not counter[account_id]:
                del counter[account_id]


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that holds the files, where it can be known, and the bytes of it that must stay free."""

    folder: Path | None
    floor: int

    def require_room(self) -> None:
        """Raise InsufficientStorage (507) below the floor."""
        if self.folder is not None:
            require_free(shutil.disk_usage(self.folder).free, self.floor)


async def hold(ctx: Context, owner: UUID) -> None:
    """Let nobody else make things of this owner until the transaction ends, so that they can be counted."""
    await ctx.session.execute(_ONE_AT_A_TIME, {"owner": str(owner)})


async def require_one_more(ctx: Context, rule: Rule, maximum: int, *standing: ColumnElement[bool]) -> None:
    """Raise InsufficientStorage (507) if so many rows stand already; the caller holds what lets others wait."""
    such = select(literal_column("1", Integer)).where(*standing).limit(maximum)  # to count on would only cost more
    count = await ctx.session.scalar(select(func.count()).select_from(such.subquery()))
    require_room(rule, count or 0, maximum)
