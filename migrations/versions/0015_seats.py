"""Seats beside one's own, and on paper; notices for who comes after"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT ON seats TO pinpai_app;
        REVOKE UPDATE, DELETE ON seats FROM pinpai_app;
        GRANT UPDATE (revoked_at, revoked_by, revocation_reason) ON seats TO pinpai_app;
    END IF;
END $$
"""
INSTANTS = ("granted_at", "revoked_at")
INHERITED = "notifications_committee_id_kind_occasion_idx"
"""The notices of a committee, for those who come after."""
ACCOUNTS = ("account_id", "reviewer_id", "granted_by", "revoked_by")


def upgrade() -> None:
    make_seats()
    op.execute(RIGHTS)
    op.create_index(op.f(INHERITED), "notifications", ["committee_id", "kind", "occasion"])
    late = [_not_now(column) for column in INSTANTS]
    changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in INSTANTS]
    _trigger("inserted_now", "INSERT", " OR ".join(late), "an instant is not now")
    _trigger("changed_now", f"UPDATE OF {', '.join(INSTANTS)}", " OR ".join(changed), "an instant is not now")
    _trigger("revoked_once", "UPDATE", "OLD.revoked_at IS NOT NULL", "a row of seats is not changed again")


def make_seats() -> None:
    op.create_table(
        "seats",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("committee_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(committee_id, unit_id, reviewer_id) = 1", name=op.f("seats_one_place_check")),
        sa.CheckConstraint(
            "account_id IS NULL OR reviewer_id IS NULL", name=op.f("seats_reviewers_are_themselves_check")
        ),
        *(sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"seats_{column}_fkey")) for column in ACCOUNTS),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("seats_committee_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("seats_unit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("seats_pkey")),
    )
    places = ("committee_id", "unit_id", "reviewer_id")
    op.create_index(
        "seats_standing_key",
        "seats",
        ["account_id", *places],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    for column in places:
        op.create_index(op.f(f"seats_{column}_idx"), "seats", [column])


def downgrade() -> None:
    op.drop_index(op.f(INHERITED), "notifications")
    op.drop_table("seats")


def _trigger(name: str, event: str, condition: str, words: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON seats FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE FUNCTION refuse('{words}')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
