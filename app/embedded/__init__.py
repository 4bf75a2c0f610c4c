"""Real PostgreSQL and SeaweedFS servers from pip-shipped programs, as children of this process."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from app.embedded.accounts import server_account
from app.embedded.binaries import find_binaries
from app.embedded.cluster import ARCHIVING, running_postgres
from app.embedded.errors import EmbeddedError
from app.embedded.home import Home, is_open, opened, read_private, write_private
from app.embedded.postgres import APP, DATABASE, OWNER, SUPERUSER, Postgres
from app.embedded.seaweed import running_seaweed
from app.embedded.store import BUCKET, REGION

__all__ = ["ARCHIVING", "EmbeddedError", "Servers", "attach", "run"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Servers:
    """Addresses and credentials of the running servers; the S3 address is empty when there is no SeaweedFS."""

    postgres: Postgres
    s3_endpoint_url: str
    s3_access_key_id: str
    s3_secret_access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    history_key: str = field(repr=False)
    outbox: Path
    s3_bucket: str = BUCKET
    s3_region: str = REGION
    database: str = DATABASE

    @property
    def database_url(self) -> str:
        """For the app: a role that owns nothing and may do what migrations grant it."""
        return self.postgres.url(APP, self.database)

    @property
    def owner_database_url(self) -> str:
        """For migrations: the role that owns the database."""
        return self.postgres.url(OWNER, self.database)

    @property
    def superuser_database_url(self) -> str:
        """For copies of the whole cluster, which no other role may take."""
        return self.postgres.url(SUPERUSER, self.database)

    def create_database(self, name: str, *, template: str | None = None) -> "Servers":
        """Another database on the same server, empty or a copy; the answer's addresses lead to it."""
        self.postgres.create_database(name, template)
        return replace(self, database=name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.postgres.drop_database(name)


@contextmanager
def run(
    data_dir: Path,
    *,
    durable: bool = True,
    with_s3: bool = True,
    postgres: Mapping[str, str] = MappingProxyType({}),
    log: Callable[[str], None] = _log.info,
) -> Iterator[Servers]:
    """Start the servers on a data directory, keep them running, and stop them at the end.

    Not durable is for tests: faster, and lost in a power cut. `postgres` are settings of it beside the usual ones.
    What goes wrong is an EmbeddedError.
    """
    with ExitStack() as stack:
        try:
            servers = _start(stack, data_dir, postgres, durable=durable, with_s3=with_s3, log=log)
        except OSError as error:
            raise EmbeddedError(f"The data directory {data_dir} cannot be used: {error}.") from error
        yield servers


def attach(data_dir: Path) -> Servers:
    """The servers that another process runs on this data directory."""
    home = Home(data_dir.absolute())
    found = home.path / "servers.json"
    if not is_open(home) or not found.exists():
        raise EmbeddedError(f"No Pinpai runs on {home.path}: start it first.")
    held, address = home.credentials(), read_private(found)
    postgres = Postgres(address["psql"], address["socket_folder"], held)
    return _servers(home, postgres, address["s3_endpoint_url"])


def _start(
    stack: ExitStack,
    data_dir: Path,
    more: Mapping[str, str],
    *,
    durable: bool,
    with_s3: bool,
    log: Callable[[str], None],
) -> Servers:
    account = server_account(log)
    binaries = find_binaries(account)
    home = stack.enter_context(opened(data_dir))
    held = home.credentials()
    keeping = running_postgres(home, binaries, account, held, durable=durable, more=more, log=log)
    postgres = stack.enter_context(keeping)
    endpoint = stack.enter_context(running_seaweed(home, binaries.weed, account, held, log)) if with_s3 else ""
    address = {"psql": postgres.psql, "socket_folder": postgres.socket_folder, "s3_endpoint_url": endpoint}
    write_private(found := home.path / "servers.json", address)
    stack.callback(found.unlink, missing_ok=True)
    return _servers(home, postgres, endpoint)


def _servers(home: Home, postgres: Postgres, endpoint: str) -> Servers:
    held = postgres.credentials
    keys = {"secret_key": home.secret_key(), "history_key": home.history_key()}
    return Servers(postgres, endpoint, held.s3_access_key_id, held.s3_secret_access_key, **keys, outbox=home.outbox)
