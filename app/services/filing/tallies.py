"""Tallies: how many there are of something, as sums of what was counted up and down by the database itself."""

from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Integer, func, or_, select, text

from app.database import Database
from app.models import Tally
from app.services.pages import Rows

UNFILED, FILED, RECONSIDERED, AWARD = "unfiled", "filed", "reconsidered", "award"
"""What is counted by its state: applications that were never filed, that once were, and awards.

Applications that their committee took back and considers again are counted apart from the others that were filed.
"""

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


ONCE_FILED = or_(Tally.dimension == FILED, Tally.dimension == RECONSIDERED)
APPLICATIONS = or_(ONCE_FILED, Tally.dimension == UNFILED)
"""Each application is counted once in them."""


def of_committees(campaign_id: BindParameter[UUID], *figures: ColumnElement[int]) -> Rows:
    """Sum the applications of a campaign up by committee; one that has none any more is not among them."""
    return (
        select(Tally.committee_id, *figures)
        .where(Tally.subject_id == campaign_id, APPLICATIONS)
        .group_by(Tally.committee_id)
        .having(func.sum(Tally.count) > 0)
    )


def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Sum the tallies that fulfil a condition."""
    return func.coalesce(func.sum(Tally.count).filter(condition), 0, type_=Integer)
