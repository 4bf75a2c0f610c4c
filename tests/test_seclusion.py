"""A process that secluded itself, looked at by another of the same user."""

import os
import subprocess
import sys

SCRIPT = """
import ctypes, os, subprocess
from app.seclusion import PR_SET_DUMPABLE, seclude
if os.geteuid() == 0:
    os.setgroups([]); os.setresgid(54_321, 54_321, 54_321); os.setresuid(54_321, 54_321, 54_321)
ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # as a program is that was started by this user
def seen():
    files = [f"/proc/{os.getpid()}/{name}" for name in ("environ", "maps", "mem")]
    return [subprocess.run(["head", "-c", "0", file], stderr=subprocess.DEVNULL).returncode for file in files]
before = seen()
seclude()
print(before, seen())
"""


def test_its_memory_and_environment_are_closed_to_its_own_user() -> None:
    environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[0, 0, 0] [1, 1, 1]\n"
