"""Indexes of the history: acts of those who hold seats, and changes of a campaign's rules"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OF_HOLDERS = "actor_role IN ('committee', 'unit')"
INDEXES = {
    "audit_events_of_holders_in_idx": ("committee_id", _OF_HOLDERS),
    "audit_events_of_holders_on_idx": ("subject_id", _OF_HOLDERS),
    "audit_events_rules_changed_idx": ("subject_id", "action = 'campaign.edited' AND data ? 'changes'"),
}


def upgrade() -> None:
    for name, (column, where) in INDEXES.items():
        op.create_index(name, "audit_events", [column], postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in reversed(INDEXES):
        op.drop_index(name, "audit_events")
