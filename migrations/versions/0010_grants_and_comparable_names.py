"""Campaigns that machine clients may read, and names compared in one form"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

from app.comparable import comparable

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT ON grants TO pinpai_app;
        REVOKE UPDATE, DELETE ON grants FROM pinpai_app;
        GRANT UPDATE (revoked_at, revoked_by) ON grants TO pinpai_app;
    END IF;
END $$
"""
"""The application ends a grant, and cannot make another of it."""
CLIENTS = "SELECT a.id AS account_id, c.id AS campaign_id FROM accounts a, campaigns c WHERE a.role = 'municipal'"
"""Clients of before there were grants saw every campaign: they keep what they had, and the office may end it."""
KEEP = """
INSERT INTO grants (id, account_id, campaign_id, granted_at) VALUES (:id, :account_id, :campaign_id, now())
"""


COMMITTEES = "SELECT id, name, NULL AS place FROM committees ORDER BY id"
UNITS = "SELECT id, name, committee_id AS place FROM units ORDER BY id"
CLEAR = """
UPDATE units SET credit_code = NULL WHERE EXISTS (
    SELECT FROM units e WHERE e.credit_code = units.credit_code AND e.id < units.id
)
"""
"""On the way down a code is one unit's again: the first that had it."""


def upgrade() -> None:
    give_grants()
    compare_names()
    op.drop_constraint(op.f("units_credit_code_key"), "units")
    op.create_unique_constraint(op.f("units_committee_id_credit_code_key"), "units", ["committee_id", "credit_code"])
    op.create_index(op.f("units_credit_code_idx"), "units", ["credit_code"])


def compare_names() -> None:
    """Give every name its comparable form, but for those that look like an earlier one: the doctor tells of them."""
    connection = op.get_bind()
    for table, statement in (("committees", COMMITTEES), ("units", UNITS)):
        op.add_column(table, sa.Column("comparable_name", sa.Text(), nullable=True))
        known: set[tuple[object, str]] = set()
        for id_, name, place in connection.execute(sa.text(statement)).all():
            form = comparable(name)
            if (place, form) not in known:
                known.add((place, form))
                values = {"id": id_, "form": form}
                connection.execute(sa.text(f"UPDATE {table} SET comparable_name = :form WHERE id = :id"), values)  # noqa: S608  # our own words
    op.create_unique_constraint(op.f("committees_comparable_name_key"), "committees", ["comparable_name"])
    names = ["committee_id", "comparable_name"]
    op.create_unique_constraint(op.f("units_committee_id_comparable_name_key"), "units", names)


def give_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("grants_account_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("grants_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("grants_granted_by_fkey")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("grants_revoked_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("grants_pkey")),
    )
    op.create_index(
        "grants_standing_key",
        "grants",
        ["account_id", "campaign_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(op.f("grants_campaign_id_idx"), "grants", ["campaign_id"])
    op.execute(GRANTS)
    connection = op.get_bind()
    for row in connection.execute(sa.text(CLIENTS)).mappings().all():
        connection.execute(sa.text(KEEP), {"id": uuid7(), **row})


def downgrade() -> None:
    op.execute(CLEAR)
    op.drop_index(op.f("units_credit_code_idx"), "units")
    op.drop_constraint(op.f("units_committee_id_credit_code_key"), "units")
    op.create_unique_constraint(op.f("units_credit_code_key"), "units", ["credit_code"])
    for table in ("units", "committees"):
        op.drop_column(table, "comparable_name")
    op.drop_table("grants")
