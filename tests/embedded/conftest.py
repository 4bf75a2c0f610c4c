"""One pair of real servers for the whole folder, in a process of their own and below a folder closed to their user."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import boto3
import pytest
from botocore.config import Config
from sqlalchemy import make_url

from app.embedded import Servers, attach


@dataclass
class Supervisor:
    """`python -m app.embedded`, started and ended as often as a test likes."""

    data_dir: Path
    options: list[str] = field(default_factory=list)
    output: str = ""
    process: "subprocess.Popen[str] | None" = None

    def start(self) -> Servers:
        command = [sys.executable, "-m", "app.embedded", str(self.data_dir), *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if line == "ready\n":
                return attach(self.data_dir)
        self.process.communicate()
        raise AssertionError(self.output)

    def end(self, how: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(how)
        self.process.communicate(timeout=40)
        return self.process.returncode


@pytest.fixture(scope="session")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path_factory.mktemp("embedded") / "data")
    supervisor.start()
    yield supervisor
    assert supervisor.end(signal.SIGTERM) == 0


@pytest.fixture(scope="session")
def servers(supervisor: Supervisor) -> Servers:
    return attach(supervisor.data_dir)


@pytest.fixture
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """Another pair, to be killed; its folder has a name that is short enough for the socket of PostgreSQL."""
    supervisor = Supervisor(tmp_path_factory.mktemp("own") / "data", ["--not-durable"])
    yield supervisor
    if supervisor.process and supervisor.process.poll() is None:
        supervisor.end(signal.SIGTERM)


async def connect(url: str, **changed: str) -> "asyncpg.Connection[Any]":
    """A plain connection to where an SQLAlchemy URL leads."""
    parts = make_url(url)
    address: dict[str, Any] = {
        "user": parts.username,
        "password": parts.password,
        "database": parts.database,
        **parts.query,
        **changed,
    }
    connection: asyncpg.Connection[Any] = await asyncpg.connect(**address)
    return connection


def s3(servers: Servers, **keys: Any) -> Any:
    """An S3 client that does not repeat what was refused."""
    return boto3.client(
        "s3",
        endpoint_url=servers.s3_endpoint_url,
        region_name=servers.s3_region,
        aws_access_key_id=keys.get("access", servers.s3_access_key_id),
        aws_secret_access_key=keys.get("secret", servers.s3_secret_access_key),
        config=Config(retries={"total_max_attempts": 1}, **keys.get("config", {})),
    )


def children(data_dir: Path, program: str) -> list[int]:
    """The processes of a program that work below a data directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "exe").readlink().name == program and (process / "cwd").readlink().is_relative_to(data_dir):
                found.append(int(process.name))
        except OSError:
            continue
    return sorted(found)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def eventually(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.03)
