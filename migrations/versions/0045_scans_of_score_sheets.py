"""Scans of score sheets (评分表扫描件), and rounds in which no sheet is checked without one"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0045"
down_revision: str | None = "0044"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("rounds", sa.Column("scans_needed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("rounds", "scans_needed", server_default=None)
    op.create_check_constraint(op.f("rounds_scans_of_live_check"), "rounds", "kind = 'live' OR NOT scans_needed")
    op.add_column("reviews", sa.Column("scan_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("reviews_scan_id_fkey"), "reviews", "files", ["scan_id"], ["id"])
    op.create_unique_constraint(op.f("reviews_scan_id_key"), "reviews", ["scan_id"])
    op.create_check_constraint(
        op.f("reviews_scan_of_sheet_check"), "reviews", "scan_id IS NULL OR entered_by IS NOT NULL"
    )


def downgrade() -> None:
    """The scans are cleared away; the history keeps their digests."""
    op.execute("""
        UPDATE files SET state = 'condemned', state_since = clock_timestamp()
        WHERE id IN (SELECT scan_id FROM reviews)
    """)
    op.drop_column("reviews", "scan_id")
    op.drop_column("rounds", "scans_needed")
