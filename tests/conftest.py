"""Real servers for every test: one PostgreSQL and one S3 per run.

`PINPAI_TEST_SERVERS` names the data directory of servers that already run (`python -m app.embedded DIR`).
"""

import gc
import os
import sys
import tempfile
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from app import embedded

sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # None is how Python notes that it is not there
"""The HTTP client asks for it twice in every request, and the file system would be searched each time."""

gc.disable()
"""Until everything is imported and collected, which leaves little to be freed."""

SELDOM = 50_000
"""Objects made and not freed between two collections: Python's own 700 suits a program with little memory."""

SERVERS = "PINPAI_TEST_SERVERS"

LONG = (
    "tests/handover/",
    "tests/scenarios/",
    "tests/test_serving.py",
    "tests/contract/",
    "tests/demo/",
    "tests/embedded/",
)
"""Where the long tests are, with the thorough ones: they begin first, so that no worker is left with one at the end."""


@pytest.hookimpl(trylast=True)  # when it is known which of them will run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the stretch of the list that each worker is given first with its part of the long tests."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if is_long(item)]
    short = [item for item in items if not is_long(item)]
    cuts = [len(short) * number // workers for number in range(workers + 1)]
    items[:] = [
        item
        for number, (start, end) in enumerate(pairwise(cuts))
        for item in (*long[number::workers], *short[start:end])
    ]


def is_long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(LONG) or item.get_closest_marker("thorough") is not None


def pytest_collection_finish() -> None:
    """Walk no more through what lives as long as the run, and seldom through the rest."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(SELDOM)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for other processes."""
    return (os.cpu_count() or 1) + 1


def distributes(config: pytest.Config) -> bool:
    """Tell the process that hands tests to workers: it runs none, and would load the program for nothing."""
    return config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, before any worker, unless somebody keeps them running."""
    if not distributes(config):
        config.pluginmanager.import_plugin("tests.fixtures")
    if SERVERS in os.environ or hasattr(config, "workerinput"):
        return
    stack = ExitStack()
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pinpai-tests-", ignore_cleanup_errors=True))
    Path(folder).chmod(0o711)
    stack.enter_context(embedded.run(Path(folder) / "data", durable=False))
    os.environ[SERVERS] = str(Path(folder) / "data")
    config.add_cleanup(stack.close)
