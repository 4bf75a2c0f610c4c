"""The database's owner as an attacker: nothing that the database itself refuses stands in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""
_GUARDS = """
    SELECT tgrelid::regclass::text AS relation, tgname AS name FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled = 'O' AND tgrelid::regclass::text NOT LIKE 'procrastinate%'
"""


async def tamper(owner: Owner, *statements: str) -> None:
    """Run statements with every trigger out of the way, and put these back."""
    async with owner.transaction():
        guards = await owner.fetch(_GUARDS)
        for guard in guards:
            await owner.execute(f"ALTER TABLE {guard['relation']} DISABLE TRIGGER {guard['name']}")
        for statement in statements:
            await owner.execute(statement)
        await owner.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or what is still to be checked forbids the next
        for guard in guards:
            await owner.execute(f"ALTER TABLE {guard['relation']} ENABLE TRIGGER {guard['name']}")


@asynccontextmanager
async def unguarded(owner: Owner) -> AsyncIterator[None]:
    """Nothing that is done meanwhile meets a trigger, and nothing of it stays."""
    undone = owner.transaction()
    await undone.start()
    for guard in await owner.fetch(_GUARDS):
        await owner.execute(f"ALTER TABLE {guard['relation']} DISABLE TRIGGER {guard['name']}")
    yield
    await undone.rollback()


@asynccontextmanager
async def planted(owner: Owner, *statements: str) -> AsyncIterator[None]:
    """Something wrong for a moment, among what is unguarded."""
    undone = owner.transaction()
    await undone.start()
    for statement in statements:
        await owner.execute(statement)
    yield
    await undone.rollback()
