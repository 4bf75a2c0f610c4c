"""The schema: brought to the newest revision, and compared with the one the code knows."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url

from app.keyring import Keyring
from app.models import Base
from app.revisions import SCRIPTS


def config(url: str, keyring: Keyring | None = None) -> Config:
    settings = Config(attributes={"keyring": keyring})
    settings.set_main_option("script_location", str(SCRIPTS))
    plain = make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    settings.set_main_option("sqlalchemy.url", plain.replace("%", "%%"))
    return settings


def upgrade(url: str, revision: str = "head", *, keyring: Keyring | None = None) -> None:
    """Bring the schema to this revision; several migrators wait for each other. Secrets it holds need the keys."""
    command.upgrade(config(url, keyring), revision)


def downgrade(url: str, revision: str, *, keyring: Keyring | None = None) -> None:
    command.downgrade(config(url, keyring), revision)


def drift(connection: Connection) -> list[object]:
    """Return the changes autogeneration would still make; empty when models and migrations agree."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), Base.metadata))


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """The job queue's tables are its own library's."""
    return kind != "table" or not (name or "").startswith("procrastinate_")
