"""Programmes (系列活动): campaigns of one notice, its entries and batches, in their order"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "programmes",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("programmes_pkey")),
    )
    op.add_column("campaigns", sa.Column("programme_id", sa.Uuid(), nullable=True))
    op.add_column("campaigns", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("campaigns", sa.Column("entry", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("batch", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("campaigns_programme_id_fkey"), "campaigns", "programmes", ["programme_id"], ["id"])
    op.create_check_constraint(
        op.f("campaigns_placed_check"), "campaigns", "num_nulls(programme_id, position) IN (0, 2)"
    )
    op.create_index(op.f("campaigns_programme_id_position_idx"), "campaigns", ["programme_id", "position"])


def downgrade() -> None:
    """The campaigns stay, each by itself."""
    for column in ("batch", "entry", "position", "programme_id"):
        op.drop_column("campaigns", column)
    op.drop_table("programmes")
