"""Units that no committee stands above, former names of organisations, and seats chosen with a sign-in"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


RENAMED = """
    INSERT INTO former_names (id, committee_id, unit_id, name, until)
    SELECT gen_random_uuid(),
        CASE WHEN e.subject_type = 'committee' THEN e.subject_id END,
        CASE WHEN e.subject_type = 'unit' THEN e.subject_id END,
        c.value ->> 'before', e.at
    FROM audit_events e, jsonb_array_elements(e.changes) c
    WHERE e.action IN ('committee.changed', 'unit.changed') AND jsonb_typeof(e.changes) = 'array'
        AND c.value ->> 'name' = 'name' AND c.value ->> 'before' IS NOT NULL
"""
"""The names before each change whose values the history has."""


OCCASIONS = "application_versions_versionoccasion_check"


def upgrade() -> None:
    op.add_column("committees", sa.Column("direct", sa.Boolean(), nullable=False, server_default="false"))
    standing = sa.text("direct AND retired_at IS NULL")
    op.create_index("committees_direct_key", "committees", ["direct"], unique=True, postgresql_where=standing)
    keep_former_names()
    allow(("submission", "filing", "move"))
    op.add_column("sessions", sa.Column("seat_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("sessions_seat_id_fkey"), "sessions", "seats", ["seat_id"], ["id"])


def allow(occasions: Iterable[str]) -> None:
    """Replace the vocabulary; existing rows are compared without keeping writers out."""
    listed = ", ".join(f"'{occasion}'" for occasion in occasions)
    op.execute(f"ALTER TABLE application_versions DROP CONSTRAINT {OCCASIONS}")
    op.execute(f"ALTER TABLE application_versions ADD CONSTRAINT {OCCASIONS} CHECK (occasion IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE application_versions VALIDATE CONSTRAINT {OCCASIONS}")


def keep_former_names() -> None:
    op.create_table(
        "former_names",
        sa.Column("committee_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(committee_id, unit_id) = 1", name=op.f("former_names_of_one_check")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("former_names_committee_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("former_names_unit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("former_names_pkey")),
    )
    for column in ("committee_id", "unit_id"):
        op.create_index(op.f(f"former_names_{column}_idx"), "former_names", [column])
    op.execute("GRANT SELECT, INSERT ON former_names TO pinpai_app")
    op.execute(RENAMED)


def downgrade() -> None:
    op.execute("UPDATE application_versions SET occasion = 'submission' WHERE occasion = 'move'")
    allow(("submission", "filing"))
    op.drop_column("sessions", "seat_id")
    op.drop_table("former_names")
    op.drop_column("committees", "direct")
