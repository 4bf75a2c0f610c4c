"""Rows of a plan that a revision has left out, and that the plan as it was submitted still has"""

from collections.abc import Sequence

from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("planned_cases", "position", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM planned_cases WHERE position IS NULL")
    op.alter_column("planned_cases", "position", nullable=False)
