"""Awards for units and for persons"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ("to_unit_id", "to_unit_name", "person_name", "comparable_person_name", "person_title", "person_namesake")
STANDS = "status NOT IN ('dropped', 'revoked')"
CHECK = "awards_unit_or_person_check"


def upgrade() -> None:
    op.add_column("awards", sa.Column("to_unit_id", sa.Uuid(), nullable=True))
    for name in COLUMNS[1:-1]:
        op.add_column("awards", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("awards", sa.Column("person_namesake", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("awards", "person_namesake", server_default=None)
    op.create_foreign_key(op.f("awards_to_unit_id_fkey"), "awards", "units", ["to_unit_id"], ["id"])
    op.create_check_constraint(
        op.f(CHECK),
        "awards",
        "(to_unit_id IS NULL) = (to_unit_name IS NULL) "
        "AND (person_name IS NULL) = (comparable_person_name IS NULL) "
        "AND (application_id IS NULL OR num_nonnulls(to_unit_id, person_name) = 0) "
        "AND (person_name IS NOT NULL OR person_title IS NULL)",
    )
    op.create_index(op.f("awards_to_unit_id_id_idx"), "awards", ["to_unit_id", "id"])
    op.drop_index("awards_standing_committee_key", "awards")
    _standing("committee", ["to_committee_id"], "to_unit_id IS NULL AND person_name IS NULL")
    _standing("unit", ["to_unit_id"], "person_name IS NULL")
    _standing(
        "person",
        [sa.text("coalesce(to_unit_id, to_committee_id)"), "comparable_person_name", "person_namesake"],
        "person_name IS NOT NULL",
    )


def downgrade() -> None:
    """Awards for units and persons are gone, with the objections to them."""
    op.execute("""
        DELETE FROM objections USING awards a WHERE a.id = award_id
        AND (a.to_unit_id IS NOT NULL OR a.person_name IS NOT NULL)
    """)
    op.execute("DELETE FROM awards WHERE to_unit_id IS NOT NULL OR person_name IS NOT NULL")
    for sort in ("person", "unit", "committee"):
        op.drop_index(f"awards_standing_{sort}_key", "awards")
    op.drop_constraint(op.f(CHECK), "awards")
    for name in COLUMNS:
        op.drop_column("awards", name)
    op.create_index(
        "awards_standing_committee_key",
        "awards",
        ["campaign_id", "kind", "to_committee_id"],
        unique=True,
        postgresql_where=sa.text(STANDS),
    )


def _standing(sort: str, columns: list[str | sa.TextClause], condition: str) -> None:
    op.create_index(
        f"awards_standing_{sort}_key",
        "awards",
        ["campaign_id", "kind", *columns],
        unique=True,
        postgresql_where=sa.text(f"{STANDS} AND {condition}"),
    )
