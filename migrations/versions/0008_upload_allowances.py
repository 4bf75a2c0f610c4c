"""The bytes each account has uploaded of late"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON upload_allowances TO pinpai_app;
    END IF;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "upload_allowances",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("upload_allowances_pkey")),
        sa.UniqueConstraint("account_id", name=op.f("upload_allowances_account_id_key")),
    )
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_table("upload_allowances")
