"""`make bench`: Pinpai and the bare program by turns, in one run, under the same 32 clients."""

import argparse
import asyncio
import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import uuid4

from app import embedded, migrating
from app.embedded import Servers
from benchmarks import agreement, beside, papers, servers, uploads
from benchmarks.agreement import Disagreement
from benchmarks.load import Load, Measured, run
from benchmarks.operations import Operation, operations
from benchmarks.report import Comparison, Memory, Report, Sample
from benchmarks.seed import plant
from benchmarks.servers import Server

PATIENCE = 120


@dataclass(frozen=True)
class Plan:
    """Durations of the measurement and size of the district; `judged`: the run is long enough for a verdict."""

    rounds: int
    seconds: float
    acts: int
    steady_requests: int
    upload_rounds: int
    pictures: int = 4
    papers: int = 20
    repeated: int = 2000
    committees: int = 100
    judged: bool = True

    @property
    def drafts(self) -> int:
        """A warm-up and every round need fresh drafts, for both programs; four are for counting statements."""
        return (self.rounds + 1) * 2 * self.acts + 4


FULL = Plan(rounds=5, seconds=2.5, acts=500, steady_requests=10_000, upload_rounds=4)
QUICK = Plan(
    rounds=1,
    seconds=0.3,
    acts=50,
    steady_requests=200,
    upload_rounds=1,
    pictures=2,
    papers=2,
    committees=10,
    judged=False,
)


def main() -> None:
    """Measure, print the table, and fail if the programs do not do the same or, in a full run, ours is too slow."""
    options = _options()
    plan = QUICK if options.quick else FULL
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # what was started is stopped on the way out
    try:
        report = measure(plan)
    except Disagreement as disagreement:
        sys.exit(str(disagreement))
    print(report)
    if options.json:
        options.json.write_text(json.dumps(report.plain, indent=1), "utf-8")
    if plan.judged and report.shortfalls:
        sys.exit("\n".join(report.shortfalls))


def measure(plan: Plan) -> Report:
    with own_database() as database, load_process() as clients, load_process() as others:
        _say(f"planting a district of {plan.committees} committees and {plan.drafts} drafts to submit")
        owner = servers.driver_url(database.owner_database_url)
        district = asyncio.run(plant(owner, committees=plan.committees, drafts=plan.drafts))
        measured = operations(district)
        _say("comparing answers, rows and statements")
        asyncio.run(agreement.compare(database, measured))
        comparisons = [Comparison(operation) for operation in measured]
        with servers.ours(database) as ours, servers.bare(database) as bare:
            for number in range(plan.rounds + 1):
                _say(f"round {number} of {plan.rounds}" if number else "warming up")
                _round(clients, plan, comparisons, (ours, bare) if number % 2 else (bare, ours), keep=number > 0)
            memory = _memory(clients, plan, ours, measured[:2])
            _say("uploading pictures")
            size = {"rounds": plan.upload_rounds, "pictures": plan.pictures}
            pictures = uploads.measure(clients, _run, ours, district.albums, **size)
            _say("printing forms, and reading beside it")
            slowed = beside.measure(clients, others, ours, measured[0], district.settled, seconds=plan.seconds)
    return Report(comparisons, pictures, memory, papers.measure(plan.papers), slowed)


def _round(
    clients: Executor, plan: Plan, comparisons: list[Comparison], turn: tuple[Server, ...], *, keep: bool
) -> None:
    """Each operation on each server, one directly after the other; what goes first changes."""
    for comparison in comparisons:
        for server in turn:
            sample = _sample(clients, plan, server, comparison.operation)
            if keep:
                comparison.samples[server.name].append(sample)


def _sample(clients: Executor, plan: Plan, server: Server, operation: Operation) -> Sample:
    number = plan.repeated if operation.repeatable else plan.acts
    wire = [call.wire for call in islice(operation.calls, number)]
    used = server.cpu_seconds
    measured = _run(clients, Load(server.port, wire, plan.seconds if operation.repeatable else None))
    return Sample.of(measured, server.cpu_seconds - used)


def _memory(clients: Executor, plan: Plan, server: Server, reads: list[Operation]) -> Memory:
    _say(f"{plan.steady_requests} more requests, to see the memory")
    before = server.resident_mb
    wire = [call.wire for operation in reads for call in islice(operation.calls, plan.steady_requests // len(reads))]
    _run(clients, Load(server.port, wire, None))
    return Memory(len(wire), before, server.resident_mb)


def _run(clients: Executor, load: Load) -> Measured:
    measured = clients.submit(run, load).result(PATIENCE)
    assert set(measured.statuses) <= {b"200", b"201"}, f"not every request succeeded: {measured.statuses}"
    return measured


@contextmanager
def own_database() -> Iterator[Servers]:
    """A migrated database of our own, on servers that run already (`PINPAI_TEST_SERVERS`) or just for this."""
    name = f"bench_{uuid4().hex[:12]}"
    with _servers() as shared:
        own = shared.create_database(name)
        try:
            migrating.upgrade(own.owner_database_url, demonstration=True)  # its rows are of a past year
            yield own
        finally:
            shared.drop_database(name)


@contextmanager
def _servers() -> Iterator[Servers]:
    if running := os.environ.get("PINPAI_TEST_SERVERS"):
        yield embedded.attach(Path(running))
        return
    _say("starting PostgreSQL and S3")
    with tempfile.TemporaryDirectory(prefix="pinpai-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the servers run as a user of their own
        with embedded.run(Path(folder) / "data") as started:
            yield started


@contextmanager
def load_process() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as clients:
        yield clients


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="does it run, do both programs do the same? No verdict on times"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure to this file")
    return parser.parse_args()


def _say(line: str) -> None:
    print(f"… {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
