"""Exemptions from the rules of a programme"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0047"
down_revision: str | None = "0046"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIMITS = (
    *("minimum_filed", "maximum_filed", "images_minimum", "images_maximum", "narrative_minimum", "narrative_maximum"),
    *("brand_name_length", "leader_name_length", "leader_title_length"),
    *("innovation_length", "practices_length", "effects_length", "earlier_winners"),
)
NUMBERS = ("minimum_filed", "maximum_filed")
TOGETHER = ("entries_per_unit", "one_batch", "minimum_together", "maximum_together")


def upgrade() -> None:
    _may_be((*LIMITS, *TOGETHER))
    _of_a_committee((*NUMBERS, "minimum_together", "maximum_together"))


def downgrade() -> None:
    """The exemptions from what nothing asks for are gone."""
    kinds = ", ".join(f"'{kind}'" for kind in TOGETHER)
    op.execute("ALTER TABLE exemptions DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM exemptions WHERE kind IN ({kinds})")  # noqa: S608 -- of the words above
    op.execute("ALTER TABLE exemptions ENABLE TRIGGER USER")
    _of_a_committee(NUMBERS)
    _may_be(LIMITS)


def _may_be(kinds: Sequence[str]) -> None:
    name = op.f("exemptions_limitkind_check")
    op.drop_constraint(name, "exemptions")
    op.create_check_constraint(name, "exemptions", sa.column("kind").in_(kinds))


def _of_a_committee(kinds: Sequence[str]) -> None:
    name = op.f("exemptions_number_of_a_committee_check")
    op.drop_constraint(name, "exemptions")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(name, "exemptions", f"kind NOT IN ({listed}) OR application_id IS NULL")
