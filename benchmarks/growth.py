"""`python -m benchmarks.growth`: what reads cost in one campaign of ten times as many applications.

Both sizes are of ten committees. Of each read every statement is done again and its blocks are counted; the times of
the requests are shown beside them. It fails if the blocks grow, and never for a time.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from unittest.mock import patch

import asyncpg
import httpx2
from fastapi import FastAPI

from app import serving
from app.embedded import Servers
from app.main import create_app
from app.services.filing import tallies
from app.settings import Settings
from benchmarks.__main__ import own_database
from benchmarks.operations import API, Call
from benchmarks.seed import SETTLED, Owned, Planting
from benchmarks.servers import driver_url

Sent = list[tuple[str, tuple[Any, ...]]]
COMMITTEES = 10
SIZES, QUICK = (10_000, 100_000), (1_000, 4_000)
TIMES = 9
COUNTED = 20
"""Rows that a list counts here: then both sizes have more."""
GROWN, SPARE = 1.5, 40
"""Blocks that may come with a tenfold campaign: indexes have one more level."""


@dataclass
class Read:
    """A read, with its blocks and its milliseconds in each size."""

    name: str
    blocks: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def grows(self) -> bool:
        return self.blocks[-1] > GROWN * self.blocks[0] + SPARE

    def __str__(self) -> str:
        cells = [f"{each:>9}" for each in self.blocks] + [f"{each:>9.1f}" for each in self.times]
        return f"{self.name:<34}{''.join(cells)}{'  grows' if self.grows else ''}"


def main() -> None:
    """Measure each size in a database of its own; print the table, and fail if something grew."""
    options, reads = _options(), dict[str, Read]()
    sizes = QUICK if options.quick else options.sizes
    for size in sizes:
        with own_database() as database:
            asyncio.run(_measure(database, size, reads))
    heads = "".join(f"{size:>9}" for size in (*sizes, *sizes))
    print("\n".join([f"{'Growth: blocks, then ms':<34}{heads}", *map(str, reads.values())]))
    if not options.quick and (growing := [read.name for read in reads.values() if read.grows]):
        sys.exit(f"These grow with the campaign: {', '.join(growing)}.")


async def _measure(database: Servers, size: int, reads: dict[str, Read]) -> None:
    print(f"… planting {size} applications", file=sys.stderr, flush=True)
    planting = Planting(images=0)
    office = planting.office()
    owned = [planting.committee(*SETTLED, applications=size // COMMITTEES) for _ in range(COMMITTEES)]
    connection = await asyncpg.connect(driver_url(database.owner_database_url))
    await planting.store(connection)
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    calls = _calls(owned[0][size // COMMITTEES // 2], office, str(planting.campaign_id))
    await _ask_all(database, connection, calls, reads)
    await connection.close()


def _calls(one: Owned, office: str, campaign_id: str) -> dict[str, Call]:
    """The reads of everybody, by their names."""
    lists = {
        "page": API,
        "page, by state": f"{API}?status=returned",
        "page, by category": f"{API}?category=qingman",
        "page, searched": f"{API}?q=%E9%82%BB%E9%87%8C%E4%BA%92%E5%8A%A9",
        "page, overdue": f"{API}?overdue=true",
        "progress": f"/api/v1/progress?campaign_id={campaign_id}",
        "filings": "/api/v1/filings",
        "notifications": "/api/v1/notifications",
        "audit list": "/api/v1/audit-events",
    }
    own = {"": f"{API}/{one.id}", " history": f"{API}/{one.id}/history", "s of a unit": API}
    found = {f"application{name}": Call("GET", path, one.unit) for name, path in own.items()}
    for who, token in {"committee": one.committee, "office": office}.items():
        found |= {f"{who}: {name}": Call("GET", path, token) for name, path in lists.items()}
    return found


async def _ask_all(database: Servers, connection: Any, calls: dict[str, Call], reads: dict[str, Read]) -> None:
    app = create_app(serving.over(Settings(), database).model_copy(update={"pool_size": 1}))
    with patch("app.services.pages.COUNTED", COUNTED):
        async with app.router.lifespan_context(app):
            await tallies.sum_up(app.state.database)  # as the worker does every few seconds
            await connection.execute("VACUUM FULL tallies")
            await connection.execute("VACUUM ANALYZE")
            await _ask_each(app, connection, calls, reads)


async def _ask_each(app: FastAPI, connection: Any, calls: dict[str, Call], reads: dict[str, Read]) -> None:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for name, call in calls.items():
            asked = [await _ask(client, call) for _ in range(TIMES)]
            _, sent = asked[-1]  # what is kept in memory is read the first time
            read = reads.setdefault(name, Read(name))
            read.times.append(median(milliseconds for milliseconds, _ in asked))
            read.blocks.append(sum([await _blocks(connection, *statement) for statement in sent]))


async def _ask(client: httpx2.AsyncClient, call: Call) -> tuple[float, Sent]:
    started = time.perf_counter()
    with _noted() as sent:
        (await client.get(call.path, headers=call.headers)).raise_for_status()
    return (time.perf_counter() - started) * 1000, sent


async def _blocks(connection: Any, sql: str, args: tuple[Any, ...]) -> int:
    """The blocks that a statement touches; it is taken back."""
    undone = connection.transaction()
    await undone.start()
    try:
        plan = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", *args)
    finally:
        await undone.rollback()
    top = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


@contextmanager
def _noted() -> Iterator[Sent]:
    """The statements that are read meanwhile, with their values."""
    sent = Sent()
    fetch = asyncpg.Connection.fetch

    async def noting(connection: Any, query: str, *args: Any, **options: Any) -> Any:
        sent.append((query, args))
        return await fetch(connection, query, *args, **options)

    with patch.object(asyncpg.Connection, "fetch", noting):
        yield sent


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="does it run? Small sizes have other plans: no verdict")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="applications in all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
