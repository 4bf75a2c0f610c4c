"""The system user that the servers run as."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import EmbeddedError

SYSTEM_USER = "pinpai"


@dataclass(frozen=True)
class Account:
    """A system user by its numbers."""

    uid: int
    gid: int

    def give(self, *paths: Path) -> None:
        """Make the user the owner of these paths; only root can, and only root needs to."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(log: Callable[[str], None]) -> Account:
    """Ourselves, or a user of their own when we are root: `nobody` is shared with other daemons."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        log(f"created the system user {SYSTEM_USER!r} for the embedded servers")
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def _create_system_user() -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin") or "useradd"
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    try:
        subprocess.run(  # noqa: S603 - a list of our own words, no shell
            [useradd, *options, SYSTEM_USER], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(
            f"The embedded servers do not run as root and the system user {SYSTEM_USER!r} could not be created: "
            "create it, or start Pinpai as an ordinary user."
        ) from error
