"""The files and the process of the embedded PostgreSQL: reached over a unix socket with SCRAM, and by nothing else."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.embedded.accounts import Account
from app.embedded.binaries import Binaries
from app.embedded.errors import EmbeddedError
from app.embedded.home import Credentials, Home
from app.embedded.postgres import SUPERUSER, Postgres
from app.embedded.processes import Keeper, Program, run_as, stop_strays

LONGEST_SOCKET_PATH = 107
# The server finds its cluster as its own working folder, so it need not be able to enter the folders above.
CLUSTER = "/proc/self/cwd"
CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_directories": "../socket",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "pinpai",
}
# What fails is named by its code and its constraint: a statement, a key or a row that it quotes may be somebody's.
DISCREET = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
# For tests only: such a cluster does not survive a power cut.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A segment of the log is put into the outbox whole or not at all, a minute after its first row at the latest.
ARCHIVING = {
    "archive_mode": "on",
    "archive_timeout": "60s",
    "archive_command": "gzip < %p > ../outbox/%f.new && sync ../outbox/%f.new && mv ../outbox/%f.new ../outbox/%f "
    "&& sync ../outbox",
}
# The builtin locale, so that sorting and case do not depend on the machine's libc.
INITDB = [
    *("--username", SUPERUSER, "--pwfile=../password", "--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
]
# After kill -9 the old backends hold the shared memory until they notice.
STILL_ENDING = "shared memory block"
LONGEST_RECOVERY = 600.0  # seconds of replaying the log on a slow disk


@contextmanager
def running_postgres(
    home: Home,
    binaries: Binaries,
    account: Account,
    credentials: Credentials,
    *,
    durable: bool,
    more: Mapping[str, str],
    log: Callable[[str], None],
) -> Iterator[Postgres]:
    """Start the server, make roles and database, keep it running, and shut it down fast."""
    cluster, socket_folder = home.postgres / "cluster", home.postgres / "socket"
    home.own_folders(account, home.postgres, socket_folder, home.outbox)
    if not cluster.exists():
        _initialise(cluster, binaries, account, credentials, durable=durable)
    _check_version(cluster, binaries)
    _clear_remains(cluster, log)
    keeper = Keeper(_program(home, binaries, {**({} if durable else CARELESS), **more}), account, log)
    with _short_enough(socket_folder) as reachable, keeper.running():
        postgres = Postgres(binaries.postgres("psql"), str(reachable), credentials)
        keeper.await_ready(postgres.answers, patience=LONGEST_RECOVERY, forgive=STILL_ENDING)
        postgres.prepare()
        yield postgres


def _program(home: Home, binaries: Binaries, more: Mapping[str, str]) -> Program:
    settings = {**CONFIGURATION, **DISCREET, **more}
    return Program(
        name="PostgreSQL",
        command=[
            binaries.postgres("postgres"),
            "-D",
            CLUSTER,
            *(f"--{key}={value}" for key, value in settings.items()),
        ],
        folder=home.postgres / "cluster",
        log_file=home.logs / "postgres.log",
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
    )


def _initialise(
    cluster: Path, binaries: Binaries, account: Account, credentials: Credentials, *, durable: bool
) -> None:
    """Make the cluster beside its place and move it there when whole, so that a kill leaves nothing half made."""
    unfinished, password = cluster.with_name("cluster.unfinished"), cluster.with_name("password")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password.touch(mode=0o600)
    password.write_text(credentials.superuser_password)
    account.give(unfinished, password)
    options = INITDB if durable else [*INITDB, "--no-sync"]
    made = run_as(account, unfinished, [binaries.postgres("initdb"), "-D", CLUSTER, *options])
    password.unlink()
    if made.returncode:
        raise EmbeddedError(f"PostgreSQL could not make its data directory: {made.stderr.strip()}")
    unfinished.rename(cluster)


def _check_version(cluster: Path, binaries: Binaries) -> None:
    written = (cluster / "PG_VERSION").read_text().strip()
    if written != binaries.postgres_major:
        raise EmbeddedError(
            f"The data in {cluster} were written by PostgreSQL {written} and the installed one is "
            f"{binaries.postgres_version}: dump them with the old version and load them into a new data directory."
        )


def _clear_remains(cluster: Path, log: Callable[[str], None]) -> None:
    """End the server of a killed supervisor; whatever process its pid file then names is not a server of ours."""
    if stop_strays("postgres", cluster, signal.SIGINT):
        log("PostgreSQL was still running from a supervisor that was killed: stopped it")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


@contextmanager
def _short_enough(folder: Path) -> Iterator[Path]:
    """The folder, or a short link to it where its path does not fit into a socket address."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="pinpai-") as private:
        link = Path(private) / "pg"
        link.symlink_to(folder)
        yield link
