"""The manifest of a backup, and the names of its files."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

BACKUPS, OBJECTS, BASES, LOG = "backups", "objects", "bases", "log"
BEGUN, DATABASE, NAMES, MANIFEST = "begun", "database", "objects", "manifest"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the backup, with the digest of its content."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of the store."""

    id: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a backup: by it a restore is checked, file by file and row by row."""

    stamp: str
    product: str
    revision: str
    postgres: int
    taken_at: datetime
    group: str
    tables: dict[str, int]
    reached: int
    mac: str
    history_keys: list[str]
    secret_keys: list[str]
    database: list[Part]
    objects: list[StoredObject]
    lost: list[str]
    claim: str = ""
    """The bytes by which it claimed its stamp; backups of before claimed it by the stamp."""

    def written(self) -> bytes:
        values = asdict(self) | {"format": FORMAT, "taken_at": self.taken_at.isoformat()}
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def read(cls, data: bytes) -> "Manifest":
        values: dict[str, Any] = json.loads(data)
        del values["format"]
        values["taken_at"] = datetime.fromisoformat(values["taken_at"])
        values["database"] = [Part(**each) for each in values["database"]]
        values["objects"] = [StoredObject(**each) for each in values["objects"]]
        return cls(**values)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_of(stamp: str, name: str) -> str:
    return f"{BACKUPS}/{stamp}/{name}"


def object_name(group: str, sha256: str) -> str:
    return f"{OBJECTS}/{group}/{sha256[:2]}/{sha256}"
