"""The schema: brought to the newest revision, and compared with the one the code knows."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.models import Base

SCRIPTS = Path(__file__).parent.parent / "migrations"


def config(url: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    plain = make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    settings.set_main_option("sqlalchemy.url", plain.replace("%", "%%"))
    return settings


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to this revision; several migrators wait for each other."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(config(url), revision)


def newest() -> str | None:
    """The revision this code was written for."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


async def current(url: str) -> str | None:
    """The revision the database is at."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    async with engine.connect() as connection:
        revision = await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())
    await engine.dispose()
    return revision


def drift(connection: Connection) -> list[object]:
    """What autogeneration would still change; empty when models and migrations agree."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), Base.metadata))


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """The job queue's tables are its own library's."""
    return kind != "table" or not (name or "").startswith("procrastinate_")
