"""Secrets as they are stored. Passwords: Argon2id, two at a time in threads; random secrets: SHA-256 is enough.

Argon2 needs 19 MiB and some 30 ms of a core: two threads bound both, and no transaction is open meanwhile. The line
before them is kept short by `turns`.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.comparable import bare

_ARGON2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="password")
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43
"""No password has this hash; checking against it costs as much as against any other."""


async def hashed(password: str) -> str:
    """A new Argon2id hash."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _ARGON2.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Compare a password with a stored hash; None, of an account without one, costs the same and never matches."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, stored or _NOBODY, password)


def is_outdated(stored: str) -> bool:
    """Return true if a new hash would have other parameters."""
    return _ARGON2.check_needs_rehash(stored)


def random_secret() -> str:
    """256 random bits, for tokens and for the secrets of machine clients."""
    return secrets.token_urlsafe(32)


def random_code() -> str:
    """120 random bits in six groups that can be read out over the telephone."""
    text = base64.b32encode(secrets.token_bytes(15)).decode()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def random_seed() -> str:
    """160 random bits, as authenticator apps read them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_hash(code: str) -> bytes:
    """The stored hash of a code; case, width, spaces and dashes do not matter."""
    return hashlib.sha256(bare(code).encode()).digest()


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_is_one_of(secret: str, hashes: Iterable[str | None]) -> bool:
    given = secret_hash(secret)
    return any(hmac.compare_digest(given, stored) for stored in hashes if stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _ARGON2.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
