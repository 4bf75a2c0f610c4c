"""Nothing changes without a trace: every operation that changes something, once, and the rows it left behind."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx2 import Response
from sqlalchemy import text

from app import auditing
from app.models import Base
from app.services.policies.audit import EVENTS
from tests.contract.client import Contract
from tests.scenarios.acts import CHANGES_NOTHING, CHAPTERS, EACH_CHAPTER
from tests.world import World

MUTATING = ("post", "put", "patch", "delete")


def table_of(subject_type: str) -> str:
    """Name the table of a subject: its English plural."""
    if subject_type.endswith("y"):
        return f"{subject_type.removesuffix('y')}ies"
    return f"{subject_type}{'es' if subject_type.endswith('o') else 's'}"


TRACED = sorted({table_of(event.partition(".")[0]) for event in EVENTS} & Base.metadata.tables.keys())
"""The tables whose rows have a history of their own."""
TRACES = text("""
    SELECT subject_type, subject_id AS id, xmin::text AS transaction,
           before_digest IS DISTINCT FROM after_digest AND after_digest IS NOT NULL AS left_a_row
    FROM audit_events WHERE request_id = :request_id""")


def test_every_operation_that_changes_something_is_listed(contract: Contract) -> None:
    paths = contract.document["paths"].values()
    mutating = [path[method]["operationId"] for path in paths for method in MUTATING if method in path]
    assert sorted(name for chapter in CHAPTERS.values() for name in chapter.ACTS) == sorted(mutating)


@EACH_CHAPTER
async def test_every_row_that_changes_has_its_trace_in_its_own_transaction(world: World, chapter: str) -> None:
    stage = await CHAPTERS[chapter].prepared(world)
    before = await altered(world)
    acts: dict[str, Callable[[Any], Awaitable[Response]]] = CHAPTERS[chapter].ACTS
    untold = {name: missing for name, act in acts.items() if (missing := await without_trace(stage, name, act))}
    assert untold == {}
    assert await altered(world) <= before


async def altered(world: World) -> set[str]:
    """The rows that are not as their last events left them, but for those that the world made without one."""
    async with world.database.reading() as reader:
        found = [flaw async for flaw in auditing.altered_rows(reader)]
    return {str(flaw.params["id"]) for flaw in found if flaw.words is not auditing.WITHOUT_EVENT}


async def without_trace(stage: Any, name: str, act: Callable[[Any], Awaitable[Response]]) -> str | None:
    """Fault in the traces of this act; None without one."""
    answer = await act(stage)
    assert answer.is_success, f"{name}: {answer.status_code} {answer.text}"
    async with stage.world.database.transaction() as session:
        traces = (await session.execute(TRACES, {"request_id": answer.headers["x-request-id"]})).all()
        traced = {(table_of(trace.subject_type), trace.id, trace.transaction) for trace in traces if trace.left_a_row}
        changed = await session.execute(_changed, {"transactions": [trace.transaction for trace in traces]})
        apart = traced ^ {(row.place, row.id, row.transaction) for row in changed}
    fits = bool(traces) == (name not in CHANGES_NOTHING) and not apart
    return None if fits else f"{len(traces)} traces; rows or traces without the other: {apart}"


_changed = text(
    " UNION ALL ".join(
        f"SELECT '{place}' AS place, id, xmin::text AS transaction FROM {place} WHERE xmin::text = ANY(:transactions)"
        for place in TRACED
    )
)
"""What the transactions that left traces have written: no row without a trace of its own, no trace without its row."""
