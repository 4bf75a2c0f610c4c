"""One effect per key: the key's row is written first, in the transaction of the effect, and with its answer."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Self, cast

from sqlalchemy import CursorResult, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from app.context import Context
from app.database import Database, Query
from app.models import IdempotencyKey
from app.problems import IdempotencyKeyReused

KEPT_FOR = timedelta(days=7)
"""A time longer than any client retries."""
_CLAIM = Query(
    insert(IdempotencyKey)
    .values(
        id=bindparam("row_id"),
        account_id=bindparam("account"),
        key=bindparam("value"),
        fingerprint=bindparam("fingerprinted"),
        created_at=bindparam("at"),
    )
    .on_conflict_do_nothing()
    .returning(IdempotencyKey.id)
)
_KEEP = Query(
    update(IdempotencyKey)
    .where(IdempotencyKey.account_id == bindparam("account"), IdempotencyKey.key == bindparam("value"))
    .values(status=bindparam("answered"), headers=bindparam("headed"), body=bindparam("content"))
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the client sent it, and the fingerprint of the request it belongs to."""

    value: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that a repeated request gets."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyedContext(Context):
    """The context of a command that has one effect per key."""

    key: Key

    @classmethod
    def of(cls, ctx: Context, key: Key) -> Self:
        return cls(**{field.name: getattr(ctx, field.name) for field in fields(ctx)}, key=key)


def fingerprint(parts: Sequence[str], body: bytes) -> bytes:
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).digest()


async def claim(ctx: Context, key: Key) -> StoredAnswer | None:
    """Take the key for this transaction, or return the answer it already has.

    The insert waits for a transaction that holds the same key. Raises IdempotencyKeyReused (422) if the key was used
    for another request.
    """
    row = {"row_id": uuid7(), "account": ctx.actor.id, "value": key.value, "fingerprinted": key.fingerprint}
    taken = await ctx.rows(_CLAIM, **row, at=ctx.now)
    return None if taken else await _stored(ctx, key)


async def keep(ctx: Context, key: Key, answer: StoredAnswer) -> None:
    """Store the answer with the key."""
    row = {"answered": answer.status, "headed": json.dumps(answer.headers), "content": answer.body}
    await ctx.rows(_KEEP, account=ctx.actor.id, value=key.value, **row)


async def forget(database: Database) -> int:
    """Drop the keys nobody will send again."""
    async with database.transaction() as session:
        old = await database.now(session) - KEPT_FOR
        gone = await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < old))
        return cast(CursorResult[Any], gone).rowcount


async def _stored(ctx: Context, key: Key) -> StoredAnswer:
    row = await ctx.session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.account_id == ctx.actor.id, IdempotencyKey.key == key.value)
    )
    assert row is not None, "the conflicting row was committed"
    if not hmac.compare_digest(row.fingerprint, key.fingerprint):
        raise IdempotencyKeyReused
    assert row.status is not None
    assert row.body is not None
    return StoredAnswer(row.status, dict(row.headers or {}), row.body)
