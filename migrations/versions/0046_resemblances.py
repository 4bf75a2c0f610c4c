"""Sketches of submitted contents, and which of them resemble each other"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0046"
down_revision: str | None = "0045"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """What was submitted before is sketched by the worker: it follows the events from the first one on."""
    op.create_table(
        "sketches",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("hashes", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("fingerprints", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("sketches_application_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["application_versions.id"], name=op.f("sketches_version_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("sketches_pkey")),
        sa.UniqueConstraint("application_id", "digest", name=op.f("sketches_application_id_digest_key")),
    )
    op.create_index(op.f("sketches_hashes_idx"), "sketches", ["hashes"], postgresql_using="gin")
    op.create_index(op.f("sketches_bands_idx"), "sketches", ["bands"], postgresql_using="gin")
    op.create_table(
        "resemblances",
        sa.Column("sketch_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("other_share", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sketch_id"], ["sketches.id"], name=op.f("resemblances_sketch_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["sketches.id"], name=op.f("resemblances_other_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("resemblances_pkey")),
        sa.UniqueConstraint("sketch_id", "other_id", name=op.f("resemblances_sketch_id_other_id_key")),
    )
    op.create_index(op.f("resemblances_other_id_idx"), "resemblances", ["other_id"])
    op.create_index("resemblances_share_idx", "resemblances", [sa.text("(- share)"), "id"])
    op.create_index("resemblances_pictures_idx", "resemblances", [sa.text("(- pictures)"), "id"])


def downgrade() -> None:
    op.drop_table("resemblances")
    op.drop_table("sketches")
