"""The day of the last renaming may be corrected"""

from collections.abc import Sequence

from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("GRANT UPDATE (until) ON former_names TO pinpai_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (until) ON former_names FROM pinpai_app")
