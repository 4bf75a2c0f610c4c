"""The two servers under test: one worker process each, started as in production, watched from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from app.embedded import Servers

OURS = "from app import serving; from app.settings import Settings; serving.serve(Settings(), with_worker=False)"
WORKER = "from app import worker; from app.settings import Settings; worker.run(Settings())"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    port: int
    pid: int

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far, of the program and on its behalf."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def resident_mb(self) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@contextmanager
def ours(servers: Servers, **settings: str) -> Iterator[Server]:
    """`pinpai serve` without a background worker, its log thrown away by the operating system; with these settings."""
    port = free_port()
    with _running("pinpai", ["-c", OURS], port, environment(servers) | settings | {"PINPAI_PORT": str(port)}) as server:
        yield server


@contextmanager
def bare(servers: Servers) -> Iterator[Server]:
    port = free_port()
    with _running("bare", ["-m", "benchmarks.bare", str(port)], port, environment(servers)) as server:
        yield server


@contextmanager
def worker(servers: Servers) -> Iterator[None]:
    """`pinpai worker`, which numbers what happens and tells it."""
    with TemporaryDirectory(prefix="pinpai-bench-") as folder:
        history = {"PINPAI_HISTORY_KEY": servers.history_key, "PINPAI_HISTORY_ANCHORS": f"{folder}/anchors"}
        with _started(["-c", WORKER], environment(servers) | history):
            yield


def environment(servers: Servers) -> dict[str, str]:
    """Environment of both programs."""
    return {
        "PINPAI_DATABASE_URL": driver_url(servers.database_url),
        "PINPAI_S3_ENDPOINT_URL": servers.s3_endpoint_url,
        "PINPAI_S3_REGION": servers.s3_region,
        "PINPAI_S3_BUCKET": servers.s3_bucket,
        "PINPAI_S3_ACCESS_KEY_ID": servers.s3_access_key_id,
        "PINPAI_S3_SECRET_ACCESS_KEY": servers.s3_secret_access_key,
        "PINPAI_SECRET_KEYS": servers.secret_key,
        "PINPAI_CHANGES_PER_HOUR": "1000000000",  # one clerk sends in seconds here what a district does in a year
    }


def driver_url(url: str) -> str:
    """As the driver reads it, which knows nothing of SQLAlchemy's dialects."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(name: str, arguments: list[str], port: int, settings: dict[str, str]) -> Iterator[Server]:
    with _started(arguments, settings) as process:
        _wait(process, port)
        yield Server(name, port, process.pid)


@contextmanager
def _started(arguments: list[str], settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PINPAI_")}
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, env=inherited | settings, stdout=subprocess.DEVNULL)  # noqa: S603  # our own
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until it answers."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")
