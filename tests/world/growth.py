"""A database made larger than any test could play: what happened in it, copied many times within the same campaign."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint, Uuid

from app.embedded import Servers
from app.models import Base
from app.models.rights import instants

KEPT = {
    *("accounts", "campaigns", "commendations", "committees", "endpoints", "factors", "grants", "participations"),
    *("plans", "planned_cases", "recovery_codes", "reviewers", "rounds", "sessions", "tallies", "units"),
    "vocabularies",
}
"""Rows that stay the only ones of their kind: it is what belongs to them that grows.

Tallies are summed up, so that there is one of each kind, whatever its number.
"""
_WRITTEN = "original.round_id IN (SELECT id FROM rounds WHERE kind = 'written')"
COPIED = dict.fromkeys(("exemptions", "extensions"), "original.application_id IS NOT NULL") | dict.fromkeys(
    ("assignments", "round_entries"), _WRITTEN
)
"""Rows that are copied, where not all are.

Those of a committee stay the only ones, each looser than the one before; and what a live round has, which is one
judge's, who would have most of all that is assigned.
"""
_CLONED = """
CREATE FUNCTION cloned(id uuid, copy int) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN id IS NULL OR EXISTS (SELECT FROM kept WHERE kept.id = $1) THEN id
    ELSE (lpad(to_hex(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint + copy * 60000), 12, '0')
        || '7' || right(md5(id::text || copy), 19))::uuid END
$$
"""
"""Each copy is a minute younger than the one before, so that in the order of time all lie mixed."""


def multiply(servers: Servers, first: int, last: int) -> None:
    """Add copies with these numbers of every row that is not kept; the planner's statistics are new afterwards.

    It is done as the superuser, for whom no trigger and no foreign key is in force.
    """
    copied = [table for table in Base.metadata.sorted_tables if table.name not in KEPT]
    kept = " UNION ".join(f"SELECT id FROM {name}" for name in sorted(KEPT))
    statements = [
        "SET session_replication_role = replica",
        "DROP FUNCTION IF EXISTS cloned",
        "DROP TABLE IF EXISTS kept",
        f"CREATE TABLE kept AS {kept}",
        "CREATE INDEX ON kept (id)",
        _CLONED,
        *(f"CREATE TABLE IF NOT EXISTS original_{table.name} AS TABLE {table.name}" for table in copied),
        *(_copy(table, first, last) for table in copied),
        "VACUUM ANALYZE",
    ]
    servers.postgres.administer(";\n".join(statements), servers.database)


def _copy(table: Table, first: int, last: int) -> str:
    columns = [column for column in table.columns if column.computed is None]
    names = ", ".join(column.name for column in columns)
    values = ", ".join(_value(column) for column in columns)
    copies = f"generate_series({first}, {last}) AS copy"
    inserted = f"INSERT INTO {table.name} ({names}) OVERRIDING SYSTEM VALUE"
    deferrable = any(isinstance(each, UniqueConstraint) and each.deferrable for each in table.constraints)
    conflict = "" if deferrable else " ON CONFLICT DO NOTHING"
    which = COPIED.get(table.name, "true")
    return f"{inserted} SELECT {values} FROM original_{table.name} AS original, {copies} WHERE {which}{conflict}"


def _value(column: Column[Any]) -> str:
    if column.name in instants(column.table):
        return f"original.{column.name} + copy * interval '1 min'"
    if column.name.endswith("sha256"):
        return f"encode(sha256(convert_to(original.{column.name} || copy, 'UTF8')), 'hex')"
    if isinstance(column.type, Uuid):
        return f"cloned(original.{column.name}, copy)"
    if column.name in _alone(column.table):
        if isinstance(column.type, Integer):
            return f"original.{column.name} + copy * 1000000"
        suffix = "('-' || copy)" if isinstance(column.type, Text) else "convert_to('-' || copy, 'UTF8')"
        return f"original.{column.name} || {suffix}"
    return f"original.{column.name}"


def _alone(table: Table) -> Iterator[str]:
    """The columns that are unique by themselves."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) == 1:
            yield from constraint.columns.keys()
    for index in table.indexes:
        if index.unique and len(index.columns) == 1:
            yield from index.columns.keys()
    if len(table.primary_key.columns) == 1:
        yield from table.primary_key.columns.keys()
