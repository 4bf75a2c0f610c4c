"""Personal data that is deleted after its time"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0051"
down_revision: str | None = "0050"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TRACED = "changes ? 'trace'"
INDEXES = {"audit_events_traces_idx": TRACED, "audit_events_values_idx": f"changes IS NOT NULL AND NOT {TRACED}"}


def upgrade() -> None:
    """What stands beside an event can be erased; nothing is ever put into its place."""
    for name, condition in INDEXES.items():
        op.create_index(name, "audit_events", ["at"], postgresql_where=sa.text(condition))
    op.create_index(op.f("notifications_told_at_idx"), "notifications", ["told_at"])
    op.execute(
        "CREATE TRIGGER erased_alone BEFORE UPDATE OF changes ON audit_events FOR EACH ROW "
        "WHEN (NEW.changes IS NOT NULL AND NEW.changes IS DISTINCT FROM OLD.changes) "
        "EXECUTE FUNCTION refuse('values of the history are erased, and never changed')"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER erased_alone ON audit_events")
    op.drop_index(op.f("notifications_told_at_idx"), "notifications")
    for name in INDEXES:
        op.drop_index(name, "audit_events")
