"""`python -m benchmarks.memory`: what an API process of `pinpai serve` keeps in memory."""

import time
from pathlib import Path

from benchmarks import servers
from benchmarks.__main__ import own_database

SETTLING = 2.0


def main() -> None:
    """Print resident, proportional and private memory of an idle process."""
    with own_database() as own, servers.ours(own) as server:
        time.sleep(SETTLING)
        print(", ".join(f"{name} {figure:.1f} MB" for name, figure in measured(server.pid).items()))


def measured(pid: int) -> dict[str, float]:
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]]
    found = {name.rstrip(":"): int(figure) / 1024 for name, figure, *_ in lines}
    return {"RSS": found["Rss"], "PSS": found["Pss"], "private": found["Private_Clean"] + found["Private_Dirty"]}


if __name__ == "__main__":
    main()
