"""A sheet counts only once a second person checked it, and a live round is not blind: the database says so, too"""

from collections.abc import Sequence

from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SECOND_PERSON = """
    CASE WHEN entered_by IS NULL THEN checked_by IS NULL AND status <> 'entered'
    WHEN status = 'submitted' THEN checked_by IS NOT NULL AND checked_by <> entered_by ELSE checked_by IS NULL END
"""


def upgrade() -> None:
    op.create_check_constraint(op.f("reviews_second_person_check"), "reviews", SECOND_PERSON)
    op.create_check_constraint(op.f("rounds_live_not_blind_check"), "rounds", "kind <> 'live' OR NOT blind")


def downgrade() -> None:
    op.drop_constraint(op.f("rounds_live_not_blind_check"), "rounds")
    op.drop_constraint(op.f("reviews_second_person_check"), "reviews")
