"""Both sides of a hand-over, as they really run: the district's server and worker, the municipal receiver, and us."""

import asyncio
import hashlib
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from httpx2 import AsyncClient

from app.models.enums import Role
from app.services.policies.events import PushedMessage
from tests.handover.between import Between, standing_between
from tests.handover.processes import EXAMPLE, PATIENCE, Program, listens, receiver, receiver_environment
from tests.world import World, key
from tests.world.handover import NOMINATIONS, REASON, Nominating, nominating
from tests.world.ports import free_port

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
PUSH_ALONE = "3600"
"""Seconds between two looks of the receiver's own: so long that only messages can wake it."""
NEWS = ["nomination.prepared", "nomination.edited", "nomination.replaced", "nomination.withdrawn"]
JOURNAL = """
CREATE TABLE journal (place INTEGER PRIMARY KEY, sequence INTEGER, nomination_id TEXT);
CREATE TRIGGER done AFTER UPDATE OF done_at ON events
BEGIN INSERT INTO journal (sequence, nomination_id) VALUES (new.sequence, new.nomination_id); END;
"""
"""The tests' own record of what the receiver did, in the order in which it did it."""


@dataclass(frozen=True)
class District:
    """A `pinpai serve` that may push to one address, and whoever may look into its database."""

    url: str
    front_port: int
    owner: Owner
    settings: dict[str, str]
    """Settings of its workers besides the servers' addresses."""


@dataclass
class BothSides:
    """A campaign's nominations, and how they get to the other side."""

    place: Nominating
    district: District
    between: Between
    program: Program
    folder: Path
    given: dict[str, str]
    endpoint: dict[str, Any]
    nominations: list[dict[str, Any]] = field(default_factory=list)
    waited: timedelta = timedelta()
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def nominate(self, *cases: int) -> None:
        self.nominations += [await self.place.nominated(case) for case in cases]

    async def revise(self, which: int) -> None:
        path = f"{NOMINATIONS}/{self.nominations[which]['id']}/revision"
        body = {"position": 1, "reason": REASON, "despite_unchanged": True}
        answer = await self.place.by_office.post(path, json=body, headers=key())
        assert answer.status_code == 201, answer.text
        self.nominations.append(answer.json())

    async def withdraw(self, which: int) -> None:
        path = f"{NOMINATIONS}/{self.nominations[which]['id']}/withdrawal"
        answer = await self.place.by_office.post(path, json={"reason": "奖项已撤销。"})
        assert answer.status_code == 200, answer.text

    async def restart(self, **given: str) -> None:
        """Run the receiver again, perhaps told otherwise; what it has kept, it has."""
        async with self.turn:
            await self.program.kill()
            self.given |= given
            self.program = receiver(self.folder, self.between.beyond, **self.given)
            await self.program.start()

    async def look(self) -> tuple[int, list[bool]]:
        """Let the example catch up once by itself; its exit code, and whether it agrees with us on each campaign."""
        looking = await asyncio.create_subprocess_exec(
            sys.executable,
            str(EXAMPLE / "receiver.py"),
            env=receiver_environment(self.given),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await looking.communicate()
        found = [json.loads(line.partition(" ")[2]) for line in output.decode().splitlines()]
        return looking.returncode or 0, [each["agrees"] for each in found]

    async def settle(self) -> None:
        """Until nothing is owed on either side."""
        await self.settle_here()
        async with asyncio.timeout(PATIENCE):
            while await self.open_there():  # noqa: ASYNC110  # another process has no event to be waited for
                await asyncio.sleep(0.05)

    async def settle_here(self) -> None:
        """Until nothing is to be delivered; time flies while there is nothing to do and the receiver is there."""
        async with asyncio.timeout(PATIENCE):
            while await self.open_here():
                if listens(self.between.beyond):
                    await self.let_time_pass()
                await asyncio.sleep(0.05)

    async def redeliver_all(self) -> None:
        """Enable the endpoint again, and send what was given up."""
        path = f"/api/v1/endpoints/{self.endpoint['id']}"
        office = self.place.by_office
        etag = (await office.get(path)).headers["etag"]
        assert (await office.patch(path, json={"status": "active"}, headers={"If-Match": etag})).status_code == 200
        for failed in (await office.get("/api/v1/deliveries", params={"status": "failed"})).json()["items"]:
            answer = await office.post(f"/api/v1/deliveries/{failed['id']}/redelivery")
            assert answer.status_code == 200, answer.text

    async def failures(self) -> set[str]:
        """Reasons of failed attempts."""
        tried = await self.district.owner.fetch("SELECT DISTINCT failure FROM delivery_attempts")
        return {row["failure"] for row in tried if row["failure"]}

    async def open_here(self) -> int:
        """Number of events and deliveries that the district has not yet finished."""
        owed = await self.district.owner.fetchval(
            "SELECT (SELECT count(*) FROM deliveries WHERE status = 'pending')"
            " + (SELECT count(*) FROM procrastinate_jobs"
            "    WHERE task_name IN ('deliver', 'handle_later') AND status IN ('todo', 'doing'))"
            " + (SELECT count(*) FROM audit_events WHERE sequence > ("
            "      SELECT coalesce(max(position), 0) FROM followers WHERE name = 'deliveries'))"
        )
        return await self.unnumbered() + int(owed)

    async def unnumbered(self) -> int:
        """Events without a number: any transaction on the same servers may hold up a number for a moment."""
        return int(await self.district.owner.fetchval("SELECT count(*) FROM audit_events WHERE sequence IS NULL"))

    async def open_there(self) -> int:
        """Number of events that the receiver has not yet received or processed."""
        written = await self.district.owner.fetchval("SELECT count(*) FROM audit_events WHERE action = ANY($1)", NEWS)
        owed = self.held("SELECT 1 FROM answers WHERE given_at IS NULL")
        return int(written) - len(self.held("SELECT 1 FROM events WHERE done_at IS NOT NULL")) + len(owed)

    async def let_time_pass(self) -> None:
        """Move the queue's clock on to the next attempt, if nothing can be done before."""
        gap = await self.district.owner.fetchval(
            "SELECT min(scheduled_at) - clock_timestamp() FROM procrastinate_jobs WHERE status = 'todo'"
            " HAVING min(scheduled_at) > clock_timestamp() + interval '1 second'"
        )
        if gap is not None:
            moved = "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - $1::interval WHERE status = 'todo'"
            await self.district.owner.execute(moved, gap)
            self.waited += gap

    def held(self, query: str) -> list[sqlite3.Row]:
        """Rows of the receiver's own database."""
        with closing(sqlite3.connect(self.given["database"])) as database:
            database.row_factory = sqlite3.Row
            return database.execute(query).fetchall()

    async def agree(self, *answers: str) -> "Figures":
        """Nothing missing, nothing twice in effect, all in order: by what both sides have on record."""
        await self._hold_the_same()
        await self._acted_once(answers)
        self._kept_the_order()
        return await self._figures()

    def log_of_worker(self) -> str:
        """The last that a worker wrote: it says what an unexpected figure does not."""
        return (self.folder / "worker.log").read_text("utf-8")[-4000:]

    async def answers_to(self, nomination: dict[str, Any]) -> list[str]:
        """Kinds of answers that the district has stored."""
        kept = await self.place.by_office.get(f"{NOMINATIONS}/{nomination['id']}/answers")
        return [each["kind"] for each in kept.json()["items"]]

    async def _hold_the_same(self) -> None:
        """All that stands; what was withdrawn may have been so before the receiver came to it, and is not held then."""
        manifest = (await self.place.by_office.get(self.place.manifest)).json()
        ours = {(each["nomination_id"], each["revision"], each["digest"]) for each in manifest["entries"]}
        held = self.held("SELECT * FROM nominations")
        assert {(row["id"], row["revision"], sha256(row["payload"])) for row in held} <= ours
        standing = {e["nomination_id"] for e in manifest["entries"] if e["status"] not in {"replaced", "withdrawn"}}
        assert {row["id"] for row in held if row["stands"]} == standing
        named = {file["sha256"] for row in held for file in json.loads(row["payload"])["files"]}
        files = self.held("SELECT * FROM files")
        assert {row["sha256"] for row in files} == {sha256(row["content"]) for row in files} == named

    async def _acted_once(self, answers: tuple[str, ...]) -> None:
        """Each event was dealt with once, each answer is known once, each nomination moved once by each."""
        journal = [row["sequence"] for row in self.held("SELECT * FROM journal ORDER BY place")]
        written = await self.district.owner.fetch("SELECT sequence FROM audit_events WHERE action = ANY($1)", NEWS)
        assert sorted(journal) == sorted(row["sequence"] for row in written)
        held = {row["id"] for row in self.held("SELECT id FROM nominations")}
        for nomination in self.nominations if answers else []:
            assert await self.answers_to(nomination) == (list(answers) if nomination["id"] in held else [])
        moved = await self.district.owner.fetch(
            "SELECT subject_id, action, count(*) FROM audit_events WHERE subject_type = 'nomination'"
            " GROUP BY subject_id, action HAVING count(*) > 1"
        )
        assert moved == []

    def _kept_the_order(self) -> None:
        """Of one case nothing came, and nothing was done, before what happened earlier."""
        for done in grouped([(row["nomination_id"], row["sequence"]) for row in self.held("SELECT * FROM journal")]):
            assert done == sorted(done)
        cases = {each["id"]: each["application_id"] for each in self.nominations}
        messages = [PushedMessage.model_validate_json(message.body).data for message in self.between.taken]
        for came in grouped([(cases[str(each.nomination_id)], each.sequence) for each in messages]):
            assert came == sorted(came)

    async def _figures(self) -> "Figures":
        fetch = self.district.owner.fetchval
        path = self.place.manifest
        entries = [
            {"nomination_id": row["id"], "revision": row["revision"], "digest": sha256(row["payload"])}
            for row in self.held("SELECT * FROM nominations")
        ]
        compared = (await self.place.by_office.post(f"{path}/comparison", json={"entries": entries})).json()
        assert compared["agrees"]
        repeated = self.held("SELECT coalesce(sum(times - 1), 0) AS number FROM messages")
        return Figures(
            written=await fetch("SELECT count(*) FROM audit_events WHERE action = ANY($1)", NEWS),
            read=len(self.held("SELECT 1 FROM events")),
            messages=await fetch("SELECT count(*) FROM deliveries"),
            attempted=await fetch("SELECT count(*) FROM delivery_attempts"),
            timed_out=await fetch("SELECT count(*) FROM delivery_attempts WHERE failure = 'timed_out'"),
            recognised=repeated[0]["number"],
            missing=len(compared["missing"]),
        )


@dataclass(frozen=True)
class Figures:
    """Figures of a hand-over, for the record."""

    written: int
    read: int
    messages: int
    attempted: int
    timed_out: int
    recognised: int
    missing: int


@asynccontextmanager
async def both_sides(
    world: World, district: District, folder: Path, *, cases: int, start: bool = True, **given: str
) -> AsyncIterator[BothSides]:
    """So many awarded cases here, a receiver there, and an endpoint that leads through whatever lies between."""
    place = await nominating(world, cases)
    async with standing_between(district.front_port, free_port()) as between:
        endpoint = await registered(place, district, between)
        given = (
            await credentials(place)
            | {
                "pinpai_url": district.url,
                "database": str(folder / "receiver.db"),
                "webhook_secrets": endpoint["secret"],
                "pause": PUSH_ALONE,
            }
            | given
        )
        with closing(sqlite3.connect(given["database"])) as database:
            database.executescript((EXAMPLE / "schema.sql").read_text("utf-8") + JOURNAL)
        program = receiver(folder, between.beyond, **given)
        sides = BothSides(place, district, between, program, folder, given, endpoint)
        try:
            if start:
                await program.start()
            yield sides
        finally:
            await sides.program.kill()


async def registered(place: Nominating, district: District, between: Between) -> dict[str, Any]:
    """The endpoint, with its secret; only the program that serves knows which hosts are allowed."""
    async with AsyncClient(base_url=district.url, headers=place.by_office.headers) as office:
        answer = await office.post("/api/v1/endpoints", json={"url": between.url})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


async def credentials(place: Nominating) -> dict[str, str]:
    """A machine client of the municipal office."""
    body = {"username": "tangshan", "name": "市文明办业务系统", "role": Role.MUNICIPAL}
    account = (await place.by_office.post("/api/v1/accounts", json=body)).json()
    grant = {"account_id": account["id"], "campaign_id": str(place.campaign.id)}
    assert (await place.by_office.post("/api/v1/grants", json=grant)).status_code == 201
    receiver_environment = await place.by_office.post(f"/api/v1/accounts/{account['id']}/client-secret")
    assert receiver_environment.status_code == 200, receiver_environment.text
    return dict(receiver_environment.json())


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def grouped(pairs: list[tuple[str, int]]) -> list[list[int]]:
    return [[number for each, number in pairs if each == name] for name in Counter(name for name, _ in pairs)]
