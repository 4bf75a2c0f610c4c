"""Units that no committee stands above"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("committees", sa.Column("direct", sa.Boolean(), nullable=False, server_default="false"))
    standing = sa.text("direct AND retired_at IS NULL")
    op.create_index("committees_direct_key", "committees", ["direct"], unique=True, postgresql_where=standing)


def downgrade() -> None:
    op.drop_column("committees", "direct")
