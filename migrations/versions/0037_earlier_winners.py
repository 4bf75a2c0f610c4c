"""Awards of years before the system, and how those given here are found by the name of their brand"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIMITS = (
    *("minimum_filed", "maximum_filed", "images_minimum", "images_maximum", "narrative_minimum", "narrative_maximum"),
    *("brand_name_length", "leader_name_length", "leader_title_length"),
    *("innovation_length", "practices_length", "effects_length"),
)
BY_BRAND = "application_versions_comparable_brand_idx"
STANDING = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "earlier_wins",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("comparable_unit_name", sa.Text(), nullable=False),
        sa.Column("brand_name", sa.Text(), nullable=True),
        sa.Column("comparable_brand_name", sa.Text(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("earlier_wins_entered_by_fkey")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("earlier_wins_revoked_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("earlier_wins_pkey")),
    )
    op.create_index(
        op.f("earlier_wins_standing_key"),
        "earlier_wins",
        ["year", "kind", "grade", "comparable_unit_name", "comparable_brand_name"],
        unique=True,
        postgresql_where=STANDING,
        postgresql_nulls_not_distinct=True,
    )
    for column in ("comparable_unit_name", "comparable_brand_name"):
        op.create_index(op.f(f"earlier_wins_{column}_idx"), "earlier_wins", [column], postgresql_where=STANDING)
    op.create_index(BY_BRAND, "application_versions", [sa.text("comparable(brand_name)")])
    _dated("earlier_wins", ["entered_at", "revoked_at"])
    _may_be("exemptions", "kind", "limitkind", (*LIMITS, "earlier_winners"))


def downgrade() -> None:
    """The records are gone, and exemptions from what nothing asks for."""
    op.execute("ALTER TABLE exemptions DISABLE TRIGGER USER")
    op.execute("DELETE FROM exemptions WHERE kind = 'earlier_winners'")
    op.execute("ALTER TABLE exemptions ENABLE TRIGGER USER")
    _may_be("exemptions", "kind", "limitkind", LIMITS)
    op.drop_index(BY_BRAND, "application_versions")
    op.drop_table("earlier_wins")


def _may_be(table: str, column: str, name: str, values: Sequence[str]) -> None:
    op.drop_constraint(op.f(f"{table}_{name}_check"), table)
    op.create_check_constraint(op.f(f"{table}_{name}_check"), table, sa.column(column).in_(values))


def _dated(table: str, columns: Sequence[str]) -> None:
    changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in columns]
    _trigger(table, "inserted_now", "INSERT", " OR ".join(map(_not_now, columns)))
    _trigger(table, "changed_now", f"UPDATE OF {', '.join(columns)}", " OR ".join(changed))


def _trigger(table: str, name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
