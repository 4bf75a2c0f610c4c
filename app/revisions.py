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


def mismatch(found: str | None) -> str | None:
    """Say in one sentence why this program does not serve a schema at this revision; None if it does."""
    expected = newest()
    if found is not None and found > expected:
        return (
            f"The schema is at {found}, this program knows {expected}: a later one has upgraded it. "
            "Install that again. There is no way down but a backup of before."
        )
    if found != expected:
        return f"The schema is at {found}, this program needs {expected}: run `pinpai migrate`."
    return None
