"""Identities of single sign-on (统一身份)"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0052"
down_revision: str | None = "0051"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("identities_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identities_pkey")),
        sa.UniqueConstraint("account_id", name=op.f("identities_account_id_key")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("identities_issuer_subject_key")),
    )
    op.create_table(
        "sign_on_challenges",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("sign_on_challenges_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_on_challenges_pkey")),
        sa.UniqueConstraint("secret_hash", name=op.f("sign_on_challenges_secret_hash_key")),
    )
    op.create_index(op.f("sign_on_challenges_account_id_idx"), "sign_on_challenges", ["account_id"])
    op.create_table(
        "logout_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("provider_session", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("logout_tokens_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("logout_tokens_token_hash_key")),
    )
    op.create_index(op.f("logout_tokens_provider_session_idx"), "logout_tokens", ["provider_session"])
    _mark_sessions()


def _mark_sessions() -> None:
    op.add_column("sessions", sa.Column("identity_id", sa.Uuid(), nullable=True))
    op.add_column("sessions", sa.Column("provider_session", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("sessions_identity_id_fkey"), "sessions", "identities", ["identity_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("sessions_identity_id_idx"), "sessions", ["identity_id"])


def downgrade() -> None:
    op.drop_column("sessions", "provider_session")
    op.drop_column("sessions", "identity_id")
    for table in ("logout_tokens", "sign_on_challenges", "identities"):
        op.drop_table(table)
