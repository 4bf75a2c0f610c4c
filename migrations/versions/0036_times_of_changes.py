"""Indexes of the times of changes, for lists of what changed since an instant"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("accounts", "applications", "plans", "reviews", "units")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(op.f(f"{table}_updated_at_idx"), table, ["updated_at"])
    once_filed = sa.text("filed_version_id IS NOT NULL")
    op.create_index(op.f("applications_filed_at_idx"), "applications", ["filed_at"], postgresql_where=once_filed)


def downgrade() -> None:
    op.drop_index(op.f("applications_filed_at_idx"), "applications")
    for table in reversed(TABLES):
        op.drop_index(op.f(f"{table}_updated_at_idx"), table)
