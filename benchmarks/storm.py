"""`make storm`: the last hour of a campaign in minutes, and a ledger that nothing may be lost or doubled of.

Every committee submits, seals and files, and adds a picture elsewhere, through several API processes at once; a part of
all requests is sent twice with its key, and what is asked to come again does. The deadline passes while they are at it.
In the end what was acknowledged is compared with the database and the store, byte for byte.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2

from app.embedded import Servers
from app.models.enums import ApplicationStatus
from app.services.history import digest_of
from benchmarks import ledger, servers
from benchmarks.__main__ import own_database
from benchmarks.ledger import Ledger
from benchmarks.operations import API
from benchmarks.seed import Owned, Planting, settings_until
from benchmarks.servers import Server
from demo.photos import small_photograph, stamped_form

FILED, ELSEWHERE = 2, 1
"""Applications that a committee files, and those that it goes on adding pictures to."""
TWICE = 0.2
"""The share of requests that are sent again with their key, as by a phone without a signal."""
TRIES, PAUSE = 60, 1.0
UNAVAILABLE, REPLAYED = 503, "idempotency-replayed"
FAULT = 500
IN_TIME = 0.5
"""The share of committees that file before the deadline is set to the next moment."""
P99_OF_A_FILING = 1.0
DEADLINE = "deadline_passed"


@dataclass(frozen=True)
class Plan:
    """Size of the storm; `judged`: it is long enough for a verdict on times."""

    committees: int
    at_once: int
    apis: int
    papers: int
    judged: bool


FULL = Plan(committees=10_000, at_once=48, apis=2, papers=8, judged=True)
QUICK = Plan(committees=10, at_once=6, apis=2, papers=2, judged=False)


@dataclass
class Clerks:
    """Everybody who sends something: through any of the servers, until there is an answer that stands."""

    http: httpx2.AsyncClient
    ports: list[int]
    ledger: Ledger
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  # a storm like the last one

    async def send(self, kind: str, path: str, token: str, **what: Any) -> httpx2.Response | None:
        """Send until there is an answer, and note it; None where the deadline refused it."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), **what.pop("headers", {})}
        started = time.monotonic()
        answer = await self._answered(path, headers, what)
        self.ledger.times.setdefault(kind, []).append(time.monotonic() - started)
        if self.chance.random() < TWICE:
            again = await self._answered(path, headers, what)
            if answer.is_success and (again.status_code, again.content) != (answer.status_code, answer.content):
                self.ledger.faults.append(f"{kind}: {again.status_code} to the same key, not {answer.status_code}")
        if answer.is_success:
            return answer
        self._refused(kind, answer)
        return None

    async def _answered(self, path: str, headers: dict[str, str], what: dict[str, Any]) -> httpx2.Response:
        """Come again after a 503 as it says, and after a connection that broke."""
        for _ in range(TRIES):
            url = f"http://127.0.0.1:{self.chance.choice(self.ports)}{path}"
            try:
                answer = await self.http.post(url, headers=headers, **what)
            except httpx2.TransportError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code != UNAVAILABLE:
                return answer
            self.ledger.shed += 1
            await asyncio.sleep(float(answer.headers["Retry-After"]) * self.chance.uniform(0.5, 1))
        raise TimeoutError(f"no answer to {path} after {TRIES} tries")

    def _refused(self, kind: str, answer: httpx2.Response) -> None:
        codes = {each["code"] for each in answer.json().get("findings", [])} if answer.status_code < FAULT else set()
        if DEADLINE in codes and datetime.now(UTC) >= self.ledger.closes_at:
            self.ledger.late += 1
        else:
            self.ledger.faults.append(f"{kind}: {answer.status_code} {answer.text[:300]}")


def main() -> None:
    """Blow, compare, print, and fail if anything was lost, doubled or broken."""
    plan = _options()
    with own_database() as database:
        found = _storm(database, plan)
    print(found)
    if found.faults or (plan.judged and found.p99("filing") > P99_OF_A_FILING):
        sys.exit("\n".join(found.faults[:20]) or "the filings were too slow")


def _storm(database: Servers, plan: Plan) -> Ledger:
    with ExitStack() as running:
        apis = [running.enter_context(servers.ours(database)) for _ in range(plan.apis)]
        running.enter_context(servers.worker(database))
        return asyncio.run(_of(database, plan, apis))


async def _of(database: Servers, plan: Plan, apis: list[Server]) -> Ledger:
    planting = Planting()
    committees = [
        planting.committee(ApplicationStatus.DRAFT, applications=FILED + ELSEWHERE) for _ in range(plan.committees)
    ]
    owner = await asyncpg.connect(servers.driver_url(database.owner_database_url))
    await planting.store(owner)
    await owner.execute("VACUUM ANALYZE")
    book = Ledger(planting.campaign_id)
    enough = asyncio.Event()
    await asyncio.gather(_close(owner, book, enough), _blow(plan, apis, committees, book, enough))
    await ledger.compare(book, owner, database)
    await owner.close()
    return book


async def _blow(
    plan: Plan, apis: list[Server], committees: list[list[Owned]], book: Ledger, enough: asyncio.Event
) -> None:
    papers = [[make(seed) for seed in range(plan.papers)] for make in (stamped_form, small_photograph)]
    waiting = iter(enumerate(committees))
    async with httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_connections=4 * plan.at_once)) as http:
        clerks = Clerks(http, [api.port for api in apis], book)

        async def one_after_the_other() -> None:
            for number, owned in waiting:
                scan, photo = (each[number % len(each)] for each in papers)
                await asyncio.gather(_file(clerks, owned[:FILED], scan), _add(clerks, owned[FILED:], photo))
                if len(book.filed) >= IN_TIME * plan.committees:
                    enough.set()

        await asyncio.gather(*(one_after_the_other() for _ in range(plan.at_once)))
        enough.set()
        await _too_late(clerks, [one for owned in committees for one in owned[FILED:]])


async def _close(owner: Any, book: Ledger, enough: asyncio.Event) -> None:
    """Let the deadline pass in a moment, once enough have filed."""
    await enough.wait()
    closes_at = datetime.now(UTC) + PAUSE * timedelta(seconds=1)
    settings = settings_until(closes_at)
    stored = json.dumps(settings), digest_of(settings), book.campaign_id
    await owner.execute("UPDATE campaigns SET settings = $1, settings_digest = $2 WHERE id = $3", *stored)
    book.closes_at = closes_at


async def _file(clerks: Clerks, owned: list[Owned], scan: bytes) -> None:
    """Submit, seal and file a committee's cases, as far as the deadline lets them."""
    if not all(await asyncio.gather(*(_hand_in(clerks, one, scan) for one in owned))):
        return
    body = {"campaign_id": str(clerks.ledger.campaign_id), "application_ids": [str(one.id) for one in owned]}
    if answer := await clerks.send("filing", "/api/v1/filings", owned[0].committee, json=body):
        clerks.ledger.filed[answer.json()["id"]] = answer.json()["digest"]


async def _hand_in(clerks: Clerks, one: Owned, scan: bytes) -> bool:
    submitted = await clerks.send("submission", f"{API}/{one.id}/submission", one.unit)
    if not submitted:
        return False
    clerks.ledger.submitted.append(str(one.id))
    form = {"files": {"file": ("审核盖章.pdf", scan, "application/pdf")}}
    stamped = {"If-Match": submitted.headers["ETag"]}
    sealed = await clerks.send("seal", f"{API}/{one.id}/endorsement", one.committee, headers=stamped, **form)
    if sealed:
        clerks.ledger.sealed.append(str(one.id))
    return sealed is not None


async def _add(clerks: Clerks, owned: list[Owned], photo: bytes) -> None:
    for one in owned:
        form = {"files": {"file": ("照片.jpg", photo, "image/jpeg")}}
        if answer := await clerks.send("picture", f"{API}/{one.id}/images", one.unit, **form):
            clerks.ledger.pictures[answer.json()["id"]] = answer.json()["sha256"]


async def _too_late(clerks: Clerks, owned: list[Owned]) -> None:
    """After the deadline every server refuses alike."""
    await asyncio.sleep(max(0, (clerks.ledger.closes_at - datetime.now(UTC)).total_seconds()) + PAUSE)
    for one in owned[: 4 * len(clerks.ports)]:
        if await clerks.send("too late", f"{API}/{one.id}/submission", one.unit):
            clerks.ledger.faults.append(f"{one.id} was submitted after the deadline")


def _options() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a breeze of seconds: no verdict on times")
    parser.add_argument("--committees", type=int, metavar="N", help="so many instead of ten thousand")
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    return replace(plan, committees=options.committees) if options.committees else plan


if __name__ == "__main__":
    main()
