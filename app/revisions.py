"""Revisions of the schema: the one this code needs, and the one a database has.

Serving asks for both; only `migrating` carries the library that moves from one to the other.
"""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.pool import NullPool

from app.database import engine_on

SCRIPTS = Path(__file__).parent.parent / "migrations"
_KNOWN = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_CURRENT = text("SELECT version_num FROM alembic_version")


def newest() -> str:
    """Return the revision this code was written for: scripts are numbered by their revision."""
    return max(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("*.py"))


async def current(url: str) -> str | None:
    """Return the revision the database is at; None before the first migration."""
    engine = engine_on(url, poolclass=NullPool)
    async with engine.connect() as connection:
        known = await connection.scalar(_KNOWN)
        revision: str | None = await connection.scalar(_CURRENT) if known else None
    await engine.dispose()
    return revision
