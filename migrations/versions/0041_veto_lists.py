"""Answers of the office to the veto list of what is on file"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LATE = "NEW.answered_at NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"


def upgrade() -> None:
    op.create_table(
        "vetoes",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("NOT found OR reason IS NOT NULL", name=op.f("vetoes_found_for_a_reason_check")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("vetoes_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("vetoes_application_id_fkey")),
        sa.ForeignKeyConstraint(["version_id"], ["application_versions.id"], name=op.f("vetoes_version_id_fkey")),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=op.f("vetoes_answered_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("vetoes_pkey")),
        sa.UniqueConstraint("version_id", "code", name=op.f("vetoes_version_id_code_key")),
    )
    op.create_index(op.f("vetoes_application_id_idx"), "vetoes", ["application_id"])
    op.create_index(op.f("vetoes_found_idx"), "vetoes", ["campaign_id"], postgresql_where=sa.text("found"))
    _dated("inserted_now", "INSERT", LATE)
    _dated("changed_now", "UPDATE OF answered_at", f"NEW.answered_at IS DISTINCT FROM OLD.answered_at AND {LATE}")


def downgrade() -> None:
    """The answers are gone; decisions keep the codes of what was found."""
    op.drop_table("vetoes")


def _dated(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON vetoes FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )
