"""Second factors, recent sign-ins, and activation codes that a second person confirms"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON factors, recovery_codes, passkey_challenges TO pinpai_app;
    END IF;
END $$
"""
CONFIRM = """
UPDATE accounts SET activation_confirmed_at = updated_at WHERE activation_hash IS NOT NULL AND status = 'invited'
"""
"""Codes of active accounts, and those of the office, have to be confirmed; invitations under way go on working."""


def upgrade() -> None:
    op.add_column("sessions", sa.Column("assurance", words("assurance", "pending", "one_factor", "two_factors")))
    op.add_column("sessions", sa.Column("authenticated_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE sessions SET assurance = 'one_factor', authenticated_at = created_at")
    op.alter_column("sessions", "assurance", nullable=False)
    op.alter_column("sessions", "authenticated_at", nullable=False)
    op.add_column("accounts", sa.Column("activation_issued_by", sa.Uuid(), nullable=True))
    op.add_column("accounts", sa.Column("activation_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "accounts", sa.Column("activation_resets_factors", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.alter_column("accounts", "activation_resets_factors", server_default=None)
    op.create_foreign_key(
        op.f("accounts_activation_issued_by_fkey"), "accounts", "accounts", ["activation_issued_by"], ["id"]
    )
    op.execute(CONFIRM)
    create_factors()
    create_codes_and_challenges()
    op.execute(GRANTS)


def create_factors() -> None:
    op.create_table(
        "factors",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", words("factorkind", "totp", "passkey"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'totp') = (secret IS NOT NULL AND last_step IS NOT NULL)",
            name=op.f("factors_authenticator_check"),
        ),
        sa.CheckConstraint(
            "(kind = 'passkey') = (credential_id IS NOT NULL AND public_key IS NOT NULL AND sign_count IS NOT NULL)",
            name=op.f("factors_passkey_check"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("factors_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("factors_pkey")),
        sa.UniqueConstraint("credential_id", name=op.f("factors_credential_id_key")),
    )
    op.create_index(op.f("factors_account_id_idx"), "factors", ["account_id"], unique=False)


def create_codes_and_challenges() -> None:
    for table, column, account_is_known in (
        ("recovery_codes", "code_hash", True),
        ("passkey_challenges", "challenge", False),
    ):
        op.create_table(
            table,
            sa.Column("account_id", sa.Uuid(), nullable=not account_is_known),
            sa.Column(column, sa.LargeBinary(), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.ForeignKeyConstraint(
                ["account_id"], ["accounts.id"], name=op.f(f"{table}_account_id_fkey"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
            sa.UniqueConstraint(column, name=op.f(f"{table}_{column}_key")),
        )
        op.create_index(op.f(f"{table}_account_id_idx"), table, ["account_id"], unique=False)
    op.add_column("passkey_challenges", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False))


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    """Pending sign-ins end, and codes that nobody confirmed are void: the programs before let both in."""
    op.execute("DELETE FROM sessions WHERE assurance = 'pending'")
    op.execute(
        "UPDATE accounts SET activation_hash = NULL, activation_expires_at = NULL"
        " WHERE activation_hash IS NOT NULL AND activation_confirmed_at IS NULL"
    )
    for table in ("passkey_challenges", "recovery_codes", "factors"):
        op.drop_table(table)
    for column in ("activation_resets_factors", "activation_confirmed_at", "activation_issued_by"):
        op.drop_column("accounts", column)
    for column in ("authenticated_at", "assurance"):
        op.drop_column("sessions", column)
