"""The data directory: who may use it, its secrets, its ports."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.embedded.accounts import Account
from app.embedded.errors import EmbeddedError
from app.keyring import new_key

LAST_PORT = 65_535


@dataclass(frozen=True)
class Credentials:
    """The secrets that outlive a start."""

    superuser_password: str = field(default_factory=secrets.token_urlsafe, repr=False)
    owner_password: str = field(default_factory=secrets.token_urlsafe, repr=False)
    app_password: str = field(default_factory=secrets.token_urlsafe, repr=False)
    s3_access_key_id: str = field(default_factory=lambda: secrets.token_hex(10))
    s3_secret_access_key: str = field(default_factory=secrets.token_urlsafe, repr=False)


@dataclass(frozen=True)
class Home:
    """The paths below one data directory: 0700 and ours; the servers own only the two folders they work in."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def outbox(self) -> Path:
        """The folder into which PostgreSQL puts its log to be backed up."""
        return self.postgres / "outbox"

    @property
    def seaweed(self) -> Path:
        return self.path / "seaweed"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    def credentials(self) -> Credentials:
        """The secrets of this directory, made at the first start."""
        file = self.secrets / "credentials.json"
        if file.exists():
            return Credentials(**read_private(file))
        if (self.postgres / "cluster").exists():
            raise EmbeddedError(f"The data in {self.path} have lost their passwords: put {file} back.")
        write_private(file, asdict(made := Credentials()))
        return made

    def secret_key(self) -> str:
        """The key of the secrets in the database, made at the first start that asks for one."""
        file = self.secrets / "secret_key.json"
        if not file.exists():
            write_private(file, {"key": new_key()})
        return str(read_private(file)["key"])

    def history_key(self) -> str:
        """The key of the history's chain, made at the first start, in a file of its own: a backup may keep it apart."""
        file = self.secrets / "history.json"
        if not file.exists():
            if (self.path / "history" / "anchors").exists():
                raise EmbeddedError(f"The history in {self.path} has lost its key: put {file} back.")
            write_private(file, {"key": secrets.token_urlsafe()})
        return str(read_private(file)["key"])

    def free_ports(self, names: Sequence[str], *, also: int) -> dict[str, int]:
        """The ports of the last start, except those that somebody else took.

        `also` ports higher is free too, and none of them is that neighbour of another.
        """
        file = self.path / "ports.json"
        known = read_private(file) if file.exists() else {}
        ports: dict[str, int] = {}
        for name in names:
            kept = known.get(name, 0)
            taken = {each + offset for each in ports.values() for offset in (-also, 0, also)}
            ports[name] = kept if kept not in taken and _are_free(kept, also) else _free_port(also, taken)
        write_private(file, ports)
        return ports

    def own_folders(self, account: Account, *folders: Path) -> None:
        """Make folders that only the servers' user enters."""
        for folder in folders:
            folder.mkdir(mode=0o700, exist_ok=True)
            account.give(folder)


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[Home]:
    """Hold the directory for this process alone; the kernel lets go of the lock even after kill -9."""
    home = Home(data_dir.absolute())
    _make_private(home.path)
    with (home.path / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(f"Another Pinpai (process {_holder(home)}) already runs on {home.path}.") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        for folder in (home.logs, home.secrets):
            folder.mkdir(mode=0o700, exist_ok=True)
        yield home


def is_open(home: Home) -> bool:
    """Return true if a process runs on this directory now."""
    try:
        with (home.path / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def read_private(file: Path) -> dict[str, Any]:
    """Read a file written by `write_private`."""
    try:
        content: dict[str, Any] = json.loads(file.read_text())
    except ValueError:
        raise EmbeddedError(f"The file {file} is damaged: put back the one from your backup.") from None
    return content


def write_private(file: Path, content: Any) -> None:
    """Replace a JSON file at once, readable by us alone, on disk before it counts."""
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with unfinished.open("w") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)


def _make_private(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"The data directory {path} belongs to another user: start Pinpai as that user.")
    if any(path.iterdir()) and not (path / "lock").exists():
        raise EmbeddedError(f"The directory {path} holds something else: name an empty one as the data directory.")
    path.chmod(0o700)


def _holder(home: Home) -> str:
    return (home.path / "lock").read_text() or "unknown"


def _are_free(port: int, also: int) -> bool:
    return 0 < port <= LAST_PORT - also and _is_free(port) and _is_free(port + also)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port(also: int, taken: Container[int]) -> int:
    """A port that the system chooses, one that leaves room for its neighbour and is nobody else's."""
    for _ in range(1000):
        port = _offered()
        if port not in taken and _are_free(port, also):
            return port
    raise EmbeddedError("The system has no free ports left for SeaweedFS.")


def _offered() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
