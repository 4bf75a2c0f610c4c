"""Tables of imported figures (外部得分), such as a public vote, and documents that prove them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DOCUMENTS = ("notice", "requirements", "priorities", "assessment", "attachment")
NOT_NOW = "NEW.imported_at NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"


def upgrade() -> None:
    op.create_table(
        "figure_tables",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("figure_tables_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["imported_by"], ["accounts.id"], name=op.f("figure_tables_imported_by_fkey")),
        sa.ForeignKeyConstraint(["replaces_id"], ["figure_tables.id"], name=op.f("figure_tables_replaces_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("figure_tables_pkey")),
        sa.UniqueConstraint("replaces_id", name=op.f("figure_tables_replaces_id_key")),
    )
    op.create_index(op.f("figure_tables_campaign_id_id_idx"), "figure_tables", ["campaign_id", "id"])
    op.create_index(
        "figure_tables_first_key",
        "figure_tables",
        ["campaign_id", "source"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NULL"),
    )
    _trigger("inserted_now", "INSERT", NOT_NOW)
    _trigger("changed_now", "UPDATE OF imported_at", f"NEW.imported_at IS DISTINCT FROM OLD.imported_at AND {NOT_NOW}")
    _may_be((*DOCUMENTS, "evidence"))


def downgrade() -> None:
    """Evidence becomes an attachment, which is public where its row says so: this one never is."""
    op.execute("ALTER TABLE documents DISABLE TRIGGER USER")
    op.execute("UPDATE documents SET kind = 'attachment' WHERE kind = 'evidence'")
    op.execute("ALTER TABLE documents ENABLE TRIGGER USER")
    _may_be(DOCUMENTS)
    op.drop_table("figure_tables")


def _may_be(values: Sequence[str]) -> None:
    op.drop_constraint(op.f("documents_documentkind_check"), "documents")
    op.create_check_constraint(op.f("documents_documentkind_check"), "documents", sa.column("kind").in_(values))


def _trigger(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON figure_tables FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )
