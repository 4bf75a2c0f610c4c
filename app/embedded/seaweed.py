"""SeaweedFS as a child: one S3 door with one key, every other door locked, all of them on loopback."""

import re
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from app.embedded import store
from app.embedded.accounts import Account
from app.embedded.errors import EmbeddedError
from app.embedded.home import Credentials, Home
from app.embedded.processes import Keeper, Program, run_as, stop_strays
from app.embedded.store import BUCKET, HOST, REGION

# Not "data": it would be made absolute, and the folders above are closed to the server.
WORKING_FOLDER = "/proc/self/cwd"
GRPC_OFFSET = 10_000  # where each part looks for the gRPC door of another
READABLE_SECONDS = 60.0
PORTS = ["master", "volume", "filer", "s3", "admin"]


@contextmanager
def running_seaweed(
    home: Home, weed: Path, account: Account, credentials: Credentials, log: Callable[[str], None]
) -> Iterator[str]:
    """Start the server with its bucket, keep it running; yields the S3 address."""
    folder = home.seaweed
    home.own_folders(account, folder, folder / "data", folder / "tls")
    if stop_strays("weed", folder, signal.SIGTERM):
        log("SeaweedFS was still running from a supervisor that was killed: stopped it")
    ports = home.free_ports(PORTS, also=GRPC_OFFSET)
    account.give(*store.write(folder, credentials.s3_access_key_id, credentials.s3_secret_access_key))
    endpoint = f"http://{HOST}:{ports['s3']}"
    keeper = Keeper(_program(home, weed, ports), account, log)
    with _swept(ports), keeper.running():
        keeper.await_ready(lambda: _answers(endpoint), patience=60)
        _make_bucket(weed, folder, account, ports)
        if not _reads_back(endpoint, credentials):
            log("SeaweedFS runs, and an object of before cannot be read: `pinpai doctor --deep` names what is lost")
        yield endpoint


def _reads_back(endpoint: str, credentials: Credentials) -> bool:
    """Wait until objects of an earlier run can be read: after a kill, the volumes are found later than the S3 door."""
    from app.storage import StorageSettings, reads_back  # noqa: PLC0415  # boto3, which nothing else here needs

    settings = StorageSettings(endpoint, REGION, BUCKET, credentials.s3_access_key_id, credentials.s3_secret_access_key)
    deadline = time.monotonic() + READABLE_SECONDS
    while not (readable := reads_back(settings)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return readable


def _program(home: Home, weed: Path, ports: Mapping[str, int]) -> Program:
    return Program(
        name="SeaweedFS",
        command=[*_weed(weed), "mini", *_options(ports)],
        folder=home.seaweed,
        log_file=home.logs / "seaweed.log",
        stop_signal=signal.SIGTERM,
        death_signal=signal.SIGKILL,
        environment={"HOME": "."},
    )


def _weed(program: Path) -> list[str]:
    return [str(program), "-logtostderr=true", f"-config_dir={WORKING_FOLDER}"]


@contextmanager
def _swept(ports: Mapping[str, int]) -> Iterator[None]:
    """Afterwards take away the sockets that it leaves where its parts insist on meeting."""
    try:
        yield
    finally:
        for port in ports.values():
            for file in Path("/tmp").glob(f"seaweedfs-*-grpc-{port + GRPC_OFFSET}.sock"):  # noqa: S108 - its choice
                with suppress(OSError):
                    file.unlink()


def _options(ports: Mapping[str, int]) -> list[str]:
    doors = [f"-{part}.port={port}" for part, port in ports.items()]
    sockets = ["-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock"]
    return [f"-dir={WORKING_FOLDER}/data", f"-ip.bind={HOST}", *doors, *sockets, *store.FLAGS]


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/status", timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except OSError:
        return False


def _make_bucket(weed: Path, folder: Path, account: Account, ports: Mapping[str, int]) -> None:
    servers = [f"-{part}={HOST}:{ports[part]}.{ports[part] + GRPC_OFFSET}" for part in ("master", "filer")]
    command = [*_weed(weed), "shell", *servers]
    answer = run_as(account, folder, command, environment={"HOME": "."}, words=store.SETUP).stdout
    # Its JSON puts one blank or two after a colon, by the build.
    if not re.search(r'"fsync":\s*true', answer) or not re.search(rf"^\s*{BUCKET}\s", answer, re.MULTILINE):
        raise EmbeddedError(f"SeaweedFS did not make its bucket: {answer.strip()}")
