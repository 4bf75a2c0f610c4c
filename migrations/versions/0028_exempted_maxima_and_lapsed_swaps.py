"""Exemptions from the maximum of cases, and requests for a swap that lapse"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIMITS = (
    *("minimum_filed", "images_minimum", "images_maximum", "narrative_minimum", "narrative_maximum"),
    *("brand_name_length", "leader_name_length", "leader_title_length"),
    *("innovation_length", "practices_length", "effects_length"),
)
SWAP_STATES = ("requested", "consented", "declined", "withdrawn")
OF_COMMITTEES = "minimum_of_a_committee", "number_of_a_committee"


def upgrade() -> None:
    _may_be("exemptions", "kind", "limitkind", (*LIMITS, "maximum_filed"))
    _may_be("swaps", "status", "swapstatus", (*SWAP_STATES, "lapsed"))
    before, after = OF_COMMITTEES
    _of_committees(before, after, "kind NOT IN ('minimum_filed', 'maximum_filed') OR application_id IS NULL")


def downgrade() -> None:
    """A request that lapsed counts as withdrawn there; an exemption from the maximum, which nothing reads, is gone."""
    op.execute("ALTER TABLE swaps DISABLE TRIGGER USER")
    op.execute("UPDATE swaps SET status = 'withdrawn' WHERE status = 'lapsed'")
    op.execute("ALTER TABLE swaps ENABLE TRIGGER USER")
    op.execute("ALTER TABLE exemptions DISABLE TRIGGER USER")
    op.execute("DELETE FROM exemptions WHERE kind = 'maximum_filed'")
    op.execute("ALTER TABLE exemptions ENABLE TRIGGER USER")
    after, before = OF_COMMITTEES
    _of_committees(before, after, "kind <> 'minimum_filed' OR application_id IS NULL")
    _may_be("swaps", "status", "swapstatus", SWAP_STATES)
    _may_be("exemptions", "kind", "limitkind", LIMITS)


def _may_be(table: str, column: str, name: str, values: Sequence[str]) -> None:
    op.drop_constraint(op.f(f"{table}_{name}_check"), table)
    op.create_check_constraint(op.f(f"{table}_{name}_check"), table, sa.column(column).in_(values))


def _of_committees(before: str, after: str, condition: str) -> None:
    op.drop_constraint(op.f(f"exemptions_{before}_check"), "exemptions")
    op.create_check_constraint(op.f(f"exemptions_{after}_check"), "exemptions", condition)
