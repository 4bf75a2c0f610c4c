import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keyring import KeyMissing, Keyring, key_of, new_key

OLD, NEW = new_key(), new_key()
WHOSE = "endpoint 1: secret"


def test_a_stored_secret_is_read_again_and_shows_nothing() -> None:
    ring = Keyring.of([OLD])
    stored = ring.encrypt("长城 JBSWY3DPEHPK3PXP", WHOSE)
    assert b"JBSWY3" not in stored
    assert ring.decrypt(stored, WHOSE) == "长城 JBSWY3DPEHPK3PXP"


def test_the_same_secret_is_stored_differently_each_time() -> None:
    ring = Keyring.of([OLD])
    assert ring.encrypt("same", WHOSE) != ring.encrypt("same", WHOSE)


def test_a_secret_copied_into_another_row_is_not_read_there() -> None:
    ring = Keyring.of([OLD])
    with pytest.raises(KeyMissing):
        ring.decrypt(ring.encrypt("mine", WHOSE), "endpoint 2: secret")


def test_a_changed_byte_is_noticed() -> None:
    ring = Keyring.of([OLD])
    stored = bytearray(ring.encrypt("mine", WHOSE))
    stored[-1] ^= 1
    for damaged in (bytes(stored), bytes(stored[:20]), b""):
        with pytest.raises(KeyMissing):
            ring.decrypt(damaged, WHOSE)


def test_a_new_key_in_front_leaves_the_old_secrets_readable() -> None:
    stored = Keyring.of([OLD]).encrypt("before", WHOSE)
    ring = Keyring.of([NEW, OLD])
    assert ring.decrypt(stored, WHOSE) == "before"
    with pytest.raises(KeyMissing):
        Keyring.of([OLD]).decrypt(ring.encrypt("after", WHOSE), WHOSE)


def test_a_renewed_secret_needs_the_old_key_no_more() -> None:
    renewed = Keyring.of([NEW, OLD]).renewed(Keyring.of([OLD]).encrypt("before", WHOSE), WHOSE)
    assert Keyring.of([NEW]).decrypt(renewed, WHOSE) == "before"


def test_what_was_encrypted_before_the_cipher_changed_is_still_read() -> None:
    former = bytes(12) + AESGCM(key_of(OLD)).encrypt(bytes(12), b"before", WHOSE.encode())
    ring = Keyring.of([NEW, OLD])
    assert ring.decrypt(former, WHOSE) == "before"
    assert Keyring.of([NEW]).decrypt(ring.renewed(former, WHOSE), WHOSE) == "before"


def test_without_a_key_nothing_is_stored() -> None:
    with pytest.raises(KeyMissing):
        Keyring.of([]).encrypt("mine", WHOSE)


@pytest.mark.parametrize("wrong", ["", "secret", "é" * 44, base64.urlsafe_b64encode(b"short").decode(), "A" * 86])
def test_a_key_is_32_bytes_in_base64(wrong: str) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        key_of(wrong)


def test_a_signature_is_of_one_message_for_one_purpose_under_any_key_of_the_ring() -> None:
    old, new = new_key(), new_key()
    signature = Keyring.of([old]).sign(b"m", "ticket")
    ring = Keyring.of([new, old])
    assert ring.signed(b"m", signature, "ticket")
    assert not ring.signed(b"n", signature, "ticket")
    assert not ring.signed(b"m", signature, "something else")
    assert not ring.signed(b"m", b"", "ticket")
    assert not Keyring.of([new]).signed(b"m", signature, "ticket")
    with pytest.raises(KeyMissing):
        Keyring.of([]).sign(b"m", "ticket")
