"""Composite results (综合成绩), made of several sources and frozen with their inputs"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "composites",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Uuid(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=False),
        sa.Column("inputs_digest", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("result_digest", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("composites_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["frozen_by"], ["accounts.id"], name=op.f("composites_frozen_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("composites_pkey")),
    )
    op.create_index(op.f("composites_campaign_id_id_idx"), "composites", ["campaign_id", "id"])
    not_now = "NEW.frozen_at NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
    _trigger("inserted_now", "INSERT", not_now)
    _trigger("changed_now", "UPDATE OF frozen_at", f"NEW.frozen_at IS DISTINCT FROM OLD.frozen_at AND {not_now}")


def downgrade() -> None:
    op.drop_table("composites")


def _trigger(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON composites FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )
