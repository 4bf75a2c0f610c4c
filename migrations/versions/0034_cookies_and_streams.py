"""A session may move into a browser's cookie, and notifications are numbered in the order of their commits"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Number what there is in any order: nobody has followed it yet."""
    op.execute("GRANT UPDATE (token_hash) ON sessions TO pinpai_app")
    op.add_column("notifications", sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.create_unique_constraint(op.f("notifications_position_key"), "notifications", ["position"])


def downgrade() -> None:
    op.drop_column("notifications", "position")
    op.execute("REVOKE UPDATE (token_hash) ON sessions FROM pinpai_app")
