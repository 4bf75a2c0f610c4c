"""The program itself, started as an operator starts it."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.world.ports import free_port

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
PASSWORD = "纸船-铜壶-第九页-青瓦巷"
PINPAI = [sys.executable, "-m", "app.cli"]
IN_A_FOLDER = "our 数据+50%"
"""A name that each reader of an address or a command may take for something else."""


@dataclass
class Program:
    """A `pinpai serve` that runs on its own data directory and port."""

    process: subprocess.Popen[str]
    port: int
    environment: dict[str, str]

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()

    def post(self, path: str, token: str = "", **body: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}",
            json.dumps(body).encode(),
            headers | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            created: dict[str, Any] = json.loads(answer.read())
            return created

    def invite(self, username: str) -> str:
        """The activation code of an office account, as the host is told it."""
        command = [*PINPAI, "office", username]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.splitlines()[2].strip()

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/health/ready")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"not ready: {self.process.returncode}")


def environment(data_dir: Path, port: int, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PINPAI_")}
    return plain | {"PINPAI_DATA_DIR": str(data_dir), "PINPAI_PORT": str(port), "PYTHONPATH": str(ROOT)} | more


def run(block: str, values: dict[str, str]) -> str:
    """Run a block of a page as it is written there; return what it writes."""
    script = f'pinpai() {{ {shlex.join(PINPAI)} "$@"; }}\n{block}'
    done = subprocess.run(
        ["bash", "-euc", script], env=values, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(data_dir: Path, **more: str) -> Iterator[Program]:
    port = free_port()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    values = environment(data_dir, port, **more)
    log = data_dir.with_name(f"{port}.log").open("w")  # one for each start: what an earlier one left may still write
    with log, subprocess.Popen([*PINPAI, "serve"], env=values, stdout=log, stderr=log, text=True) as process:
        program = Program(process, port, values)
        try:
            program.wait()
            yield program
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
