"""A history that is chained, numbered once, and dated by the database; rights by table (see app/models/rights.py)"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANTS = {
    "application_versions": ("fixed_at",),
    "applications": ("submitted_at", "filed_at"),
    "assignments": ("assigned_at", "withdrawn_at"),
    "audit_events": ("at",),
    "awards": ("awarded_at", "revoked_at"),
    "campaigns": ("published_at", "closed_at"),
    "commendations": ("publicised_at", "published_at"),
    "committees": ("retired_at",),
    "conflict_dismissals": ("made_at",),
    "deliveries": ("delivered_at",),
    "delivery_attempts": ("tried_at",),
    "endorsements": ("endorsed_at", "voided_at"),
    "extensions": ("granted_at", "revoked_at"),
    "filings": ("filed_at",),
    "images": ("added_at",),
    "nomination_answers": ("answered_at",),
    "nominations": ("prepared_at", "delivered_at", "answered_at", "withdrawn_at"),
    "notifications": ("told_at", "read_at", "mailed_at"),
    "objections": ("raised_at", "answered_at"),
    "panel_members": ("joined_at",),
    "plans": ("submitted_at",),
    "proposals": ("proposed_at", "applied_at", "undone_at"),
    "rankings": ("frozen_at",),
    "recusals": ("made_at", "lifted_at"),
    "reviews": ("submitted_at",),
    "round_entries": ("entered_at",),
    "rounds": ("opened_at", "closed_at"),
    "sign_in_attempts": ("at",),
    "units": ("retired_at",),
}
"""A request's instant is read at its head, so that a body still in transit misses no deadline: up to 15 minutes ago."""

FUNCTIONS = (
    """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '%.%: %', TG_TABLE_NAME, TG_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE FUNCTION refuse_in_closed_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE id_of_round uuid; status_of_round text; BEGIN
    IF TG_TABLE_NAME = 'reviews' THEN
        SELECT round_id INTO id_of_round FROM public.assignments WHERE id = NEW.assignment_id;
    ELSE
        id_of_round := NEW.round_id;
    END IF;
    SELECT status INTO status_of_round FROM public.rounds WHERE id = id_of_round FOR SHARE;
    IF status_of_round = 'closed' THEN
        RAISE EXCEPTION '%.%: the round is closed', TG_TABLE_NAME, TG_NAME
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
)
ONCE = {
    "audit_events": (
        "numbered_once",
        """
        OLD.sequence IS NOT NULL AND NEW.sequence IS DISTINCT FROM OLD.sequence
        OR OLD.mac IS NOT NULL AND NEW.mac IS DISTINCT FROM OLD.mac
        OR (NEW.sequence IS NULL) <> (NEW.mac IS NULL)
        """,
    ),
    "endorsements": ("voided_once", "OLD.voided_at IS NOT NULL"),
    "extensions": ("revoked_once", "OLD.revoked_at IS NOT NULL"),
    "recusals": ("lifted_once", "OLD.lifted_at IS NOT NULL"),
    "rounds": ("closed_once", "OLD.status = 'closed'"),
}
"""Rows that do not change any more, and when."""
IN_CLOSED_ROUND = ("assignments", "reviews")

BROAD = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pinpai_app;
        REVOKE UPDATE, DELETE ON audit_events, application_versions, version_images, filings, filing_items, rankings,
            nominations, nomination_answers, delivery_attempts, conflict_dismissals FROM pinpai_app;
        GRANT UPDATE (position, status, delivered_at, answered_at, withdrawn_at, withdrawal_reason, version, updated_at)
            ON nominations TO pinpai_app;
        GRANT UPDATE (sequence) ON audit_events TO pinpai_app;
        REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM pinpai_app;
    END IF;
END $$
"""
"""The rights of the fifth revision."""


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("mac", sa.Text(), nullable=True))
    op.drop_index("audit_events_unnumbered_idx", "audit_events")
    op.create_index(
        "audit_events_unchained_idx",
        "audit_events",
        ["sequence", "transaction", "ordinal"],
        postgresql_where=sa.text("mac IS NULL"),
    )
    for function in FUNCTIONS:
        op.execute(function)
    for table, (name, condition) in ONCE.items():
        _trigger(table, name, "UPDATE", condition, f"refuse('a row of {table} is not changed again')")
    for table in IN_CLOSED_ROUND:
        _trigger(table, "in_closed_round", "INSERT OR UPDATE", None, "refuse_in_closed_round()")
    for table, columns in INSTANTS.items():
        late = [f"{_not_now(column)}" for column in columns]
        changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in columns]
        _trigger(table, "inserted_now", "INSERT", " OR ".join(late), "refuse('an instant is not now')")
        on = f"UPDATE OF {', '.join(columns)}"
        _trigger(table, "changed_now", on, " OR ".join(changed), "refuse('an instant is not now')")


def downgrade() -> None:
    for table in INSTANTS:
        op.execute(f"DROP TRIGGER inserted_now ON {table}")
        op.execute(f"DROP TRIGGER changed_now ON {table}")
    for table in IN_CLOSED_ROUND:
        op.execute(f"DROP TRIGGER in_closed_round ON {table}")
    for table, (name, _) in ONCE.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION refuse_in_closed_round()")
    op.execute("DROP FUNCTION refuse()")
    op.drop_index("audit_events_unchained_idx", "audit_events")
    op.drop_column("audit_events", "mac")
    op.create_index(
        "audit_events_unnumbered_idx",
        "audit_events",
        ["transaction", "ordinal"],
        postgresql_where=sa.text("sequence IS NULL"),
    )
    op.execute(BROAD)


def _trigger(table: str, name: str, event: str, condition: str | None, function: str) -> None:
    when = f"WHEN ({condition})" if condition else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}")


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
