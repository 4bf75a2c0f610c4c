"""Every door of running servers, and what opened of them for another user of the same machine."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

STRANGER = Path(__file__).with_name("stranger.py")
NOBODY = 65534
LISTENING = "0A"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")

ROUTES = [
    *("/", "/ui", "/ui/index.html", "/status", "/healthz", "/metrics", "/stats", "/submit", "/favicon.ico", "/api"),
    *("/dir/assign", "/dir/lookup?volumeId=1", "/dir/status", "/col/delete?collection=pinpai", "/collection/info"),
    *("/vol/grow?count=1", "/vol/status", "/vol/vacuum?garbageThreshold=0", "/cluster/status", "/cluster/healthz"),
    *("/stats/counter", "/stats/memory", "/stats/disk", "/debug/pprof/", "/debug/vars", "/1,01637037d6", "/redirect"),
    *("/buckets/", "/buckets/pinpai/?recursive=true&ignoreRecursiveError=true", "/buckets/pinpai/walked", "/topics/"),
    *(
        "/pinpai",
        "/pinpai/",
        "/pinpai?list-type=2",
        "/pinpai/walked",
        "/pinpai?lifecycle",
        "/pinpai?policy",
        "/pinpai?acl",
    ),
    *("/?Action=ListUsers&Version=2010-05-08", "/?Action=CreateUser&UserName=x", "/.tus/", "/v1/config", "/login"),
]
SILENT = {"GET /status", "GET /healthz", "HEAD /status", "HEAD /healthz"}
"""What the S3 door tells everybody: that it is there."""


def routes_of(weed: Path) -> list[str]:
    """Those we know, and those the program itself has words for."""
    words = re.findall(rb"/(?:dir|col|vol|cluster|stats|admin|raft|api|debug)/[a-z]{3,12}", weed.read_bytes())
    return sorted({*ROUTES, *(word.decode() for word in words)})


def doors_of(pids: Iterable[int]) -> dict[str, list[Any]]:
    """The sockets on which these processes listen."""
    doors: dict[str, list[Any]] = {"tcp": [], "unix": []}
    for pid in pids:
        held = _open_files(pid)
        for table in ("tcp", "tcp6"):
            doors["tcp"] += [
                int(row[1].split(":")[1], 16)
                for row in _rows(table)
                if f"socket:[{row[9]}]" in held and row[3] == LISTENING
            ]
        where = Path(f"/proc/{pid}/cwd").readlink()
        doors["unix"] += [str(where / row[7]) for row in _rows("unix") if f"socket:[{row[6]}]" in held and len(row) > 7]
    return {kind: sorted(set(found)) for kind, found in doors.items()}


def _open_files(pid: int) -> set[str]:
    held = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(link.readlink()))
    return held


def opened_to_a_stranger(doors: dict[str, list[Any]], routes: list[str]) -> list[Any]:
    """Answers to another user beyond a refusal or a sign of life."""
    done = subprocess.run(
        [sys.executable, "-I", STRANGER],
        input=json.dumps({**doors, "routes": routes, "user": NOBODY}),
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env={},
        timeout=300,
    )
    return [each for each in json.loads(done.stdout) if not (each[1] in SILENT and each[3] == 0)]


def _rows(table: str) -> Iterator[list[str]]:
    yield from (line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:])
