"""Cells of versions as columns, and indexes in the order of lists"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CELLS: dict[str, tuple[str, str, bool]] = {
    "unit_name": ("{unit_name}", "text", False),
    "committee_name": ("{committee_name}", "text", False),
    "brand_name": ("{form,brand_name}", "text", True),
    "category": ("{form,category}", "text", True),
    "narrative_length": ("{narrative_length}", "integer", False),
    "image_count": ("{image_count}", "integer", False),
}
"""What lists read of a version: its place in the content, its type, and whether it may be missing."""
IN_ORDER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("applications", ("committee_id", "id")),
    ("applications", ("unit_id", "id")),
    ("applications", ("campaign_id", "id")),
    ("applications", ("committee_id", "campaign_id", "status")),
    ("audit_events", ("campaign_id", "id")),
    ("audit_events", ("committee_id", "id")),
    ("awards", ("campaign_id", "id")),
    ("awards", ("commendation_id", "id")),
    ("extensions", ("committee_id", "id")),
)
"""Indexes that a page is read along, or counted in."""
REPLACED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("applications", ("committee_id", "campaign_id")),
    ("applications", ("unit_id",)),
    ("applications", ("campaign_id",)),
    ("audit_events", ("campaign_id",)),
    ("audit_events", ("committee_id",)),
    ("awards", ("commendation_id",)),
)
"""Each is the beginning of a new one."""


def upgrade() -> None:
    for name, (path, kind, missing) in CELLS.items():
        kept = sa.Computed(f"(content #>> '{path}')::{kind}", persisted=True)
        column = sa.Column(name, sa.Integer() if kind == "integer" else sa.Text(), kept, nullable=missing)
        op.add_column("application_versions", column)
    for table, columns in IN_ORDER:
        op.create_index(_named(table, columns), table, list(columns))
    for table, columns in REPLACED:
        op.drop_index(_named(table, columns), table)
    filed = sa.text("filed_version_id IS NOT NULL")
    op.create_index("applications_status_idx", "applications", ["status", "id"], postgresql_where=filed)
    op.create_index("audit_events_at_idx", "audit_events", ["at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("audit_events_at_idx", "audit_events")
    op.drop_index("applications_status_idx", "applications")
    for table, columns in REPLACED:
        op.create_index(_named(table, columns), table, list(columns))
    for table, columns in IN_ORDER:
        op.drop_index(_named(table, columns), table)
    for name in CELLS:
        op.drop_column("application_versions", name)


def _named(table: str, columns: Sequence[str]) -> str:
    return f"{table}_{'_'.join(columns)}_idx"
