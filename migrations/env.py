"""How Alembic reaches the database: as the owner, over the one driver, one migrator at a time."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.pool import NullPool

from app.database import engine_on
from app.migrating import DEMONSTRATION, is_ours, provide
from app.models import Base

ONE_MIGRATOR = 5_703_114


def run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_server_default=True, include_name=is_ours
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_MIGRATOR})"))
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
