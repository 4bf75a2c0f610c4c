"""The schema: brought to the newest revision, and compared with the one the code knows."""

import asyncio

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.database import Trouble, engine_on, trouble_of
from app.keyring import Keyring
from app.models import Base
from app.models.rights import ROLE, grants
from app.refusal import Refusal
from app.revisions import SCRIPTS, current, mismatch, newest

DEMONSTRATION = "demonstration"
ONE_MIGRATOR = 5_703_114
"""The number of the lock that migrators take by turns."""
LOCK_TIMEOUT, LOCK_TIMEOUT_SECONDS = "55P03", 5.0
"""How long a migration waits for a table; requests that want the table wait behind it as long."""
_AT_ANY_TIME = text(
    """
    SELECT format('ALTER TABLE %s %s TRIGGER %I', tgrelid::regclass, CAST(:verb AS text), tgname)
    FROM pg_trigger WHERE tgname IN ('inserted_now', 'changed_now') AND CAST(tgenabled AS text) <> :state
    """
)
_SERVED_BY_ANOTHER = text(f"SELECT current_user <> '{ROLE}' AND to_regrole('{ROLE}') IS NOT NULL")
_HOLDERS = text(
    """
    SELECT DISTINCT pid || ' (' || usename || ')' FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'relation' AND granted AND datname = current_database() AND pid <> pg_backend_pid() ORDER BY 1
    """
)


def config(url: str, keyring: Keyring | None = None) -> Config:
    settings = Config(attributes={"keyring": keyring})
    settings.set_main_option("script_location", str(SCRIPTS))
    plain = make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    settings.set_main_option("sqlalchemy.url", plain.replace("%", "%%"))
    return settings


def upgrade(url: str, revision: str = "head", *, keyring: Keyring | None = None, demonstration: bool = False) -> None:
    """Bring the schema to this revision, and the rights to what it needs; several migrators wait for each other.

    Secrets it holds need the keys. Under a demonstration's clock the database cannot vouch for instants: it takes any.
    What cannot be done now is refused, and then nothing is changed.
    """
    settings = config(url, keyring)
    settings.attributes[DEMONSTRATION] = demonstration
    try:
        command.upgrade(settings, revision)
    except CommandError:
        found = asyncio.run(current(url))
        if found is not None and found > newest() and (reason := mismatch(found)):
            raise Refusal(reason) from None
        raise
    except (DBAPIError, OSError) as error:
        if (trouble := trouble_of(error)) is None:
            raise
        raise Refusal(_refusal(url, trouble, error)) from None


def _refusal(url: str, trouble: Trouble, error: BaseException) -> str:
    if trouble is Trouble.AWAY:
        return f"The database cannot be reached: {error}."
    if trouble is Trouble.FULL:
        return "The disk of the database is full: nothing is changed."
    if getattr(getattr(error, "orig", error), "sqlstate", None) != LOCK_TIMEOUT:
        return "The database gave this attempt up: nothing is changed, and serving goes on. Run it again."
    holders = ", ".join(asyncio.run(_holders(url))) or "none any more"
    return (
        f"A table was not free within {LOCK_TIMEOUT_SECONDS:g} s: nothing is changed, and serving goes on. "
        f"Sessions that hold tables now: {holders}. Run it again when they have ended."
    )


async def _holders(url: str) -> list[str]:
    """Name the sessions that hold a table: process and role, which every role may see."""
    engine = engine_on(url, poolclass=NullPool)
    async with engine.connect() as connection:
        holders = [str(each) for each in await connection.scalars(_HOLDERS)]
    await engine.dispose()
    return holders


def upgrade_within(connection: Connection, keyring: Keyring, *, demonstration: bool) -> None:
    """Do the same in the transaction of this connection."""
    settings = config("postgresql://", keyring)
    settings.attributes |= {DEMONSTRATION: demonstration, "connection": connection}
    command.upgrade(settings, "head")


def downgrade(url: str, revision: str, *, keyring: Keyring | None = None) -> None:
    command.downgrade(config(url, keyring), revision)


def provide(connection: Connection, *, demonstration: bool) -> None:
    """Give the application's role the rights that the models declare, and let the triggers on instants be as asked."""
    if MigrationContext.configure(connection).get_current_revision() != newest():
        return  # on its way: the last step comes here again
    if connection.scalar(_SERVED_BY_ANOTHER):
        for statement in grants():
            connection.execute(text(statement))
    wanted = {"verb": "DISABLE", "state": "D"} if demonstration else {"verb": "ENABLE", "state": "O"}
    for statement in connection.scalars(_AT_ANY_TIME, wanted).all():
        connection.execute(text(statement))


def drift(connection: Connection) -> list[object]:
    """Return the changes autogeneration would still make; empty when models and migrations agree."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), Base.metadata))


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """The job queue's tables are its own library's."""
    return kind != "table" or not (name or "").startswith("procrastinate_")
