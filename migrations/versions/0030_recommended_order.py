"""The recommended order (推荐排序) that a committee gives with what it files"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("filings", sa.Column("recommended_order", ARRAY(sa.Uuid()), nullable=True))
    op.create_index("ix_filings_recommended_order", "filings", ["recommended_order"], postgresql_using="gin")
    op.create_index(
        "ix_filings_orders",
        "filings",
        ["campaign_id", "committee_id", "filed_at", "id"],
        postgresql_where=sa.text("recommended_order IS NOT NULL"),
    )


def downgrade() -> None:
    """Filings stay with their receipts; their order is in the history alone then."""
    op.drop_column("filings", "recommended_order")
