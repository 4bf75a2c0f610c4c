"""Cases that their committee took back and considers again, which are none of its filed set"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "applications_committee_id_campaign_id_status_idx"
COLUMNS = ["committee_id", "campaign_id", "status"]
COUNTED = ["campaign_id", "committee_id", "status", "filed_version_id"]
TALLY_STATE = """
    CREATE OR REPLACE FUNCTION tally_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.tallies (id, subject_id, committee_id, dimension, code, count)
        SELECT gen_random_uuid(), each.* FROM (VALUES
            (OLD.campaign_id, OLD.committee_id, {before}, OLD.status, -1),
            (NEW.campaign_id, NEW.committee_id, {after}, NEW.status, 1)
        ) AS each (subject_id) WHERE each.subject_id IS NOT NULL;
        RETURN NULL;
    END $$
"""
ONCE_FILED = "CASE WHEN {row}.filed_version_id IS NULL THEN 'unfiled' ELSE 'filed' END"
CONSIDERED_AGAIN = (
    "CASE WHEN {row}.filed_version_id IS NULL THEN 'unfiled' WHEN {row}.reconsidered THEN 'reconsidered' "
    "ELSE 'filed' END"
)
RECONSIDERED = """
    UPDATE applications a SET reconsidered = true
    WHERE a.filed_version_id IS NOT NULL AND a.status IN ('submitted', 'paused', 'returned', 'endorsed')
    AND EXISTS (SELECT FROM audit_events e WHERE e.subject_id = a.id AND e.action = 'application.reconsidered'
        AND e.at >= a.filed_at)
"""
"""Those that were considered again since they were filed, and are not filed anew yet."""


def upgrade() -> None:
    op.add_column("applications", sa.Column("reconsidered", sa.Boolean(), nullable=False, server_default="false"))
    _count_by(CONSIDERED_AGAIN, [*COUNTED, "reconsidered"])
    op.execute(RECONSIDERED)
    _index(["filed_version_id", "reconsidered"])


def downgrade() -> None:
    _index(["filed_version_id"])
    op.execute("UPDATE tallies SET dimension = 'filed' WHERE dimension = 'reconsidered'")
    _count_by(ONCE_FILED, COUNTED)
    op.drop_column("applications", "reconsidered")


def _index(included: Sequence[str]) -> None:
    op.drop_index(INDEX, "applications")
    op.create_index(INDEX, "applications", COLUMNS, postgresql_include=list(included))


def _count_by(dimension: str, columns: Sequence[str]) -> None:
    op.execute(TALLY_STATE.format(before=dimension.format(row="OLD"), after=dimension.format(row="NEW")))
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER tallied_anew ON applications")
    op.execute(
        f"CREATE TRIGGER tallied_anew AFTER UPDATE ON applications FOR EACH ROW "
        f"WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION tally_state()"
    )
