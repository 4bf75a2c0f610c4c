"""One effect per key: the key's row is written first, in the transaction of the effect, and with its answer."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.context import Context
from app.database import Database
from app.models import IdempotencyKey
from app.problems import IdempotencyKeyReused

KEPT_FOR = timedelta(days=7)
"""Longer than any client retries."""


@dataclass(frozen=True, slots=True)
class Key:
    """What the client sent: its key, and the fingerprint of the request it belongs to."""

    value: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def fingerprint(parts: Sequence[str], body: bytes) -> bytes:
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).digest()


async def claim(ctx: Context, key: Key) -> Answer | None:
    """Take the key for this transaction, or return the answer it already has.

    The insert waits for a transaction that holds the same key. Raises IdempotencyKeyReused (422) if the key was used
    for another request.
    """
    row = IdempotencyKey(account_id=ctx.actor.id, key=key.value, fingerprint=key.fingerprint, created_at=ctx.now)
    taken = await ctx.session.execute(
        insert(IdempotencyKey)
        .values(
            id=row.id, account_id=row.account_id, key=row.key, fingerprint=row.fingerprint, created_at=row.created_at
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.id)
    )
    return None if taken.first() else await _stored(ctx, key)


async def keep(ctx: Context, key: Key, answer: Answer) -> None:
    """Store the answer with the key."""
    await ctx.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.account_id == ctx.actor.id, IdempotencyKey.key == key.value)
        .values(status=answer.status, headers=answer.headers, body=answer.body)
    )


async def forget(database: Database) -> int:
    """Drop the keys nobody will send again."""
    async with database.transaction() as session:
        old = await database.now(session) - KEPT_FOR
        gone = await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < old))
        return cast(CursorResult[Any], gone).rowcount


async def _stored(ctx: Context, key: Key) -> Answer:
    row = await ctx.session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.account_id == ctx.actor.id, IdempotencyKey.key == key.value)
    )
    assert row is not None, "the conflicting row was committed"
    if not hmac.compare_digest(row.fingerprint, key.fingerprint):
        raise IdempotencyKeyReused
    assert row.status is not None
    assert row.body is not None
    return Answer(row.status, dict(row.headers or {}), row.body)
