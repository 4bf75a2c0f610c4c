"""Rights of a worker, tried from inside a worker."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.imaging import ImagingPool, clean
from app.imaging.process import ENVIRONMENT
from tests.imaging import corpus
from tests.imaging.harmless import HARMLESS
from tests.imaging.processes import workers

PROBE = """
import encodings.idna, json, os, resource, socket, sys
from app.imaging import pictures, scans, worker
out = os.fdopen(os.dup(1), "w")
worker.confine()
found = {}
def attempt(name, act):
    try:
        act(); found[name] = "done"
    except OSError as error:
        found[name] = type(error).__name__
attempt("fork", os.fork)
attempt("connect", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2))
attempt("read", lambda: open(sys.argv[2]).read())
attempt("write", lambda: os.pwrite(os.memfd_create("x"), b"x", worker.LIMITS[resource.RLIMIT_FSIZE]))
attempt("become root", lambda: os.setuid(0))
try:
    bytes(2 * 2**30); found["memory"] = "done"
except MemoryError:
    found["memory"] = "MemoryError"
found["environment"] = sorted(os.environ)
found["modules"] = sorted(sys.modules)
found["nice"] = os.nice(0)
json.dump(found, out)
"""


def probe(script: str, *arguments: str) -> Any:
    command = [sys.executable, "-s", "-P", "-c", script, *arguments]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    private = tmp_path_factory.mktemp("private") / "secret"
    private.touch(mode=0o600)
    with socket.create_server(("127.0.0.1", 0)) as server:
        return probe(PROBE, str(server.getsockname()[1]), str(private))


def test_it_can_start_no_process_and_fill_no_memory(found: Any) -> None:
    assert found["fork"] == "BlockingIOError"
    assert found["memory"] == "MemoryError"
    assert found["write"] == "OSError"


def test_it_knows_no_secret_and_nothing_of_the_application(found: Any) -> None:
    assert set(found["environment"]) <= {*ENVIRONMENT, "LC_CTYPE"}
    ours = {name for name in found["modules"] if name.split(".")[0] == "app"}
    assert ours == {"app"} | {name for name in ours if name.startswith("app.imaging")}
    assert not {"fastapi", "sqlalchemy", "pydantic", "botocore"} & set(found["modules"])
    assert found["nice"] >= 5


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to give up")
def test_it_is_root_no_more(found: Any) -> None:
    assert found["become root"] != "done"
    assert found["read"] == "PermissionError"


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode != 0,
    reason="this kernel gives nobody a network of their own",
)
def test_it_reaches_no_network(found: Any) -> None:
    assert found["connect"] == "OSError"  # unreachable, not merely refused


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
