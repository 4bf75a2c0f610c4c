"""Files remember whether what they show was painted of damaged data"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nobody looked at the files of before: nothing is said of them."""
    op.add_column("files", sa.Column("damaged", sa.Boolean(), nullable=False, server_default="false"))


def downgrade() -> None:
    op.drop_column("files", "damaged")
