"""Joint applications: partners of the applying unit, and those that a version names"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANTS = ("asked_at", "agreed_at")
REFERENCES = {
    "application_id": "applications",
    "unit_id": "units",
    "asked_by": "accounts",
    "agreed_by": "accounts",
}
WHILE_EDITED = """
CREATE FUNCTION refuse_partner() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM FROM public.applications a
    WHERE a.id = NEW.application_id AND a.status IN ('draft', 'returned') AND a.unit_id <> NEW.unit_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'partners.while_edited: it is no draft, or the unit is its own'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
"""Partners are asked and agree while the application may be edited, and are other units than its own."""


def upgrade() -> None:
    op.create_table(
        "partners",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"partners_{column}_fkey"))
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("partners_pkey")),
        sa.UniqueConstraint("application_id", "unit_id", name=op.f("partners_application_id_unit_id_key")),
    )
    op.create_index(op.f("partners_unit_id_idx"), "partners", ["unit_id"])
    named = sa.Column("partners", JSONB(), server_default="[]", nullable=False)
    op.add_column("application_versions", named)
    op.create_index(
        "application_versions_partners_idx",
        "application_versions",
        ["partners"],
        postgresql_using="gin",
        postgresql_where=sa.text("partners <> '[]'::jsonb"),
    )
    op.execute(WHILE_EDITED)
    op.execute(
        "CREATE TRIGGER while_edited BEFORE INSERT OR UPDATE ON partners FOR EACH ROW EXECUTE FUNCTION refuse_partner()"
    )
    late = [_not_now(column) for column in INSTANTS]
    changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in INSTANTS]
    _dated("inserted_now", "INSERT", " OR ".join(late))
    _dated("changed_now", f"UPDATE OF {', '.join(INSTANTS)}", " OR ".join(changed))


def downgrade() -> None:
    """Drop the partners; versions and receipts go on naming them in their sealed content."""
    op.drop_table("partners")
    op.execute("DROP FUNCTION refuse_partner()")
    op.drop_index("application_versions_partners_idx", "application_versions")
    op.drop_column("application_versions", "partners")


def _dated(name: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON partners FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse('an instant is not now')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
