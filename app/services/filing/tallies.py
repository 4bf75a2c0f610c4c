"""Tallies: how many there are of something, as sums of what was counted up and down by the database itself."""

from sqlalchemy import ColumnElement, Integer, func, text

from app.database import Database
from app.models import Tally

UNFILED, FILED, AWARD = "unfiled", "filed", "award"
"""What is counted by its state: applications that were never filed, those that once were, and awards."""

_SUM_UP = text("""
    WITH subjects AS (
        SELECT subject_id FROM tallies GROUP BY subject_id, committee_id, dimension, code HAVING count(*) > 1 LIMIT 100
    ), taken AS (DELETE FROM tallies USING subjects WHERE tallies.subject_id = subjects.subject_id RETURNING tallies.*)
    INSERT INTO tallies (id, subject_id, committee_id, dimension, code, count)
    SELECT gen_random_uuid(), subject_id, committee_id, dimension, code, sum(count) FROM taken
    GROUP BY subject_id, committee_id, dimension, code HAVING sum(count) <> 0
""")


async def sum_up(database: Database) -> int:
    """Replace the tallies of what was counted of late by one of each kind, and return the number of these."""
    async with database.transaction() as session:
        done = await session.execute(_SUM_UP)
        return int(getattr(done, "rowcount", 0))


def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Sum the tallies that fulfil a condition."""
    return func.coalesce(func.sum(Tally.count).filter(condition), 0, type_=Integer)
