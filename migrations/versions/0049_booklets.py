"""Booklets of awarded cases (案例汇编)"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0049"
down_revision: str | None = "0048"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LATE = "NEW.bound_at NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"


def upgrade() -> None:
    op.create_table(
        "booklets",
        sa.Column("commendation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "binding", "bound", "failed", name="bookletstatus", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "pictures",
            sa.Enum("filed", "public", name="bookletpictures", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("laid", sa.Integer(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=True),
        sa.Column("pdf_id", sa.Uuid(), nullable=True),
        sa.Column("docx_id", sa.Uuid(), nullable=True),
        sa.Column("flaws", postgresql.JSONB(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'bound' OR num_nonnulls(pdf_id, docx_id) > 0", name=op.f("booklets_bound_with_a_file_check")
        ),
        sa.ForeignKeyConstraint(["commendation_id"], ["commendations.id"], name=op.f("booklets_commendation_id_fkey")),
        sa.ForeignKeyConstraint(["pdf_id"], ["files.id"], name=op.f("booklets_pdf_id_fkey")),
        sa.ForeignKeyConstraint(["docx_id"], ["files.id"], name=op.f("booklets_docx_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("booklets_pkey")),
        sa.UniqueConstraint("commendation_id", name=op.f("booklets_commendation_id_key")),
        sa.UniqueConstraint("pdf_id", name=op.f("booklets_pdf_id_key")),
        sa.UniqueConstraint("docx_id", name=op.f("booklets_docx_id_key")),
    )
    _dated("inserted_now", "INSERT", LATE)
    _dated("changed_now", "UPDATE OF bound_at", f"NEW.bound_at IS DISTINCT FROM OLD.bound_at AND {LATE}")


def downgrade() -> None:
    """The files are cleared away: they can be bound again."""
    op.execute("""
        UPDATE files SET state = 'condemned', state_since = clock_timestamp()
        WHERE id IN (SELECT unnest(ARRAY[pdf_id, docx_id]) FROM booklets)
    """)
    op.drop_table("booklets")


def _dated(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON booklets FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )
