"""Cost that does not grow: every statement of every operation, planned in two sizes of the same campaign.

It is no test of time: PostgreSQL counts the blocks that a statement touches, and those of the larger size may be no
more than its rows account for. A new operation is in it by being read, as in `asking`, or by having an act. What an act
sent is done again with the same values and taken back; a row that is there already costs what its indexes cost.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import event

from app.database import Clock, Database, dsn_of
from app.embedded import Servers
from app.settings import Settings
from tests.contract.client import Contract, ContractClient
from tests.scenarios.acts import CHAPTERS
from tests.scenarios.asking import Knowledge, addresses
from tests.scenarios.strangers import Strangers, Watch, strangers
from tests.world import NOW, World
from tests.world.apps import another_app
from tests.world.growth import multiply

COPIES = {"filing": 40, "judging": 60, "handover": 120}
"""Copies in the smaller size: then every list has more rows than are counted."""
TIMES = 8
COUNTED = 20
PER_ROW, SPARE = 6, 40
"""Blocks that one more row may cost, and that indexes of one more level may."""
GROWING = {
    "readArchive": "returns all of a campaign: twelve to seventeen blocks a case, of which it has eight times as many",
    "readSummary?status": "a state that no case on file is in: passes over those of the others",
    "readSummary?committee_kind": "all filed cases of one kind, up to the 500 of a paper: some ten blocks a case",
    "readCommitteeIndicators": "measures all cases of a campaign: how often each was filed, when, and what it won",
    "moveUnit": "looks for a case of a committee that has none, where PostgreSQL expects to find one at once",
    "createSeat": "does the same",
    "returnPlan": "reads the applications of one committee: of a table that is small still, PostgreSQL reads all",
    "listCommittees?q": "a name that no committee has: reads the committees, of which a district has some dozens",
    "listApplications?sealed": "no seal that holds: passes over what one unit or committee has, which are some dozens",
    "listApplications?returned_by": "passes over those that the other returned: no index has who returned it",
    "listApplications?lacks_pictures": "pictures enough: passes over what one has in preparation, the same",
    "listAuditEvents": "walks all of one's own acts where a filter chooses few: what one person did, in an index",
    "listApplications?sort": "sorts all that a unit has by its states, which no index orders as it sees them",
    "listAwards?status": "a state that no award is in: reads the awards, of which a year has some dozens",
    "listAwards?counts": "the same, counted for each state",
    "listPublicAwards?programme_id": "a programme without any: reads the awards, of which a year has some dozens",
    "createFigureTable": "counts the composite results that are made of a table, of which a campaign has a few",
    "listFigureTables": "does the same",
    "resetFactors": "counts attempts under one name within a window: throttling bounds them, the copies do not",
    "replaceVocabulary": "compares the rank of every listing with the order, which the office changes once in years",
    "readStatistics": "counts what was filed by day: reads all that was filed, of which there is eight times as much",
    "readChart": "does the same",
    "readReport": "does the same, and counts the units that filed",
    "listResemblances?cursor": "past the last page: counts pairs of cases, in joins that go by the tables' sizes",
    "redeliver": "lets the worker number a batch: up to 500 rows, chosen from all that wait",
}
"""Operations that may grow, each with what grows."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement, as it was first sent, and for what."""

    purpose: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """Blocks that a statement touches as PostgreSQL plans it, and as it must with indexes alone; rows it returns.

    It reads the whole of a small table, since that costs less than to look up a page of rows, and of a large one the
    page: no growth, and which size is small depends on chance. So either plan may show that nothing grows, but no
    statement may touch more than both allow.
    """

    blocks: int
    looked_up: int
    rows: int

    def is_above(self, before: "Cost") -> bool:
        return self.is_dearer(before) and max(self.blocks, self.looked_up) > self._limit(before.looked_up, before.rows)

    def is_dearer(self, before: "Cost") -> bool:
        """True if it touches more as PostgreSQL plans it: only then it matters what indexes alone would take."""
        return self.blocks > self._limit(before.blocks, before.rows)

    def _limit(self, blocks: int, rows: int) -> float:
        return max(1.5 * blocks + PER_ROW * max(0, self.rows - rows), PER_ROW * self.rows) + SPARE


@pytest.mark.thorough
@pytest.mark.parametrize("chapter", CHAPTERS)
async def test_nothing_costs_more_where_there_is_more(
    own: Servers, settings: Settings, contract: Contract, chapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.pages.COUNTED", COUNTED)
    few = COPIES[chapter]
    async with world_in(own, settings, contract) as world:
        sent: dict[str, Sent] = {}
        played = await play(world, chapter, sent)
        multiply(own, 1, few)
        await read_all(world, played, sent)
        before = await costs(own, sent)
        multiply(own, few + 1, few * TIMES)
        faults = await grown(own, sent, before)
    unexplained = [fault for fault in faults if not fault.startswith(tuple(GROWING))]
    assert not unexplained, "\n".join(unexplained)


@asynccontextmanager
async def world_in(own: Servers, settings: Settings, contract: Contract) -> AsyncIterator[World]:
    """The system on a database of its own."""
    async with another_app(settings, Clock(stopped_at=NOW), database_url=SecretStr(own.database_url)) as app:
        yield World(app, contract)


async def play(world: World, chapter: str, sent: dict[str, Sent]) -> Strangers:
    """Do every act of a chapter, noting its statements; remember who did something, and to what."""
    met = await strangers(world, None)
    with pytest.MonkeyPatch.context() as patch:
        Watch(met, patch)
        stage = await CHAPTERS[chapter].prepared(world)
        for name, act in CHAPTERS[chapter].ACTS.items():
            with noted(sent, name, world.database):
                assert (await act(stage)).is_success, name
    return met


async def read_all(world: World, met: Strangers, sent: dict[str, Sent]) -> None:
    """Read every address with every filter, once in each role that the chapter has, noting the statements."""
    known = Knowledge({name: list(ids)[-1:] for name, ids in met.ids.items() if ids})
    for client in await one_of_each_role(met):
        for href in addresses(world.contract, known):
            with noted(sent, purpose_of(world.contract, href), world.database):
                await client.get(href)


async def one_of_each_role(met: Strangers) -> list[ContractClient]:
    roles: dict[str, ContractClient] = {"public": met.clients["public"]}
    for client in met.people.values():
        answer = await client.get("/api/v1/account")
        if answer.is_success:
            roles.setdefault(answer.json()["role"], client)
    return list(roles.values())


def purpose_of(contract: Contract, href: str) -> str:
    """Name the operation, and the filter if there is one."""
    path, _, query = href.partition("?")
    operation: str = contract.document["paths"][contract.template(path)]["get"]["operationId"]
    return operation + ("?" + query.partition("=")[0] if query else "")


@contextmanager
def noted(sent: dict[str, Sent], purpose: str, database: Database) -> Iterator[None]:
    fetch, engine = asyncpg.Connection.fetch, database.engine.sync_engine

    async def noting(self: Any, query: str, *args: Any, **options: Any) -> Any:
        sent.setdefault(query, Sent(purpose, args))
        return await fetch(self, query, *args, **options)

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.setdefault(statement, Sent(purpose, tuple(values[0] if isinstance(values, list) else values)))

    event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg.Connection, "fetch", noting)
        yield
    event.remove(engine, "before_cursor_execute", note)


async def grown(own: Servers, sent: dict[str, Sent], before: dict[str, Cost]) -> list[str]:
    """Tell each statement that costs more than it did, also when asked again: by chance one tidies up for others."""
    for _ in range(2):
        after = await costs(own, sent, before)
        sent = {sql: sent[sql] for sql in after if sql in before and after[sql].is_above(before[sql])}
    return [
        f"{one.purpose}: {after[sql]} instead of {before[sql]}\n{' '.join(sql.split())}" for sql, one in sent.items()
    ]


async def costs(own: Servers, sent: dict[str, Sent], before: Mapping[str, Cost] | None = None) -> dict[str, Cost]:
    """Return the cost of each statement, but for those that cannot be done twice.

    A change is planned in one way only: what is taken back lies about in the pages, and costs the next one more.
    """
    connection = await asyncpg.connect(dsn_of(own.owner_database_url))
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    found = {}
    for sql, one in sent.items():
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
            found[sql] = await cost(connection, sql, one, (before or {}).get(sql))
    await connection.close()
    return found


async def cost(connection: Any, sql: str, one: Sent, before: Cost | None) -> Cost:
    planned = await explained(connection, _AS_IT_LIKES, sql, one)
    blocks, rows = blocks_of(planned), int(planned["Actual Rows"])
    as_planned = Cost(blocks, blocks, rows)
    if not sql.startswith("SELECT") or (before and not as_planned.is_dearer(before)):
        return as_planned
    return Cost(blocks, blocks_of(await explained(connection, _LOOKED_UP, sql, one)), rows)


async def explained(connection: Any, how: str, sql: str, one: Sent) -> dict[str, Any]:
    """Do it, and take it back."""
    undone = connection.transaction()
    await undone.start()
    try:
        await connection.execute(how)
        answer = await connection.fetchval(f"{_EXPLAIN} {sql}", *one.args)
    finally:
        await undone.rollback()
    plan: dict[str, Any] = (answer if isinstance(answer, list) else json.loads(answer))[0]["Plan"]
    return plan


def blocks_of(plan: dict[str, Any]) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON)"
_AS_IT_LIKES, _LOOKED_UP = (
    "; ".join(f"SET LOCAL enable_{each} = {state}" for each in ("seqscan", "hashjoin", "mergejoin"))
    for state in ("on", "off")
)
