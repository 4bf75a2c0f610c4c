"""Live rounds (现场评审): their kind, and of each sheet who entered it for its judge and who checked that"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BY = ("entered_by", "checked_by")
STATUS = "reviews_reviewstatus_check"
BEFORE = ("draft", "submitted")


def upgrade() -> None:
    op.add_column("rounds", sa.Column("kind", sa.String(32), server_default="written", nullable=False))
    op.alter_column("rounds", "kind", server_default=None)
    op.create_check_constraint(op.f("rounds_roundkind_check"), "rounds", "kind IN ('written', 'live')")
    for name in BY:
        op.add_column("reviews", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"reviews_{name}_fkey"), "reviews", "accounts", [name], ["id"])
    allow((*BEFORE, "entered"))


def downgrade() -> None:
    op.execute("ALTER TABLE reviews DISABLE TRIGGER in_closed_round")
    op.execute("UPDATE reviews SET status = 'draft' WHERE status = 'entered'")
    op.execute("ALTER TABLE reviews ENABLE TRIGGER in_closed_round")
    allow(BEFORE)
    for name in BY:
        op.drop_column("reviews", name)
    op.drop_column("rounds", "kind")


def allow(states: Iterable[str]) -> None:
    """Replace the vocabulary; existing rows are compared without keeping writers out."""
    listed = ", ".join(f"'{state}'" for state in states)
    op.execute(f"ALTER TABLE reviews DROP CONSTRAINT {STATUS}")
    op.execute(f"ALTER TABLE reviews ADD CONSTRAINT {STATUS} CHECK (status IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE reviews VALIDATE CONSTRAINT {STATUS}")
