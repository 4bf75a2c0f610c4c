"""What a committee has put forward, counted along an index"""

from collections.abc import Sequence

from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "applications_committee_id_campaign_id_status_idx"
COLUMNS = ["committee_id", "campaign_id", "status"]


def upgrade() -> None:
    op.drop_index(NAME, "applications")
    op.create_index(NAME, "applications", COLUMNS, postgresql_include=["filed_version_id"])


def downgrade() -> None:
    op.drop_index(NAME, "applications")
    op.create_index(NAME, "applications", COLUMNS)
