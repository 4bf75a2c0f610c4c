"""Supporting documents of applications, kept with each of their versions, and roles of their pictures"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LATE = "NEW.added_at NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"


def upgrade() -> None:
    op.add_column("images", sa.Column("role", sa.Text(), nullable=True))
    op.create_table(
        "attachments",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("attachments_application_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("attachments_file_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("attachments_pkey")),
        sa.UniqueConstraint("application_id", "sha256", name=op.f("attachments_application_id_sha256_key")),
        sa.UniqueConstraint("file_id", name=op.f("attachments_file_id_key")),
    )
    op.create_table(
        "version_attachments",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("version_attachments_file_id_fkey")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["application_versions.id"], name=op.f("version_attachments_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("version_attachments_pkey")),
        sa.UniqueConstraint("version_id", "place", name=op.f("version_attachments_version_id_place_key")),
    )
    for column in ("attachment_id", "file_id"):
        op.create_index(op.f(f"version_attachments_{column}_idx"), "version_attachments", [column])
    _dated("inserted_now", "INSERT", LATE)
    _dated("changed_now", "UPDATE OF added_at", f"NEW.added_at IS DISTINCT FROM OLD.added_at AND {LATE}")


def downgrade() -> None:
    """Contents go on naming what was attached: their digests and seals cover it; the files are cleared away."""
    op.execute("""
        UPDATE files SET state = 'condemned', state_since = clock_timestamp()
        WHERE id IN (SELECT file_id FROM attachments UNION SELECT file_id FROM version_attachments)
    """)
    op.drop_table("version_attachments")
    op.drop_table("attachments")
    op.drop_column("images", "role")


def _dated(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON attachments FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )
