"""Codes that were read from a scan"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("files", sa.Column("codes", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("files", "codes")
