"""Reads while papers are printed: a single reader, alone and beside two who print."""

from concurrent.futures import Executor
from itertools import islice

from benchmarks.load import Load, run
from benchmarks.operations import API, Call, Operation
from benchmarks.report import Beside
from benchmarks.seed import Owned
from benchmarks.servers import Server

READS, FORMS, PRINTERS = 200, 40, 2
AFTER = 60
"""Seconds within which everything must have been answered."""


def measure(
    reader: Executor, printers: Executor, server: Server, reads: Operation, cases: list[Owned], *, seconds: float
) -> Beside:
    """Milliseconds of a read, and the number of forms printed meanwhile."""
    wire = [call.wire for call in islice(reads.calls, READS)]
    forms = [Call("GET", f"{API}/{one.id}/form?pictures=none", one.unit).wire for one in cases[:FORMS]]
    read = Load(server.port, wire, seconds, clients=1)
    printers.submit(run, Load(server.port, forms[:PRINTERS], None, clients=PRINTERS)).result(AFTER)  # starts the press
    alone = reader.submit(run, read).result(AFTER)
    printing = printers.submit(run, Load(server.port, forms, seconds, clients=PRINTERS))
    beside = reader.submit(run, read).result(AFTER)
    printed = printing.result(AFTER)
    assert {*alone.statuses, *beside.statuses, *printed.statuses} == {b"200"}, printed.statuses
    return Beside(printed.rate, (alone.p50, alone.p99), (beside.p50, beside.p99))
