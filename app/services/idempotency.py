"""One effect per key: the key's row is written first, in the transaction of the effect, and with its answer.

Everything in the row is made with the key, which only the client has: answers hold names, telephones and secrets.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Self, cast
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from app import keyring
from app.context import Context
from app.database import Database, Query
from app.models import IdempotencyKey
from app.problems import IdempotencyKeyReused, Unavailable

UNDECIDED_FOR = timedelta(minutes=5)
"""A time longer than any act takes: a process that has not answered after it has died."""
_FORMER_NONCE = bytes(keyring.FORMER_NONCE_BYTES)
"""The nonce of every answer stored before 2026-11-27, and not stored with it."""
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
    .values(answer=bindparam("sealed"))
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the client sent it, and the fingerprint of the request it belongs to."""

    value: str
    fingerprint: bytes

    def name(self, account_id: UUID | None) -> bytes:
        """Return what the key is found by, of an account's."""
        return self._made(b"name", str(account_id).encode())

    @property
    def proof(self) -> bytes:
        """A digest that no other request under this key has."""
        return self._made(b"request", self.fingerprint)

    @property
    def of_answer(self) -> bytes:
        """The key of the one answer to this request."""
        return self._made(b"answer", self.fingerprint)

    def _made(self, *parts: bytes) -> bytes:
        return hmac.digest(self.value.encode(), b"\n".join(parts), "sha256")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that a repeated request gets."""

    status: int
    headers: dict[str, str]
    body: bytes

    def sealed(self, key: Key) -> bytes:
        head = json.dumps([self.status, self.headers]).encode()
        return keyring.seal(key.of_answer, head + b"\n" + self.body)

    @classmethod
    def opened(cls, key: Key, sealed: bytes) -> Self:
        try:
            plain = keyring.unseal(key.of_answer, sealed)
        except keyring.SealBroken:
            plain = keyring.unseal(key.of_answer, _FORMER_NONCE + sealed)
        head, _, body = plain.partition(b"\n")
        status, headers = json.loads(head)
        return cls(status, headers, body)


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
    for another request, and Unavailable (503) while one of several transactions is at it.
    """
    row = {"row_id": uuid7(), "account": ctx.actor.id, "value": key.name(ctx.actor.id), "fingerprinted": key.proof}
    taken = await ctx.rows(_CLAIM, **row, at=ctx.now)
    return None if taken else await _stored(ctx, key)


async def release(ctx: Context, key: Key) -> None:
    """Give up a key whose act was refused in a later transaction: the next to send it acts."""
    await ctx.session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.key == key.name(ctx.actor.id), IdempotencyKey.answer.is_(None))
    )


async def keep(ctx: Context, key: Key, answer: StoredAnswer) -> None:
    """Store the answer with the key."""
    await ctx.rows(_KEEP, account=ctx.actor.id, value=key.name(ctx.actor.id), sealed=answer.sealed(key))


async def forget(database: Database, kept: timedelta) -> int:
    """Drop the keys nobody will send again."""
    async with database.transaction() as session:
        old = await database.now(session) - kept
        gone = await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < old))
        return cast(CursorResult[Any], gone).rowcount


async def _stored(ctx: Context, key: Key) -> StoredAnswer | None:
    row = await ctx.session.scalar(
        select(IdempotencyKey)
        .where(IdempotencyKey.account_id == ctx.actor.id, IdempotencyKey.key == key.name(ctx.actor.id))
        .with_for_update()
    )
    assert row is not None, "the conflicting row was committed"
    if not hmac.compare_digest(row.fingerprint, key.proof):
        raise IdempotencyKeyReused
    if row.answer is not None:
        return StoredAnswer.opened(key, row.answer)
    if ctx.now - row.created_at < UNDECIDED_FOR:
        raise Unavailable(retry_after=2)
    row.created_at = ctx.now
    return None
