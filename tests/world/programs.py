"""Other people's programs that a test runs to their end: scripts, clients, a browser."""

import asyncio
import os
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = Path(__file__).parents[1] / "browser" / "chromium.sh"
NOT_TO_BE_HAD = 77
"""The status by which the script says that no Chromium can be had."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended: its status, its output, and its complaints."""

    status: int | None
    output: str
    complaints: str

    @property
    def everything(self) -> str:
        return f"{self.output}\n{self.complaints}"


async def run(*command: str | Path, folder: Path | None = None, **environment: str) -> Ended:
    """Run a program to its end, with these variables besides."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=os.environ | environment, stdout=PIPE, stderr=PIPE
    )
    output, complaints = await process.communicate()
    return Ended(process.returncode, output.decode().strip(), complaints.decode())


async def chromium() -> str:
    """The path of a Chromium; the test is skipped where none can be had, and fails in CI."""
    found = await run("bash", CHROMIUM)
    if found.status == NOT_TO_BE_HAD:
        pytest.skip(found.complaints)
    assert found.status == 0, found.complaints
    return found.output
