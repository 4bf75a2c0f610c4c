"""Instants of factors, grants and proofs of identity are dated by the database; a grant is revoked once"""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANTS = {
    "accounts": ("activation_confirmed_at",),
    "factors": ("confirmed_at", "used_at"),
    "grants": ("granted_at", "revoked_at"),
    "sessions": ("authenticated_at",),
}
"""As in the sixth revision, which did this for what there was."""


def upgrade() -> None:
    for table, columns in INSTANTS.items():
        late = [_not_now(column) for column in columns]
        changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in columns]
        _trigger(table, "inserted_now", "INSERT", " OR ".join(late), "an instant is not now")
        _trigger(table, "changed_now", f"UPDATE OF {', '.join(columns)}", " OR ".join(changed), "an instant is not now")
    again = "a row of grants is not changed again"
    _trigger("grants", "revoked_once", "UPDATE", "OLD.revoked_at IS NOT NULL", again)


def downgrade() -> None:
    op.execute("DROP TRIGGER revoked_once ON grants")
    for table in INSTANTS:
        op.execute(f"DROP TRIGGER inserted_now ON {table}")
        op.execute(f"DROP TRIGGER changed_now ON {table}")


def _trigger(table: str, name: str, event: str, condition: str, words: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE FUNCTION refuse('{words}')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
