"""How Alembic reaches the database: as the owner, over the one driver, one migrator at a time."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.pool import NullPool

from app import migrating
from app.database import engine_on
from app.migrating import DEMONSTRATION, is_ours, provide
from app.models import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_server_default=True, include_name=is_ours
    )
    with context.begin_transaction():
        connection.execute(
            text(f"SELECT pg_advisory_xact_lock({migrating.ONE_MIGRATOR})")
        )  # for as long as another takes
        connection.execute(text(f"SET LOCAL lock_timeout = {round(migrating.LOCK_TIMEOUT_SECONDS * 1000)}"))
        context.run_migrations()
        if (demonstration := context.config.attributes.get(DEMONSTRATION)) is not None:
            provide(connection, demonstration=demonstration)


async def migrate() -> None:
    engine = engine_on(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(migrate())
