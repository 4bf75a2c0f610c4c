"""Encryption of backups with age: a host that takes them holds only the recipients, and cannot read them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyrage

from app.refusal import Refusal

ENCRYPTED = ".age"


class Sealer:
    """The recipients of a backup; without any its files are not encrypted."""

    def __init__(self, recipients: Sequence[str]) -> None:
        try:
            self._recipients = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
        except pyrage.RecipientError as error:
            raise Refusal(f"A recipient of the backups is none, as age prints them: {error}.") from None
        self.group = hashlib.sha256("\n".join(sorted(recipients)).encode()).hexdigest()[:8] if recipients else "plain"

    def named(self, name: str) -> str:
        return name + ENCRYPTED if self._recipients else name

    def seal(self, data: bytes) -> bytes:
        return bytes(pyrage.encrypt(data, self._recipients)) if self._recipients else data


class Opener:
    """The identities that read a backup."""

    def __init__(self, identities: Path | None) -> None:
        self._identities = [] if identities is None else _read(identities)

    def open(self, name: str, data: bytes) -> bytes | None:
        """Return the content of a file; None if it is not what was sealed."""
        if not name.endswith(ENCRYPTED):
            return data
        if not self._identities:
            raise Refusal("The backup is encrypted: name the file of its identity with --identity.")
        try:
            content: bytes = pyrage.decrypt(data, self._identities)
        except pyrage.DecryptError:
            return None
        return content


def _read(file: Path) -> list[pyrage.x25519.Identity]:
    """Read a file as age-keygen writes it: one identity a line, and comments."""
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise Refusal(f"There is no identity of age in {file}: {error}.") from None
