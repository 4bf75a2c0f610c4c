"""Orders of the parent and their answers, in a limited process: lines of JSON on standard input and output.

The bytes themselves lie in two files in memory whose descriptors it inherits.
"""

import codecs
import json
import math
import os
import resource
from collections.abc import Callable, Mapping
from typing import Any

from app.imaging.confinement import confine
from app.imaging.refusals import BROKEN, ImageRefused

Task = Callable[..., dict[str, Any]]
CODECS = [codecs.lookup(name) for name in ("utf-16", "utf-16-be", "utf-16-le", "utf-8-sig", "latin-1", "cp1252")]


def serve(tasks: Mapping[str, Task], inbox: int, outbox: int) -> None:
    """Say that we are ready, and what of the confinement is lacking; then answer orders until there are no more."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    become_quiet()
    answers.write(json.dumps(confine()).encode() + b"\n")
    for line in orders:
        answers.write(json.dumps(answer(tasks, json.loads(line), inbox, outbox)).encode() + b"\n")


def become_quiet() -> None:
    """Let no library's chatter reach the answers or the log, and take the processor last."""
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(silence, descriptor)
    os.nice(5)  # at the rush those who sign in and submit come before those who upload


def answer(tasks: Mapping[str, Task], order: dict[str, Any], inbox: int, outbox: int) -> dict[str, Any]:
    """Do one task; bytes go to the outbox, everything else into the answer."""
    allow_cpu(order["cpu_seconds"])
    try:
        facts = tasks[order["task"]](os.pread(inbox, order["size"], 0), **order["options"])
    except ImageRefused as refusal:
        return {"refused": refusal.code, "params": refusal.params}
    except Exception:  # noqa: BLE001 -- hostile bytes raise anything, MemoryError and struct.error among them
        return {"refused": BROKEN[order["task"]], "params": {"reason": "unreadable"}}
    blobs = {name: value for name, value in facts.items() if isinstance(value, bytes)}
    content = b"".join(blobs.values())
    if os.pwrite(outbox, content, 0) < len(content):  # the kernel writes as far as the limit goes
        return {"refused": BROKEN[order["task"]], "params": {"reason": "too_large"}}
    return {
        "blobs": {name: len(blob) for name, blob in blobs.items()},
        "facts": {name: value for name, value in facts.items() if name not in blobs},
    }


def allow_cpu(seconds: int) -> None:
    """Let the kernel end us when this one task burns more than its share."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
