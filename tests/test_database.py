import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Integer, bindparam, column, event, func, literal, make_url, select, text

from app import revisions
from app.context import ANONYMOUS
from app.database import Clock, Database, FairQueue, Query, driver_connection, dsn_of
from app.embedded import Servers
from app.models import Committee, Endpoint
from app.problems import NotFound, Unavailable
from tests.world import NOW, World

DOUBLED = Query(select((bindparam("figure", type_=Integer) * 2).label("doubled")))
NAMES = Query(select(Committee.name).order_by(Committee.name))
PID = Query(select(func.pg_backend_pid().label("pid")))


@pytest.fixture
async def narrow(servers: Servers) -> AsyncIterator[Database]:
    """One connection each for reads and changes, and one request that may wait."""
    database = Database(servers.database_url, pool_size=1, queue_limit=1)
    await database.open()
    yield database
    await database.close()


@pytest.mark.parametrize("folder", ["/our data/s", "/数据/a+b", "/50%/a&b=c", "/plain"])
def test_an_address_leads_to_the_same_folder_for_libpq_and_the_driver(folder: str) -> None:
    url = f"postgresql+asyncpg://pinpai:a+b c%3F@/pinpai?host={quote(folder, safe='')}"
    read = conninfo_to_dict(dsn_of(url))
    assert (read["host"], read["user"], read["password"]) == (folder, "pinpai", "a+b c?")
    assert make_url(dsn_of(url)) == make_url(url).set(drivername="postgresql")
    assert "password" not in conninfo_to_dict(dsn_of(url, secret=False))


async def test_a_query_runs_with_named_parameters(database: Database) -> None:
    async with database.reading() as reader:
        assert await DOUBLED.one(reader, figure=21) == {"doubled": 42}
        assert await DOUBLED.rows(reader, figure=2, unused="is left out") == [{"doubled": 4}]


async def test_a_query_that_finds_nothing(world: World) -> None:
    async with world.database.reading() as reader:
        assert (await NAMES.one(reader), await NAMES.rows(reader)) == (None, [])


def test_a_query_is_compiled_once_and_for_all() -> None:
    query = Query(select(literal(1).label("one")).where(column("code").in_(["a", "b"])))
    with pytest.raises(AssertionError, match="any_"):
        str(query.compiled)
    assert NAMES.compiled is NAMES.compiled


async def test_a_statement_of_any_length_is_planned_once_for_a_connection(narrow: Database) -> None:
    long = f"SELECT '{'长' * 50_000}'"
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE length(statement) > 50000"
    async with narrow.reading() as reader, narrow.transaction() as session:
        for connection in (reader, driver_connection(session)):
            for _ in range(3):
                await connection.fetch(long)
            assert (await connection.fetch(prepared))[0]["count"] == 1


async def test_what_reads_cannot_change_anything(database: Database) -> None:
    async with database.reading() as reader:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await reader.fetch("DELETE FROM committees")


async def test_a_read_inside_a_transaction_sees_its_changes_and_nobody_else_does(world: World) -> None:
    committee = Committee(code="A", name="甲", kind="township_subdistrict", created_at=NOW, updated_at=NOW)
    async with world.database.transaction() as session, world.database.reading() as outside:
        session.add(committee)
        await session.flush()
        assert await NAMES.rows(driver_connection(session)) == [{"name": "甲"}]
        assert await NAMES.rows(outside) == []
    async with world.database.reading() as outside:
        assert await NAMES.rows(outside) == [{"name": "甲"}]


async def test_what_fails_leaves_nothing(world: World) -> None:
    committee = Committee(code="A", name="甲", kind="township_subdistrict", created_at=NOW, updated_at=NOW)
    with suppress(ZeroDivisionError):
        async with world.database.transaction() as session:
            session.add(committee)
            await session.flush()
            raise ZeroDivisionError
    async with world.database.reading() as reader:
        assert await NAMES.rows(reader) == []


async def test_jsonb_is_the_same_on_both_kinds_of_connections(world: World) -> None:
    campaign = await world.campaign()
    query = Query(select(column("settings")).select_from(text("campaigns")))
    async with world.database.reading() as reader:
        outside = await query.one(reader)
    async with world.database.transaction() as session:
        inside = await query.one(driver_connection(session))
    assert outside == inside == {"settings": campaign.settings}


async def test_the_database_says_what_time_it_is(narrow: Database) -> None:
    async with narrow.transaction() as session:
        first, second = await narrow.now(session), await narrow.now(session)
    assert first < second, "not the instant at which the transaction began"
    assert abs(datetime.now(UTC) - first) < timedelta(seconds=5)


async def test_a_demonstration_clock_is_moved_and_runs(narrow: Database) -> None:
    narrow.clock = Clock(offset=timedelta(days=-4000))
    async with narrow.transaction() as session:
        first, second = await narrow.now(session), await narrow.now(session)
    assert first < second
    assert abs(datetime.now(UTC) - timedelta(days=4000) - first) < timedelta(seconds=5)


async def test_a_stopped_clock_stands_to_the_microsecond(narrow: Database) -> None:
    instant = datetime(2015, 9, 14, 15, 59, 59, 999_999, tzinfo=UTC)
    narrow.clock = Clock(offset=timedelta(days=1), stopped_at=instant)
    async with narrow.transaction() as session:
        assert await narrow.now(session) == instant


async def test_a_gate_serves_in_the_order_of_arrival() -> None:
    queue, served = FairQueue(2, queue_limit=100), list[int]()

    async def pass_through(number: int) -> None:
        async with queue.entered():
            served.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(pass_through(number) for number in range(50)))
    assert served == list(range(50))


async def test_a_gate_lets_no_newcomer_overtake() -> None:
    queue, served = FairQueue(1, queue_limit=100), list[str]()

    async def pass_through(name: str) -> None:
        async with queue.entered():
            served.append(name)

    async with queue.entered():
        waiting = asyncio.create_task(pass_through("waited"))
        await asyncio.sleep(0)
    newcomer = asyncio.create_task(pass_through("new"))
    await asyncio.gather(waiting, newcomer)
    assert served == ["waited", "new"]


async def test_a_gate_refuses_at_once_when_its_queue_is_full() -> None:
    queue = FairQueue(1, queue_limit=1)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(queue.entered())
        queued = asyncio.create_task(stack.enter_async_context(queue.entered()))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await stack.enter_async_context(queue.entered())
        assert refused.value.retry_after == 2
        queued.cancel()
        await asyncio.gather(queued, return_exceptions=True)
    async with queue.entered():
        pass


async def test_one_who_gives_up_waiting_gives_up_the_place() -> None:
    queue = FairQueue(1, queue_limit=1)
    async with queue.entered():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.entered().__aenter__(), 0.01)
    await asyncio.wait_for(queue.entered().__aenter__(), 60)


async def test_reads_and_changes_do_not_wait_for_each_other(narrow: Database) -> None:
    async with narrow.transaction() as session, narrow.reading() as reader:
        inside, outside = await PID.one(driver_connection(session)), await PID.one(reader)
    assert inside != outside


async def test_a_connection_that_broke_is_replaced(narrow: Database) -> None:
    async with narrow.reading() as reader:
        row = await PID.one(reader)
        async with narrow.transaction() as session:
            await session.execute(text("SELECT pg_terminate_backend(:pid)"), row)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
            await PID.one(reader)
    async with narrow.reading() as reader:
        assert await PID.one(reader) != row


ADDRESSES = Query(select(Endpoint.url))


async def test_a_context_reads_what_it_changed_and_flushes_only_then(world: World) -> None:
    endpoint = Endpoint(url="甲", description="", secret=b"", created_at=NOW, updated_at=NOW)
    async with world.acting(ANONYMOUS) as ctx:
        flushed = list[object]()
        event.listen(ctx.session.sync_session, "before_flush", lambda *_: flushed.append(1))
        assert await ctx.one(ADDRESSES) is None
        ctx.session.add(endpoint)
        assert await ctx.get(ADDRESSES) == {"url": "甲"}
        endpoint.url = "乙"
        assert await ctx.rows(ADDRESSES) == [{"url": "乙"}]
        await ctx.session.delete(endpoint)
        with pytest.raises(NotFound):
            await ctx.get(ADDRESSES)
        assert len(flushed) == 3, "one for each change, none for a read without any"


async def test_an_object_to_be_locked_must_be_there(world: World) -> None:
    made = await world.committee()
    one = select(Committee).where(Committee.id == bindparam("committee_id")).with_for_update()
    async with world.acting(ANONYMOUS) as ctx:
        assert (await ctx.lock(one, committee_id=made.id)).code == made.code
        assert await ctx.find(one, committee_id=uuid4()) is None
        with pytest.raises(NotFound):
            await ctx.lock(one, committee_id=uuid4())


async def test_a_view_gets_a_row_or_says_that_there_is_none(world: World) -> None:
    async with world.viewing(ANONYMOUS) as view:
        with pytest.raises(NotFound):
            await view.get(NAMES)
        await world.committee(name="甲")
        assert await view.get(NAMES) == {"name": "甲"}


class Eavesdropper:
    """A server without TLS, which keeps everything it is told."""

    def __init__(self) -> None:
        self.heard = b""

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard += await reader.read(8)
        writer.write(b"N")
        self.heard += await reader.read(1000)
        writer.close()


TLS_REQUEST = bytes.fromhex("0000000804d2162f")


async def opened(url: str) -> None:
    await Database(url).open()


async def changed(url: str) -> None:
    async with Database(url).transaction():
        raise AssertionError("there is no server")


@pytest.mark.parametrize("use", [opened, changed, revisions.current])
async def test_where_tls_is_asked_for_nothing_is_told_to_a_server_without_it(
    use: Callable[[str], Awaitable[object]],
) -> None:
    eavesdropper = Eavesdropper()
    async with await asyncio.start_server(eavesdropper.hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises((OSError, Unavailable)):
            await use(f"postgresql://pinpai_app:secret@127.0.0.1:{port}/pinpai?sslmode=require")
    assert eavesdropper.heard == TLS_REQUEST
