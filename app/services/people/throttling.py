"""Attempts to sign in, counted in PostgreSQL so that all replicas agree.

An attempt is written down before anything is checked and counts as a failure until it is decided: parallel guesses
cannot slip through between the count and the answer. That of a request that died counts for a minute.
"""

import hashlib
from datetime import datetime
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    LargeBinary,
    ScalarSelect,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.ext.asyncio import AsyncSession

from app.addresses import network_of
from app.context import Context
from app.database import Query
from app.models import SignInAttempt
from app.problems import TooManyRequests
from app.services.policies.people.throttling import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_PAIR,
    KNOWN,
    REMEMBERED,
    UNDER_WAY,
    WINDOW,
    Attempts,
    seconds_to_wait,
)

T = TypeVar("T")

_NO_SUBJECT = b""
_SUBJECT = and_(
    SignInAttempt.subject_hash == bindparam("subject_hash", type_=LargeBinary),
    SignInAttempt.subject_hash != _NO_SUBJECT,
)
_ADDRESS = SignInAttempt.address == bindparam("address", type_=INET)
_UNSUCCESSFUL = SignInAttempt.succeeded.is_not(True)
_FAILED = SignInAttempt.succeeded.is_(False)


def _since(name: str) -> ColumnElement[bool]:
    return SignInAttempt.at > bindparam(name, type_=DateTime(timezone=True))


_COUNTING = or_(_FAILED, and_(SignInAttempt.succeeded.is_(None), _since("under_way")))


def _nth_last(count: int, *conditions: ColumnElement[bool]) -> ScalarSelect[datetime]:
    newest = select(SignInAttempt.at).where(_since("window"), *conditions).order_by(SignInAttempt.at.desc())
    return newest.offset(count - 1).limit(1).scalar_subquery()


def _today(figure: ColumnElement[T]) -> ScalarSelect[T]:
    return select(figure).where(_SUBJECT, _COUNTING, _since("remembered")).scalar_subquery()


_ATTEMPTS = Query(
    select(
        _nth_last(FAILURES_PER_PAIR, _SUBJECT, _ADDRESS, _FAILED).label("pair_failed_at"),
        _nth_last(FAILURES_PER_PAIR, _SUBJECT, _ADDRESS, _COUNTING).label("pair_undecided_at"),
        _nth_last(FAILURES_PER_ADDRESS, _ADDRESS, _FAILED).label("address_failed_at"),
        _nth_last(FAILURES_PER_ADDRESS, _ADDRESS, _COUNTING).label("address_undecided_at"),
        _today(func.count()).label("failures"),
        _today(func.max(SignInAttempt.at)).label("last_failure_at"),
        exists().where(_SUBJECT, _ADDRESS, SignInAttempt.succeeded.is_(True), _since("known")).label("known_address"),
    ),
    Attempts,
)
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(5704, hashtext(:subject)), pg_advisory_xact_lock(5705, hashtext(:address))"
)


_KNOWN_ELSEWHERE = select(and_(func.count() > 0, func.count().filter(_ADDRESS) == 0)).where(
    _SUBJECT, SignInAttempt.succeeded.is_(True), _since("known")
)


async def is_from_a_new_address(ctx: Context, attempt: SignInAttempt) -> bool:
    """Return true if the account signed in lately, and always somewhere else."""
    where = {"subject_hash": attempt.subject_hash, "address": attempt.address, "known": ctx.now - KNOWN}
    return bool(await ctx.session.scalar(_KNOWN_ELSEWHERE, where))


async def admit(ctx: Context, subject: str | None, address: str) -> SignInAttempt:
    """Let one attempt in and count it; TooManyRequests (429) when it comes too soon.

    `subject` names the secret that is tried, which need not exist; None for secrets too long to be guessed.
    """
    subject_hash, network = hash_of(subject), network_of(address)
    await ctx.session.execute(_ONE_AT_A_TIME, {"subject": subject_hash.hex(), "address": network})
    ages = {"window": WINDOW, "remembered": REMEMBERED, "known": KNOWN, "under_way": UNDER_WAY}
    times = {name: ctx.now - age for name, age in ages.items()}
    attempts = await ctx.get(_ATTEMPTS, subject_hash=subject_hash, address=network, **times)
    if wait := seconds_to_wait(attempts, ctx.now):
        raise TooManyRequests(retry_after=wait)
    attempt = SignInAttempt(subject_hash=subject_hash, address=network, at=ctx.now, succeeded=None)
    ctx.session.add(attempt)
    return attempt


def unguessed(ctx: Context, subject: str, address: str) -> SignInAttempt:
    """Return the attempt of a proof that nobody guesses, for an account that it names only afterwards."""
    return SignInAttempt(subject_hash=hash_of(subject), address=network_of(address), at=ctx.now, succeeded=None)


async def succeed(ctx: Context, attempt: SignInAttempt) -> None:
    """Forget this pair's failures, and know the address from now on."""
    pair = and_(SignInAttempt.subject_hash == attempt.subject_hash, SignInAttempt.address == attempt.address)
    guessable = attempt.subject_hash != _NO_SUBJECT
    await ctx.session.execute(delete(SignInAttempt).where(pair if guessable else SignInAttempt.id == attempt.id))
    if guessable:
        ctx.session.add(
            SignInAttempt(subject_hash=attempt.subject_hash, address=attempt.address, at=ctx.now, succeeded=True)
        )


async def withdraw(ctx: Context, attempt: SignInAttempt) -> None:
    """Count an attempt neither way: its secret was right, and another one is to come."""
    await ctx.session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt.id))


async def fail(ctx: Context, attempt: SignInAttempt) -> None:
    """Decide the attempt as failed, so that it also counts against the address."""
    await ctx.session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt.id).values(succeeded=False))


async def pardon(ctx: Context, subject: str) -> None:
    """Delete the failures of an account that got a new secret."""
    await ctx.session.execute(
        delete(SignInAttempt).where(SignInAttempt.subject_hash == hash_of(subject), _UNSUCCESSFUL)
    )


async def forget(session: AsyncSession, now: datetime) -> int:
    """Delete the attempts that no rule judges any more, and return their number."""
    old = or_(SignInAttempt.at < now - KNOWN, and_(_UNSUCCESSFUL, SignInAttempt.at < now - REMEMBERED))
    result = await session.execute(delete(SignInAttempt).where(old))
    return int(getattr(result, "rowcount", 0))


def hash_of(subject: str | None) -> bytes:
    """Return the name of a secret that is tried, as attempts are stored under it."""
    return _NO_SUBJECT if subject is None else hashlib.sha256(subject.encode()).digest()
