"""The cases that a plan is measured by, and the values that events of the history changed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT INSERT (changes) ON audit_events TO pinpai_app;
    END IF;
END $$
"""
"""The application writes the values with the event, and changes them no more."""


def upgrade() -> None:
    op.add_column("plans", sa.Column("promised_cases", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("audit_events", sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_column("audit_events", "changes")
    op.drop_column("plans", "promised_cases")
