"""The programs that a hand-over takes, each as a process of its own that can be killed: server, worker, receiver."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.settings import Settings
from tests.world.ports import free_port
from tests.world.worker import plain

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "municipal-receiver"
PATIENCE = 300
"""Seconds after which something hangs, also on a slow machine."""
_SERVERS = (
    *("database_url", "s3_endpoint_url", "s3_region", "s3_bucket", "s3_access_key_id", "s3_secret_access_key"),
    "history_key",
)


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Environment of `pinpai` on the tests' servers."""
    given = {f"PINPAI_{name.upper()}": plain(getattr(settings, name)) for name in _SERVERS}
    given["PINPAI_SECRET_KEYS"] = ",".join(plain(key) for key in settings.secret_keys)
    spared = {"PINPAI_IMAGE_WORKERS": "1", "PINPAI_SERVE_DOCS": "false"}
    return os.environ | {"PYTHONPATH": str(ROOT)} | spared | given | more


class Program:
    """A process, its log, and the port it listens on if it does."""

    def __init__(self, log: Path, environment: dict[str, str], *command: str, port: int | None = None) -> None:
        self.log = log
        self.port = port
        self._environment = environment
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._command, env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(PATIENCE):
            while self.port and self.runs and not listens(self.port):  # noqa: ASYNC110  # nothing tells when it does
                await asyncio.sleep(0.02)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, politely or not; nothing happens to one that has ended."""
        if self.runs and self._process:
            self._process.send_signal(number)
        await self.ended()

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)

    async def ended(self) -> int | None:
        """Wait for its end; its exit code."""
        return await asyncio.wait_for(self._process.wait(), PATIENCE) if self._process else None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None


@asynccontextmanager
async def running(*programs: Program) -> AsyncIterator[None]:
    """Run these, and leave none behind."""
    try:
        await asyncio.gather(*[program.start() for program in programs])
        yield
    finally:
        await asyncio.gather(*[program.kill() for program in programs])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def server(settings: Settings, folder: Path, **more: str) -> Program:
    port = free_port()
    values = environment(settings, PINPAI_PORT=str(port), **more)
    return Program(folder / "server.log", values, "-m", "app.cli", "serve", "--no-worker", port=port)


def worker(settings: Settings, folder: Path, **more: str) -> Program:
    """A worker whose patience with receivers and with silent workers is short."""
    values = environment(settings, PINPAI_HISTORY_ANCHORS=str(folder / "anchors"), **more)
    return Program(folder / "worker.log", values, "-m", "tests.handover.hurried")


def patient_worker(settings: Settings, folder: Path, **more: str) -> Program:
    """A worker as it is deployed."""
    values = environment(settings, PINPAI_HISTORY_ANCHORS=str(folder / "anchors"), **more)
    return Program(folder / "worker.log", values, "-m", "app.cli", "worker")


def receiver(folder: Path, port: int, **given: str) -> Program:
    """The example, as its README says it is run."""
    command = ("-m", "uvicorn", "--factory", "receiver:create_app", "--app-dir", str(EXAMPLE), "--port", str(port))
    return Program(folder / "receiver.log", receiver_environment(given), *command, "--log-level", "warning", port=port)


def mortal_receiver(folder: Path, point: str, port: int, **given: str) -> Program:
    """The example, dying at a point or, with port 0, asked to catch up once until it does."""
    values = receiver_environment(given) | {"PYTHONPATH": f"{ROOT}:{EXAMPLE}"}
    return Program(folder / "receiver.log", values, "-m", "tests.handover.mortal", point, str(port), port=port or None)


def receiver_environment(given: dict[str, str]) -> dict[str, str]:
    """The environment of a receiver."""
    return os.environ | {f"RECEIVER_{name.upper()}": value for name, value in given.items()}
