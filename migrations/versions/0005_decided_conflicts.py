"""Conflicts of interest that are fixed with the assignment, and decided by the office when found later"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REASONS = ("same_unit", "same_committee", "same_person", "declared", "abstained", "recused")
GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT ON conflict_dismissals TO pinpai_app;
        REVOKE UPDATE, DELETE ON conflict_dismissals FROM pinpai_app;
    END IF;
END $$
"""
"""The application may not rewrite a decision of the office."""


DIGITS = r"""
CREATE FUNCTION pg_temp.digits(phone text) RETURNS text LANGUAGE sql AS
$$ SELECT nullif(regexp_replace(regexp_replace(phone, '\D', '', 'g'), '^(00)?86(?=1\d{10}$)', ''), '') $$
"""
KEEP = """
UPDATE assignments s SET withdrawn_at = now(), withdrawal_cause = 'conflict'
FROM applications a, reviewers p, accounts j
WHERE a.id = s.application_id AND p.account_id = s.reviewer_id AND j.id = s.reviewer_id AND s.withdrawn_at IS NULL
AND NOT EXISTS (SELECT FROM reviews r WHERE r.assignment_id = s.id AND r.status = 'submitted')
AND (
    p.unit_id = a.unit_id OR p.committee_id = a.committee_id OR pg_temp.digits(j.phone) = pg_temp.digits(a.phone)
    OR EXISTS (
        SELECT FROM accounts o
        WHERE o.committee_id = a.committee_id AND pg_temp.digits(o.phone) = pg_temp.digits(j.phone)
    )
    OR EXISTS (
        SELECT FROM application_versions v WHERE v.id = a.filed_version_id
        AND pg_temp.digits(v.content #>> '{form,phone}') = pg_temp.digits(j.phone)
    )
    OR EXISTS (
        SELECT FROM recusals c WHERE c.reviewer_id = s.reviewer_id AND c.lifted_at IS NULL
        AND (c.application_id = a.id OR c.unit_id = a.unit_id OR c.from_committee_id = a.committee_id)
    )
)
"""
"""Withdraw, by nobody, the assignments that did not count because of a conflict: their judges go on not seeing them.

Those whose review is submitted count again until the office decides: it may have been taken out by who was reviewed.
"""
RETURN = """
UPDATE assignments s SET withdrawn_at = NULL, withdrawal_cause = NULL
WHERE withdrawal_cause = 'conflict' AND withdrawn_by IS NULL AND NOT EXISTS (
    SELECT FROM assignments o WHERE o.withdrawn_at IS NULL
    AND (o.round_id, o.application_id, o.reviewer_id) = (s.round_id, s.application_id, s.reviewer_id)
)
"""


def upgrade() -> None:
    op.create_table(
        "conflict_dismissals",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "conflict",
            sa.Enum(*REASONS, name="conflictreason", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("conflict_dismissals_assignment_id_fkey")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("conflict_dismissals_made_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("conflict_dismissals_pkey")),
        sa.UniqueConstraint("assignment_id", "conflict", name=op.f("conflict_dismissals_assignment_id_conflict_key")),
    )
    op.execute(GRANTS)
    op.execute(DIGITS)
    op.execute(KEEP)


def downgrade() -> None:
    op.execute(RETURN)
    op.drop_table("conflict_dismissals")
