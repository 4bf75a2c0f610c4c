"""The rights of the application's role, table by table, on a database that keeps real time."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from app import migrating
from app.embedded import Servers
from app.models import Base
from app.models.rights import ITS_OWN, RIGHTS, ROLE, Rights, instants
from tests.fixtures import copied

TABLES = Base.metadata.sorted_tables
DATED = [(table.name, column) for table in TABLES for column in instants(table)]
AGES = (timedelta(days=365), timedelta(minutes=15, seconds=5), -timedelta(minutes=2))
"""A request's instant is that of its head, so it may be some minutes old."""
Connection = Any
"""asyncpg's connection, which is generic for the type checker only."""


@pytest.fixture(scope="module")
def dated(migrated: Servers) -> Iterator[Servers]:
    """A database whose instants are the real ones."""
    with copied(migrated) as own:
        migrating.upgrade(own.owner_database_url)
        yield own


async def connect(url: str) -> Connection:
    return await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


@pytest_asyncio.fixture(loop_scope="session")
async def app_role(dated: Servers) -> AsyncIterator[Connection]:
    connection = await connect(dated.database_url)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def its_owner(dated: Servers) -> AsyncIterator[Connection]:
    connection = await connect(dated.owner_database_url)
    yield connection
    await connection.close()


GRANTED = f"""
    SELECT table_name, privilege_type, column_name FROM information_schema.column_privileges
    WHERE grantee = '{ROLE}' AND table_schema = 'public'
    UNION ALL SELECT table_name, privilege_type, NULL FROM information_schema.table_privileges
    WHERE grantee = '{ROLE}' AND table_schema = 'public' AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE')
"""


async def test_the_role_has_the_declared_rights_and_no_other(its_owner: Connection) -> None:
    granted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for table, verb, column in await its_owner.fetch(GRANTED):
        granted[table][verb].add(column)
    found = {table: dict(verbs) for table, verbs in granted.items() if table not in ITS_OWN}
    declared = {table.name: _declared(table.name, {column.name for column in table.columns}) for table in TABLES}
    assert found == declared | {"alembic_version": {"SELECT": {"version_num"}}}


def _declared(name: str, columns: set[str]) -> dict[str, set[str | None]]:
    rights = RIGHTS.get(name, Rights())
    changed = columns if rights.update is None else set(rights.update)
    every: dict[str, set[str | None]] = {
        "SELECT": {*columns},
        "INSERT": {*(columns - set(rights.filled))},
        "UPDATE": {*changed},
        "DELETE": {None} if rights.delete else set(),
    }
    return {verb: which for verb, which in every.items() if which}


def test_rights_are_declared_of_tables_there_are_and_of_no_column_twice() -> None:
    assert RIGHTS.keys() <= {table.name for table in TABLES}
    for name, rights in RIGHTS.items():
        columns = {column.name for column in Base.metadata.tables[name].columns}
        assert columns >= {*(rights.update or ()), *rights.filled}


async def refused(connection: Connection, statement: str, *args: object) -> str:
    """The kind of refusal, or `done`; whatever it did is taken back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement, *args)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.GeneratedAlwaysError):
        return "forbidden"
    except asyncpg.IntegrityConstraintViolationError as error:
        return "not now" if "not now" in str(error) else type(error).__name__
    finally:
        await transaction.rollback()
    return "done"


@pytest.mark.parametrize("table", [table.name for table in TABLES])
async def test_every_verb_does_what_is_declared(app_role: Connection, table: str) -> None:
    rights, columns = RIGHTS.get(table, Rights()), Base.metadata.tables[table].columns
    for column, made in columns.items():
        may = made.computed is None and (rights.update is None or column in rights.update)
        answer = await refused(app_role, f'UPDATE {table} SET "{column}" = "{column}" WHERE false')
        assert answer == ("done" if may else "forbidden"), column
    assert await refused(app_role, f"DELETE FROM {table} WHERE false") == ("done" if rights.delete else "forbidden")
    assert await refused(app_role, f"TRUNCATE {table}") == "forbidden"


@pytest.mark.parametrize(("table", "column"), DATED)
async def test_no_row_is_inserted_with_the_instant_of_another_day(
    app_role: Connection, table: str, column: str
) -> None:
    for age in AGES:
        statement = f"INSERT INTO {table} ({column}) VALUES (clock_timestamp() - $1::interval)"
        assert await refused(app_role, statement, age) == "not now"
    now = await refused(app_role, f"INSERT INTO {table} ({column}) VALUES (clock_timestamp())")
    assert now in {"NotNullViolationError", "done", "CheckViolationError", "ForeignKeyViolationError"}


CHANGED_NOW = """
    SELECT tgrelid::regclass::text, attname FROM pg_trigger, unnest(tgattr) AS number
    JOIN pg_attribute ON attnum = number WHERE attrelid = tgrelid AND tgname = 'changed_now' AND tgenabled = 'O'
"""


async def test_every_instant_is_watched_when_it_is_changed_too(its_owner: Connection) -> None:
    assert {tuple(row) for row in await its_owner.fetch(CHANGED_NOW)} == set(DATED)


async def test_a_change_is_not_dated_back(app_role: Connection) -> None:
    """The committee stands for every table: the trigger is the same."""
    made = "INSERT INTO committees (id, code, name, kind, version, created_at, updated_at) VALUES"
    retire = "UPDATE committees SET retired_at = clock_timestamp() - $1::interval"
    transaction = app_role.transaction()
    await transaction.start()
    await app_role.execute(f"{made} (gen_random_uuid(), 'A', 'A', 'district_direct', 1, now(), now())")
    assert await refused(app_role, retire, timedelta(days=1)) == "not now"
    assert await refused(app_role, retire, timedelta()) == "done"
    await transaction.rollback()


HAPPENED = """
    INSERT INTO audit_events (id, at, action, subject_type, subject_id, actor_role, actor_name, request_id, data{more})
    VALUES (gen_random_uuid(), now(), 'x.y', 'x', gen_random_uuid(), 'office', '', gen_random_uuid(), '{{}}'{values})
"""


@pytest.mark.parametrize("column", ["transaction", "ordinal", "sequence", "mac"])
async def test_the_place_of_an_event_is_not_its_writers_to_choose(app_role: Connection, column: str) -> None:
    value = "''" if column == "mac" else "1"
    assert await refused(app_role, HAPPENED.format(more=f", {column}", values=f", {value}")) == "forbidden"
    assert await refused(app_role, HAPPENED.format(more="", values="")) == "done"


@pytest.mark.parametrize("number", ["NULL", "2", "sequence + 1"])
@pytest.mark.parametrize("mac", ["NULL", "'other'"])
async def test_an_event_is_numbered_once(app_role: Connection, number: str, mac: str) -> None:
    transaction = app_role.transaction()
    await transaction.start()
    await app_role.execute(HAPPENED.format(more="", values=""))
    assert await refused(app_role, "UPDATE audit_events SET sequence = 1") != "done"
    assert await refused(app_role, "UPDATE audit_events SET mac = 'one'") != "done"
    await app_role.execute("UPDATE audit_events SET sequence = 1, mac = 'one'")
    assert await refused(app_role, f"UPDATE audit_events SET sequence = {number}, mac = {mac}") != "done"
    await transaction.rollback()


async def test_a_database_under_a_demonstrations_clock_takes_any_instant_until_it_keeps_time_again(
    dated: Servers, app_role: Connection
) -> None:
    last_year = "INSERT INTO audit_events (at) VALUES (now() - interval '1 year')"
    for demonstration, answer in ((True, "NotNullViolationError"), (False, "not now")):
        await asyncio.to_thread(lambda: migrating.upgrade(dated.owner_database_url, demonstration=demonstration))  # noqa: B023
        assert await refused(app_role, last_year) == answer
