"""Campaigns that machine clients may read, and names compared in one form"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT ON grants TO pinpai_app;
        REVOKE UPDATE, DELETE ON grants FROM pinpai_app;
        GRANT UPDATE (revoked_at, revoked_by) ON grants TO pinpai_app;
    END IF;
END $$
"""
"""The application ends a grant, and cannot make another of it."""
CLIENTS = "SELECT a.id AS account_id, c.id AS campaign_id FROM accounts a, campaigns c WHERE a.role = 'municipal'"
"""Clients of before there were grants saw every campaign: they keep what they had, and the office may end it."""
KEEP = """
INSERT INTO grants (id, account_id, campaign_id, granted_at) VALUES (:id, :account_id, :campaign_id, now())
"""


def upgrade() -> None:
    op.create_table(
        "grants",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("grants_account_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("grants_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("grants_granted_by_fkey")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("grants_revoked_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("grants_pkey")),
    )
    op.create_index(
        "grants_standing_key",
        "grants",
        ["account_id", "campaign_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(op.f("grants_campaign_id_idx"), "grants", ["campaign_id"])
    op.execute(GRANTS)
    connection = op.get_bind()
    for row in connection.execute(sa.text(CLIENTS)).mappings().all():
        connection.execute(sa.text(KEEP), {"id": uuid7(), **row})


def downgrade() -> None:
    op.drop_table("grants")
