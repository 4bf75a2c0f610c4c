"""Rights of a worker, tried from inside a worker."""

import asyncio
import json
import os
import pwd
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from app.imaging import ImagingPool, clean
from app.imaging.confinement import UIDS as UIDS_OF_WORKERS
from app.imaging.process import ENVIRONMENT
from tests.imaging import corpus
from tests.imaging.harmless import HARMLESS
from tests.imaging.processes import workers

PROBE = """
import ctypes, encodings.idna, json, os, resource, socket, sys, threading
from app.imaging import confinement, orders, worker
port, folder, other, uid, *left_out = sys.argv[1:]
out, other = os.fdopen(os.dup(1), "w"), int(other)
own, libc = os.memfd_create("x"), ctypes.CDLL(None, use_errno=True)
for layer in left_out:
    del confinement.LAYERS[layer]
if os.geteuid() != int(uid):  # an ordinary user from here on; before, they might not be able to enter our folders
    os.setgroups([]); os.setresgid(*[int(uid)] * 3); os.setresuid(*[int(uid)] * 3)
orders.become_quiet()
found = {"nice": os.nice(0)}
found["lacking"] = confinement.confine()
def attempt(name, act):
    try:
        act(); found[name] = "done"
    except (OSError, RuntimeError) as error:
        found[name] = type(error).__name__
def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
def connect(family, kind, address):
    with socket.socket(family, kind) as speaking:
        speaking.connect(address)
attempt("read", lambda: open(folder + "/secret").read())
attempt("create", lambda: open(folder + "/new", "w"))
attempt("memory file", lambda: os.memfd_create("y"))
attempt("tcp", lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(port))))
attempt("udp", lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int(port))))
attempt("unix", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, folder + "/socket"))
for part in ("environ", "mem", "maps"):
    attempt(f"its {part}", lambda: open(f"/proc/{other}/{part}", "rb"))
attempt("trace it", lambda: call("ptrace", 0x4206, other, 0, 0))
attempt("signal it", lambda: os.kill(other, 0))
attempt("limit it", lambda: resource.prlimit(other, resource.RLIMIT_CORE, (0, 0)))
attempt("namespace", lambda: call("unshare", 0x10000000))
attempt("fork", lambda: os.fork() or os._exit(0))
attempt("thread", threading.Thread(target=int).start)
attempt("run", lambda: os.execv(folder + "/program", ["program"]))
attempt("become root", lambda: os.setuid(0))
attempt("write", lambda: os.pwrite(own, b"x", confinement.LIMITS[resource.RLIMIT_FSIZE]))
try:
    bytes(2 * 2**30); found["memory"] = "done"
except MemoryError:
    found["memory"] = "MemoryError"
found["environment"] = sorted(os.environ)
found["modules"] = sorted(sys.modules)
json.dump(found, out)
"""
FILES, TALK = {"read", "create"}, {"tcp", "udp", "unix"}
PEEPING = {"its environ", "its mem", "its maps", "trace it"}
EVERYTHING = {
    *FILES,
    *TALK,
    *PEEPING,
    "memory file",
    "signal it",
    "limit it",
    "namespace",
    "fork",
    "run",
    "become root",
}
ORDINARY = 54_321
UIDS = [0, ORDINARY] if os.geteuid() == 0 else [os.geteuid()]
"""Of root, and of an ordinary user, who shares theirs with the workers."""

pytestmark = pytest.mark.thorough
"""Processes are started, killed and waited for."""


def probe(script: str, *arguments: str) -> Any:
    command = [sys.executable, "-s", "-P", "-c", script, *arguments]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=True, timeout=60, cwd="/")
    return json.loads(done.stdout)


def try_everything(uid: int, *left_out: str) -> Any:
    """Let a worker try all that it must not, beside a secret, a listener and another process of the same user."""
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as server:
        folder, local = Path(name), socket.socket(socket.AF_UNIX)
        folder.chmod(0o777)
        (folder / "secret").touch(mode=0o600)
        (folder / "program").write_bytes(b"none")
        (folder / "program").chmod(0o755)
        local.bind(f"{name}/socket")
        local.listen()
        (folder / "socket").chmod(0o777)
        os.chown(folder / "secret", uid, uid)
        with local, subprocess.Popen(["sleep", "60"], user=uid, group=uid, extra_groups=[]) as other:
            try:
                return probe(PROBE, str(server.getsockname()[1]), name, str(other.pid), str(uid), *left_out)
            finally:
                other.kill()


def refused(found: Any) -> set[str]:
    return {name for name in EVERYTHING if found[name] in {"PermissionError", "BlockingIOError"}} | {
        name for name in EVERYTHING - {"run"} if found[name] == "OSError"
    }


@pytest.fixture(scope="module", params=UIDS)
def found(request: pytest.FixtureRequest) -> Any:
    return try_everything(request.param)


def test_it_may_do_nothing_but_compute(found: Any) -> None:
    assert refused(found) == EVERYTHING
    assert found["memory"] == "MemoryError"
    assert found["write"] == "OSError"
    assert found["thread"] == "done", "a decoder of HEIC works in one"
    assert found["lacking"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start what another user runs")
@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ("Landlock", {*FILES, *PEEPING, "tcp", "signal it", "run"}),
        ("limits", {*FILES, *TALK, *PEEPING, "memory file", "fork"} - {"trace it"}),
        ("seccomp", EVERYTHING),
        ("none", set()),
    ],
)
def test_each_layer_holds_where_the_others_are_lacking(layer: str, taken: set[str]) -> None:
    others = {"Landlock", "limits", "seccomp"} - {layer}
    assert refused(try_everything(ORDINARY, *others)) == {*taken, "become root"}


def test_it_knows_no_secret_and_nothing_of_the_application(found: Any) -> None:
    assert set(found["environment"]) <= {*ENVIRONMENT, "LC_CTYPE"}
    ours = {name for name in found["modules"] if name.split(".")[0] == "app"}
    assert ours == {"app"} | {name for name in ours if name.startswith("app.imaging")}
    assert not {"fastapi", "sqlalchemy", "pydantic", "botocore"} & set(found["modules"])
    assert found["nice"] >= 5


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to give up")
async def test_of_roots_each_has_a_number_of_its_own_that_nobody_else_has() -> None:
    before = workers()
    async with ImagingPool(workers=2) as pool:
        await asyncio.gather(*(clean(pool, corpus.jpeg()) for _ in range(8)))
        while 0 in (numbers := [uid_of(pid) for pid in workers() - before]):
            await clean(pool, corpus.jpeg())  # one did all of it, and the other is still on its way
    assert len(set(numbers)) == 2
    assert set(numbers) <= set(UIDS_OF_WORKERS) - {entry.pw_uid for entry in pwd.getpwall()}


def uid_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split("Uid:")[1].split()[0])


SPEECHES = ("<FEFF4F60597D>", "<FFFE604F7D59>", "<EFBBBFE4BDA0>", r"(\200\201\240)", "(plain)", "<< /S /Launch >>")

LATE = """
import json, os, sys
from app.imaging import pictures, scans, worker
known = set(sys.modules)
for name in sorted(os.listdir(sys.argv[1])):
    data = open(os.path.join(sys.argv[1], name), "rb").read()
    for task in worker.TASKS.values():
        try:
            task(data, shortest_side=600)
        except Exception:
            pass
json.dump(sorted(set(sys.modules) - known), sys.stdout)
"""


def test_it_imports_nothing_once_confined(tmp_path: Path) -> None:
    files = [
        *(make() for make in HARMLESS.values()),
        corpus.heic(),
        corpus.heic("tiles"),
        corpus.pdf(),
        corpus.pdf()[:-4000],
        corpus.pdf_of("", *SPEECHES),
        b"text",
    ]
    for number, data in enumerate(files):
        (tmp_path / str(number)).write_bytes(data)
    assert probe(LATE, str(tmp_path)) == []


async def test_its_memory_stays_flat() -> None:
    before = workers()
    data = corpus.encoded(corpus.scene(4000, 3000), "JPEG", quality=90)
    async with ImagingPool(workers=1) as pool:
        for _ in range(12):
            await clean(pool, data)
        assert max(map(peak_kib, workers() - before)) < 220 * 1024


def peak_kib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0])
