"""Seats beside one's own, and on paper; notices for who comes after; units that move, committees that merge"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
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
OF_UNITS = ("accounts", "reviewers")
PLACE = (["unit_id", "committee_id"], ["id", "committee_id"])
BEGINS_AT_HOME = """
CREATE FUNCTION refuse_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.unit_id IS NULL OR TG_OP = 'UPDATE'
        AND NEW.unit_id = OLD.unit_id AND NEW.committee_id = OLD.committee_id THEN
        RETURN NEW;
    END IF;
    PERFORM FROM public.units WHERE id = NEW.unit_id AND committee_id = NEW.committee_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'applications.of_its_units_committee: the unit is elsewhere'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
"""An application is begun with, or brought to, the committee in which its unit is, and stays there until it ends."""
FREED = {"committees": ("code", "name", "comparable_name"), "units": ("name", "comparable_name", "credit_code")}
STANDING = "retired_at IS NULL"
RENAMED = (
    """
    UPDATE committees c SET code = c.code || 'R' || n.place, name = c.name || '（原' || n.place || '）',
        comparable_name = NULL
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM committees WHERE retired_at IS NOT NULL) n
    WHERE n.id = c.id AND EXISTS (
        SELECT FROM committees o WHERE o.id <> c.id
        AND (o.code = c.code OR o.name = c.name OR o.comparable_name = c.comparable_name))
    """,
    """
    UPDATE units u SET name = u.name || '（原' || n.place || '）', comparable_name = NULL, credit_code = NULL
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM units WHERE retired_at IS NOT NULL) n
    WHERE n.id = u.id AND EXISTS (
        SELECT FROM units o WHERE o.id <> u.id AND o.committee_id = u.committee_id
        AND (o.name = u.name OR o.comparable_name = u.comparable_name OR o.credit_code = u.credit_code))
    """,
)
INHERITED = "notifications_committee_id_kind_occasion_idx"
"""The notices of a committee, for those who come after."""
ACCOUNTS = ("account_id", "reviewer_id", "granted_by", "revoked_by")


def upgrade() -> None:
    make_seats()
    op.execute(RIGHTS)
    op.create_index(op.f(INHERITED), "notifications", ["committee_id", "kind", "occasion"])
    let_organisations_change()
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


def let_organisations_change() -> None:
    op.add_column("committees", sa.Column("successor_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("committees_successor_id_fkey"), "committees", "committees", ["successor_id"], ["id"])
    op.create_index(op.f("committees_successor_id_idx"), "committees", ["successor_id"])
    for table in OF_UNITS:
        op.drop_constraint(op.f(f"{table}_unit_id_fkey"), table)
        op.create_foreign_key(op.f(f"{table}_unit_id_fkey"), table, "units", *PLACE, deferrable=True)
    op.drop_constraint(op.f("applications_unit_id_fkey"), "applications")
    op.create_foreign_key(op.f("applications_unit_id_fkey"), "applications", "units", ["unit_id"], ["id"])
    for table, columns in FREED.items():
        for name in columns:
            key = op.f(_key(table, name))
            op.drop_constraint(key, table)
            op.create_index(key, table, _within(table, name), unique=True, postgresql_where=sa.text(STANDING))
    op.execute(BEGINS_AT_HOME)
    op.execute(
        "CREATE TRIGGER of_its_units_committee BEFORE INSERT OR UPDATE OF unit_id, committee_id ON applications "
        "FOR EACH ROW EXECUTE FUNCTION refuse_elsewhere()"
    )


def downgrade() -> None:
    """Bring what stayed with an earlier committee to where its unit is now: before, no other place was known."""
    op.execute("DROP TRIGGER of_its_units_committee ON applications")
    op.execute("DROP FUNCTION refuse_elsewhere()")
    op.execute("UPDATE applications a SET committee_id = u.committee_id FROM units u WHERE u.id = a.unit_id")
    for table in (*OF_UNITS, "applications"):
        op.drop_constraint(op.f(f"{table}_unit_id_fkey"), table)
        op.create_foreign_key(op.f(f"{table}_unit_id_fkey"), table, "units", *PLACE)
    op.drop_column("committees", "successor_id")
    take_freed_names_back()
    op.drop_index(op.f(INHERITED), "notifications")
    op.drop_table("seats")


def take_freed_names_back() -> None:
    """Give what is retired, and shares a name or code, another one: both may not have it any longer."""
    for statement in RENAMED:
        op.execute(statement)
    for table, columns in FREED.items():
        for name in columns:
            key = op.f(_key(table, name))
            op.drop_index(key, table)
            op.create_unique_constraint(key, table, _within(table, name))


def _within(table: str, name: str) -> list[str]:
    return ["committee_id", name] if table == "units" else [name]


def _key(table: str, name: str) -> str:
    return "_".join([table, *_within(table, name), "key"])


def _trigger(name: str, event: str, condition: str, words: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON seats FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE FUNCTION refuse('{words}')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
