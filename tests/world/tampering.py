"""The database's owner as an attacker: nothing that the database itself refuses stands in the way."""

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
