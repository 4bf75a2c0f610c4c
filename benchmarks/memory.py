"""`python -m benchmarks.memory`: what an API process of `pinpai serve` keeps in memory, idle and after much reading."""

import asyncio
import time
from itertools import islice
from pathlib import Path

from benchmarks import servers
from benchmarks.__main__ import load_process, own_database
from benchmarks.load import Load, run
from benchmarks.operations import operations
from benchmarks.seed import plant

SETTLING, REQUESTS, AT_A_TIME = 2.0, 10_000, 1_000


def main() -> None:
    """Print resident, proportional and private memory of a process before and after the benchmark's two reads."""
    with own_database() as own, load_process() as clients:
        district = asyncio.run(plant(servers.driver_url(own.owner_database_url), committees=10, drafts=4))
        reads = [operation.calls for operation in operations(district)[:2]]
        with servers.ours(own) as server:
            time.sleep(SETTLING)
            _say("idle", server.pid)
            for done in range(AT_A_TIME, REQUESTS + 1, AT_A_TIME):
                wire = [call.wire for calls in reads for call in islice(calls, AT_A_TIME // len(reads))]
                clients.submit(run, Load(server.port, wire, None)).result()
                _say(f"after {done} requests", server.pid)


def _say(when: str, pid: int) -> None:
    print(f"{when}:", ", ".join(f"{name} {figure:.1f} MB" for name, figure in measured(pid).items()), flush=True)


def measured(pid: int) -> dict[str, float]:
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]]
    found = {name.rstrip(":"): int(figure) / 1024 for name, figure, *_ in lines}
    return {"RSS": found["Rss"], "PSS": found["Pss"], "private": found["Private_Clean"] + found["Private_Dirty"]}


if __name__ == "__main__":
    main()
