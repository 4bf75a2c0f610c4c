"""The worker processes, as the system lists them."""

import os
from pathlib import Path


def workers() -> set[int]:
    """The worker processes that are our children now."""
    return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and is_worker(entry)}


def is_worker(entry: Path) -> bool:
    try:
        parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        return parent == os.getpid() and b"app.imaging.worker" in (entry / "cmdline").read_bytes()
    except (OSError, IndexError):
        return False
