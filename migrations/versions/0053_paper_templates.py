"""Templates of the office's own for the papers of a campaign"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0053"
down_revision: str | None = "0052"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PAPERS = (
    *("plan_form", "application_form", "receipt", "decision"),
    *("summary", "publicity", "publication", "certificate"),
)
LATE = "NEW.placed_at NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"


def upgrade() -> None:
    op.create_table(
        "paper_templates",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column(
            "paper",
            sa.Enum(*PAPERS, name="paperkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("placeholders", postgresql.JSONB(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("paper_templates_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("paper_templates_file_id_fkey")),
        sa.ForeignKeyConstraint(["placed_by"], ["accounts.id"], name=op.f("paper_templates_placed_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("paper_templates_pkey")),
        sa.UniqueConstraint("campaign_id", "paper", name=op.f("paper_templates_campaign_id_paper_key")),
    )
    op.create_index(op.f("paper_templates_file_id_idx"), "paper_templates", ["file_id"])
    _dated("inserted_now", "INSERT", LATE)
    _dated("changed_now", "UPDATE OF placed_at", f"NEW.placed_at IS DISTINCT FROM OLD.placed_at AND {LATE}")


def downgrade() -> None:
    """The files are cleared away: the office has them in Word, and the built-in layout takes their place."""
    op.execute("""
        UPDATE files SET state = 'condemned', state_since = clock_timestamp()
        WHERE id IN (SELECT file_id FROM paper_templates)
    """)
    op.drop_table("paper_templates")


def _dated(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON paper_templates FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )
