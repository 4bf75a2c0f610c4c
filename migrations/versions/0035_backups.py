"""Backups and restorations: what was taken, and where the numbers of events go on after a restore"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANTS = {"backups": ["finished_at"], "restorations": ["done_at", "released_at"]}
FOLLOWED = "audit_events_nominations_idx"


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=True),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("copied", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(stamp IS NULL) = (failure IS NOT NULL)", name=op.f("backups_taken_or_failed_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("backups_pkey")),
    )
    op.create_index(op.f("backups_finished_at_idx"), "backups", ["finished_at"])
    op.create_table(
        "restorations",
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("resumes_after", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("restorations_pkey")),
        sa.UniqueConstraint("stamp", name=op.f("restorations_stamp_key")),
    )
    for table, columns in INSTANTS.items():
        changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in columns]
        _trigger(table, "inserted_now", "INSERT", " OR ".join(map(_not_now, columns)))
        _trigger(table, "changed_now", f"UPDATE OF {', '.join(columns)}", " OR ".join(changed))
    _followed_by_clients("subject_type = 'nomination' OR subject_type = 'deployment'")


def downgrade() -> None:
    """Numbers that leapt after a restore stay; what was told of it is no event that the code of before knows."""
    _followed_by_clients("subject_type = 'nomination'")
    op.drop_table("restorations")
    op.drop_table("backups")


def _followed_by_clients(condition: str) -> None:
    op.drop_index(FOLLOWED, "audit_events")
    op.create_index(FOLLOWED, "audit_events", ["sequence"], postgresql_where=sa.text(condition))


def _trigger(table: str, name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
