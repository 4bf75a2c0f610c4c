"""A cluster is recovered from a copy of its files and its log, by a server that runs for that alone."""

import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from app.embedded import Servers, run
from app.embedded.accounts import Account, server_account
from app.embedded.errors import EmbeddedError
from app.embedded.home import Home

# Nobody is let in before all is replayed; the socket lies in a folder of ours, so no password is asked for.
RECOVERING = {
    "restore_command": "gzip -dc < ../outbox/%f > %p",
    "recovery_target_timeline": "latest",
    "recovery_target_action": "promote",
    "hot_standby": "off",
    "archive_mode": "off",
}
OPEN = "local all all trust\n"
ENDS_EARLIER = "recovery ended before configured recovery target was reached"


@contextmanager
def recovered(data_dir: Path, copy: Path, until: datetime | None, log: Callable[[str], None]) -> Iterator[Servers]:
    """Unpack a copy (a tar, compressed), replay the log that lies in the outbox of the data directory, and serve it.

    An instant that the log does not reach is told, and all there is of the log is replayed.
    """
    _lay_down(Home(data_dir), copy, server_account(log))
    start = partial(run, data_dir, durable=False, with_s3=False, log=log)
    target = {} if until is None else {"recovery_target_time": until.isoformat()}
    with ExitStack() as stack:
        try:
            servers = stack.enter_context(start(postgres=RECOVERING | target))
        except EmbeddedError as error:
            if ENDS_EARLIER not in str(error):
                raise
            log(f"The log ends before {until}: all that there is of it is recovered.")
            servers = stack.enter_context(start(postgres=RECOVERING))
        yield servers


def outbox(data_dir: Path) -> Path:
    """Make the data directory of a recovery; the result is where its log has to lie."""
    home = Home(data_dir)
    for folder in (home.outbox, home.secrets):
        folder.mkdir(mode=0o700, parents=True)
    (data_dir / "lock").touch(mode=0o600)
    home.credentials()  # the roles get passwords of this run
    return home.outbox


def _lay_down(home: Home, copy: Path, account: Account) -> None:
    cluster = home.postgres / "cluster"
    shutil.rmtree(cluster, ignore_errors=True)
    cluster.mkdir(mode=0o700)
    with tarfile.open(copy, "r:gz") as files:
        files.extractall(cluster, filter="data")  # a link out of it would lead our own writing astray
    for name in ("postgresql.conf", "postgresql.auto.conf"):
        (cluster / name).write_text("")  # ours come with the command: what lies in a copy may name programs to run
    (cluster / "pg_hba.conf").write_text(OPEN)
    (cluster / "recovery.signal").touch()
    for folder, _, names in os.walk(home.postgres):
        account.give(Path(folder), *(Path(folder) / name for name in names))
