"""Secrets that must be read again, as they are stored: encrypted under a key that the database does not hold.

The same keys sign what we hand out and take back, each purpose with a key of its own that is derived from them.

XChaCha20-Poly1305, bound to what a secret belongs to: one that is copied into another row cannot be decrypted there.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as _decrypted
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as _encrypted
from nacl.exceptions import CryptoError

KEY_BYTES, NONCE_BYTES, FORMER_NONCE_BYTES = 32, 24, 12


class KeyMissing(Exception):
    """No key of this deployment decrypts the secret: its key was left out, or the row is damaged or forged."""


class SealBroken(Exception):
    """The bytes were not sealed with this key, or not for this."""


class Keyring:
    """The keys of a deployment. The first encrypts, every one decrypts: a new key is put in front of the old ones."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = list(keys)

    @classmethod
    def of(cls, written: Iterable[str]) -> Self:
        """Return the ring of these keys, each as `new_key` writes one."""
        return cls(key_of(text) for text in written)

    def names(self) -> list[str]:
        """Names of the keys, by which they are told apart and not found out."""
        return [hashlib.sha256(b"pinpai secret " + key).hexdigest()[:8] for key in self._keys]

    def encrypt(self, secret: str, belongs_to: str) -> bytes:
        """Return what may be stored; `belongs_to` names the row and the column in words that never change."""
        if not self._keys:
            raise KeyMissing
        return seal(self._keys[0], secret.encode(), belongs_to)

    def decrypt(self, stored: bytes, belongs_to: str) -> str:
        """Return the secret; KeyMissing if no key fits, or if it was stored for something else."""
        for key in self._keys:
            with suppress(SealBroken):
                return unseal(key, stored, belongs_to).decode()
        raise KeyMissing

    def renewed(self, stored: bytes, belongs_to: str) -> bytes:
        """Return the same secret under the first key, for what is used now and then: so an old key dies out."""
        return self.encrypt(self.decrypt(stored, belongs_to), belongs_to)

    def sign(self, message: bytes, purpose: str) -> bytes:
        """Return what `signed` knows again: HMAC-SHA-256 under the first key."""
        if not self._keys:
            raise KeyMissing
        return _signature(self._keys[0], message, purpose)

    def signed(self, message: bytes, signature: bytes, purpose: str) -> bool:
        """Return true if one of the keys has signed it, for this purpose."""
        return any(hmac.compare_digest(_signature(key, message, purpose), signature) for key in self._keys)


def _signature(key: bytes, message: bytes, purpose: str) -> bytes:
    return hmac.digest(hmac.digest(key, purpose.encode(), "sha256"), message, "sha256")


def seal(key: bytes, plain: bytes, belongs_to: str = "") -> bytes:
    """Return the bytes encrypted, after the nonce that encrypted them."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _encrypted(plain, belongs_to.encode(), nonce, key)


def unseal(key: bytes, sealed: bytes, belongs_to: str = "") -> bytes:
    """Return the bytes that `seal` was given; SealBroken if not with this key, or for something else."""
    nonce, encrypted = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return _decrypted(encrypted, belongs_to.encode(), nonce, key)
    except (CryptoError, ValueError):  # ValueError: too short to be a nonce and a tag
        return _unsealed_as_before(key, sealed, belongs_to)


def _unsealed_as_before(key: bytes, sealed: bytes, belongs_to: str) -> bytes:
    """Return the bytes of a seal made before 2026-11-27: AES-256-GCM."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, encrypted = sealed[:FORMER_NONCE_BYTES], sealed[FORMER_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, encrypted, belongs_to.encode())
    except (InvalidTag, ValueError):  # ValueError: as above
        raise SealBroken from None


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
