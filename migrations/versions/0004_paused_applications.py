"""Applications that their committee has paused"""

from collections.abc import Iterable, Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CONSTRAINT = "applications_applicationstatus_check"
BEFORE = (
    *("draft", "submitted", "returned", "declined", "endorsed"),
    *("filed", "accepted", "disqualified", "withdrawn"),
)


def upgrade() -> None:
    allow((*BEFORE, "paused"))


def downgrade() -> None:
    op.execute("UPDATE applications SET status = 'submitted' WHERE status = 'paused'")
    allow(BEFORE)


def allow(states: Iterable[str]) -> None:
    """Replace the vocabulary; existing rows are compared without keeping writers out."""
    listed = ", ".join(f"'{state}'" for state in states)
    op.execute(f"ALTER TABLE applications DROP CONSTRAINT {CONSTRAINT}")
    op.execute(f"ALTER TABLE applications ADD CONSTRAINT {CONSTRAINT} CHECK (status IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE applications VALIDATE CONSTRAINT {CONSTRAINT}")
