"""The office's services: exemptions from limits, swaps, documents, announcements, topics"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANTS = {
    "announcements": ("sent_at",),
    "documents": ("added_at", "removed_at"),
    "exemptions": ("granted_at", "revoked_at"),
    "swaps": ("requested_at", "answered_at"),
}
"""As in the sixth revision, which did this for what there was."""
ONCE = {
    "documents": ("removed_once", "OLD.removed_at IS NOT NULL"),
    "exemptions": ("revoked_once", "OLD.revoked_at IS NOT NULL"),
    "swaps": ("answered_once", "OLD.status <> 'requested'"),
}
"""Rows that do not change any more, and when."""
LIMITS = (
    *("minimum_filed", "images_minimum", "images_maximum", "narrative_minimum", "narrative_maximum"),
    *("brand_name_length", "leader_name_length", "leader_title_length"),
    *("innovation_length", "practices_length", "effects_length"),
)

DOCUMENTS = ("notice", "requirements", "priorities", "assessment", "attachment")
AUDIENCES = ("all", "chosen", "without_plan", "not_filed")
SWAP_STATES = ("requested", "consented", "declined", "withdrawn")
SWAPS_REFER_TO = {
    "campaign_id": "campaigns",
    "committee_id": "committees",
    "application_id": "applications",
    "replacement_id": "applications",
    "file_id": "files",
    "requested_by": "accounts",
    "answered_by": "accounts",
    "filing_id": "filings",
}


def upgrade() -> None:
    for table in ("applications", "application_versions"):
        op.add_column(table, sa.Column("topic", sa.Text(), nullable=True))
    _create_exemptions()
    _create_swaps()
    _create_documents()
    _create_announcements()
    for table, columns in INSTANTS.items():
        late = [_not_now(column) for column in columns]
        changed = [f"NEW.{column} IS DISTINCT FROM OLD.{column} AND {_not_now(column)}" for column in columns]
        _trigger(table, "inserted_now", "INSERT", " OR ".join(late), "an instant is not now")
        _trigger(table, "changed_now", f"UPDATE OF {', '.join(columns)}", " OR ".join(changed), "an instant is not now")
    for table, (name, condition) in ONCE.items():
        _trigger(table, name, "UPDATE", condition, f"a row of {table} is not changed again")


def downgrade() -> None:
    for table in ("announcement_documents", "announcement_recipients", "announcements", "documents"):
        op.drop_table(table)
    op.drop_table("swaps")
    op.drop_table("exemptions")
    for table in ("applications", "application_versions"):
        op.drop_column(table, "topic")


def _create_exemptions() -> None:
    op.create_table(
        "exemptions",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(*LIMITS, name="limitkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'minimum_filed' OR application_id IS NULL",
            name=op.f("exemptions_minimum_of_a_committee_check"),
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("exemptions_application_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("exemptions_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("exemptions_committee_id_fkey")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("exemptions_granted_by_fkey")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("exemptions_revoked_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("exemptions_pkey")),
    )
    op.create_index(op.f("exemptions_application_id_idx"), "exemptions", ["application_id"])
    op.create_index(op.f("exemptions_campaign_id_committee_id_idx"), "exemptions", ["campaign_id", "committee_id"])


def _create_swaps() -> None:
    op.create_table(
        "swaps",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(*SWAP_STATES, name="swapstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("filing_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(replacement_id IS NULL) <> (file_id IS NULL)", name=op.f("swaps_one_replacement_check")),
        *_refer("swaps", **SWAPS_REFER_TO),
        sa.PrimaryKeyConstraint("id", name=op.f("swaps_pkey")),
        sa.UniqueConstraint("file_id", name=op.f("swaps_file_id_key")),
    )
    for column in ("campaign_id", "committee_id", "application_id", "replacement_id"):
        op.create_index(op.f(f"swaps_{column}_idx"), "swaps", [column])
    waiting = sa.text("status = 'requested'")
    op.create_index("swaps_open_key", "swaps", ["application_id"], unique=True, postgresql_where=waiting)
    op.create_index("swaps_open_replacement_key", "swaps", ["replacement_id"], unique=True, postgresql_where=waiting)


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*DOCUMENTS, name="documentkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_refer("documents", campaign_id="campaigns", file_id="files", added_by="accounts", removed_by="accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("documents_pkey")),
        sa.UniqueConstraint("file_id", name=op.f("documents_file_id_key")),
    )
    op.create_index(op.f("documents_campaign_id_idx"), "documents", ["campaign_id"])


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(*AUDIENCES, name="announcementaudience", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("to_units", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_refer("announcements", campaign_id="campaigns", sent_by="accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("announcements_pkey")),
    )
    op.create_index(op.f("announcements_campaign_id_idx"), "announcements", ["campaign_id"])
    for table, column, other in (
        ("announcement_recipients", "committee_id", "committees"),
        ("announcement_documents", "document_id", "documents"),
    ):
        op.create_table(
            table,
            sa.Column("announcement_id", sa.Uuid(), nullable=False),
            sa.Column(column, sa.Uuid(), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            *_refer(table, announcement_id="announcements", **{column: other}),
            sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
            sa.UniqueConstraint("announcement_id", column, name=op.f(f"{table}_announcement_id_{column}_key")),
        )
        op.create_index(op.f(f"{table}_{column}_idx"), table, [column])


def _refer(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"{table}_{column}_fkey"))
        for column, other in columns.items()
    ]


def _trigger(table: str, name: str, event: str, condition: str, words: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE FUNCTION refuse('{words}')"
    )


def _not_now(column: str) -> str:
    return f"NEW.{column} NOT BETWEEN clock_timestamp() - interval '15 min' AND clock_timestamp() + interval '1 min'"
