"""The schema: brought to the newest revision, and compared with the one the code knows."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, text

from app.keyring import Keyring
from app.models import Base
from app.models.rights import ROLE, grants
from app.revisions import SCRIPTS, newest

DEMONSTRATION = "demonstration"
_AT_ANY_TIME = text(
    """
    SELECT format('ALTER TABLE %s %s TRIGGER %I', tgrelid::regclass, CAST(:verb AS text), tgname)
    FROM pg_trigger WHERE tgname IN ('inserted_now', 'changed_now') AND CAST(tgenabled AS text) <> :state
    """
)
_SERVED_BY_ANOTHER = text(f"SELECT current_user <> '{ROLE}' AND to_regrole('{ROLE}') IS NOT NULL")


def config(url: str, keyring: Keyring | None = None) -> Config:
    settings = Config(attributes={"keyring": keyring})
    settings.set_main_option("script_location", str(SCRIPTS))
    plain = make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    settings.set_main_option("sqlalchemy.url", plain.replace("%", "%%"))
    return settings


def upgrade(url: str, revision: str = "head", *, keyring: Keyring | None = None, demonstration: bool = False) -> None:
    """Bring the schema to this revision, and the rights to what it needs; several migrators wait for each other.

    Secrets it holds need the keys. Under a demonstration's clock the database cannot vouch for instants: it takes any.
    """
    settings = config(url, keyring)
    settings.attributes[DEMONSTRATION] = demonstration
    command.upgrade(settings, revision)


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
