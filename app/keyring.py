"""Secrets that must be read again, as they are stored: encrypted under a key that the database does not hold.

AES-256-GCM, bound to what a secret belongs to: one that is copied into another row cannot be decrypted there.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES = 32, 12


class KeyMissing(Exception):
    """No key of this deployment decrypts the secret: its key was left out, or the row is damaged or forged."""


class Keyring:
    """The keys of a deployment. The first encrypts, every one decrypts: a new key is put in front of the old ones."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = list(keys)

    @cached_property
    def _ciphers(self) -> "list[AESGCM]":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # 6 MB, when a secret is used

        return [AESGCM(key) for key in self._keys]

    @classmethod
    def of(cls, written: Iterable[str]) -> Self:
        """Return the ring of these keys, each as `new_key` writes one."""
        return cls(key_of(text) for text in written)

    def encrypt(self, secret: str, belongs_to: str) -> bytes:
        """Return what may be stored; `belongs_to` names the row and the column in words that never change."""
        if not self._keys:
            raise KeyMissing
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, secret.encode(), belongs_to.encode())

    def decrypt(self, stored: bytes, belongs_to: str) -> str:
        """Return the secret; KeyMissing if no key fits, or if it was stored for something else."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # as above

        nonce, encrypted = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, encrypted, belongs_to.encode()).decode()
            except (InvalidTag, ValueError):  # ValueError: too short to be a nonce and a tag
                continue
        raise KeyMissing

    def renewed(self, stored: bytes, belongs_to: str) -> bytes:
        """Return the same secret under the first key, for what is used now and then: so an old key dies out."""
        return self.encrypt(self.decrypt(stored, belongs_to), belongs_to)


def new_key() -> str:
    """Return a random key as it is written into the settings."""
    return secrets.token_urlsafe(KEY_BYTES)


def key_of(written: str) -> bytes:
    """Return the bytes of a key; ValueError if it is none."""
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 32 random bytes in base64url, as `pinpai new-key` prints it")
    return key
