from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.embedded import EmbeddedError, Servers, run
from tests.embedded.conftest import Supervisor, children, connect, eventually, kill

pytestmark = pytest.mark.thorough
"""Whole servers are started and killed."""


async def test_sqlalchemy_enters_as_the_app(servers: Servers) -> None:
    engine = create_async_engine(servers.database_url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT current_user"))).scalar() == "pinpai_app"
    await engine.dispose()


@pytest.mark.parametrize("password", ["wrong", ""])
async def test_a_wrong_password_is_refused(servers: Servers, password: str) -> None:
    for user in ("pinpai_app", "pinpai_owner", "postgres"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await connect(servers.database_url, user=user, password=password)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t ()",
        "CREATE TEMPORARY TABLE t ()",
        "CREATE SCHEMA s",
        "CREATE ROLE r",
        "CREATE DATABASE d",
        "ALTER ROLE pinpai_app SUPERUSER",
        "SET ROLE pinpai_owner",
        "SELECT rolpassword FROM pg_authid",
        "COPY (SELECT 1) TO PROGRAM 'id'",
    ],
)
async def test_the_app_may_not(servers: Servers, sql: str) -> None:
    connection = await connect(servers.database_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(sql)
    await connection.close()


async def test_the_app_has_what_the_owner_grants(servers: Servers) -> None:
    owner, app = await connect(servers.owner_database_url), await connect(servers.database_url)
    await owner.execute("CREATE TABLE granted (n int); GRANT SELECT, INSERT ON granted TO pinpai_app")
    await app.execute("INSERT INTO granted VALUES (7)")
    assert await app.fetchval("SELECT n FROM granted") == 7
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("DELETE FROM granted")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("CREATE ROLE r")
    await owner.execute("DROP TABLE granted")
    await owner.close()
    await app.close()


def test_the_server_is_set_for_data_that_last(servers: Servers) -> None:
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "TimeZone": "UTC",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "server_encoding": "UTF8",
    }
    assert {name: servers.postgres.administer(f"SHOW {name}") for name in expected} == expected
    assert servers.postgres.administer("SELECT DISTINCT auth_method FROM pg_hba_file_rules") == "scram-sha-256"
    assert servers.postgres.administer("SELECT count(*) FROM pg_authid WHERE rolpassword ~ '^SCRAM-SHA-256'") == "3"
    assert servers.postgres.administer("SELECT datlocale FROM pg_database WHERE datname = 'pinpai'") == "C.UTF-8"


async def test_a_database_is_cloned_from_a_template(servers: Servers) -> None:
    template = servers.create_database("template_of_tests")
    owner = await connect(template.owner_database_url)
    await owner.execute("CREATE TABLE kept AS SELECT 1 AS n; GRANT SELECT ON kept TO pinpai_app")
    await owner.close()
    copy = servers.create_database("copy", template="template_of_tests")
    app = await connect(copy.database_url)
    assert await app.fetchval("SELECT n FROM kept") == 1
    await app.close()
    copy.drop_database("copy")
    servers.drop_database("template_of_tests")
    assert "copy" not in servers.postgres.administer("SELECT datname FROM pg_database").split()


def test_a_refusal_of_the_server_is_one_error(servers: Servers) -> None:
    with pytest.raises(EmbeddedError, match="already exists"):
        servers.create_database("pinpai")


def test_the_server_is_back_after_kill_9(supervisor: Supervisor, servers: Servers) -> None:
    first = children(supervisor.data_dir, "postgres")[0]
    kill(first)
    eventually(lambda: servers.postgres.answers() and first not in children(supervisor.data_dir, "postgres"))


def test_a_long_path_and_a_false_pid_file_do_not_matter(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long-" * 20) / ("path-" * 20)
    with run(data_dir, durable=False, with_s3=False) as servers:
        assert servers.postgres.administer("SHOW fsync") == "off"
        pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
        named = pid_file.read_text()
        stranger = children(data_dir, "postgres")[-1]
    pid_file.write_text(named.replace(named.splitlines()[0], str(stranger), 1))
    with run(data_dir, durable=False, with_s3=False) as servers:
        assert servers.postgres.answers()


def test_another_major_version_is_refused(tmp_path: Path) -> None:
    with run(tmp_path, durable=False, with_s3=False):
        pass
    (tmp_path / "postgres" / "cluster" / "PG_VERSION").write_text("15\n")
    with (
        pytest.raises(EmbeddedError, match=r"were written by PostgreSQL 15 and the installed one is 18\."),
        run(tmp_path),
    ):
        pass


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with run(tmp_path, durable=False, with_s3=False):
        pass
    (tmp_path / "postgres" / "cluster" / "postgresql.conf").write_text("nonsense = 1\n")
    with (
        pytest.raises(EmbeddedError, match=r"PostgreSQL does not start: .*postgresql.conf.*postgres\.log"),
        run(tmp_path, with_s3=False),
    ):
        pass
