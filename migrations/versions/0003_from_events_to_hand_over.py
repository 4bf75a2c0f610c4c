"""From events to hand-over"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON followers, notifications, nominations, nomination_answers, endpoints,
            deliveries, delivery_attempts, procrastinate_jobs, procrastinate_events, procrastinate_workers,
            procrastinate_periodic_defers TO pinpai_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO pinpai_app;
        REVOKE UPDATE, DELETE ON nominations, nomination_answers, delivery_attempts FROM pinpai_app;
        GRANT UPDATE (position, status, delivered_at, answered_at, withdrawn_at, withdrawal_reason, version, updated_at)
            ON nominations TO pinpai_app;
        GRANT UPDATE (sequence) ON audit_events TO pinpai_app;
    END IF;
END $$
"""
"""Of what happened the application may set one thing: the number by which others follow it.

What a nomination hands over is nobody's to change.
"""

NUMBER_HISTORY = """
WITH placed AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM audit_events)
UPDATE audit_events SET sequence = placed.place FROM placed WHERE audit_events.id = placed.id
"""
FOLLOWERS = """
INSERT INTO followers (id, name, position)
SELECT gen_random_uuid(), name, (SELECT count(*) FROM audit_events)
FROM unnest(ARRAY['deliveries', 'notifications']) AS name
"""
"""Nobody is told today what happened before there was anybody to tell it."""

WITHOUT_JOBS = """
DO $$ DECLARE thing text; BEGIN
    DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs, procrastinate_workers CASCADE;
    FOR thing IN SELECT oid::regprocedure FROM pg_proc
        WHERE proname LIKE 'procrastinate_%' AND pronamespace = 'public'::regnamespace
    LOOP EXECUTE 'DROP FUNCTION ' || thing || ' CASCADE'; END LOOP;
    DROP TYPE procrastinate_job_status, procrastinate_job_event_type, procrastinate_job_to_defer_v1 CASCADE;
END $$
"""


def with_hand_over(settings: dict[str, Any]) -> dict[str, Any]:
    commendation = settings["commendation"] | {"nominate_accepted": False}
    return settings | {"commendation": commendation, "reminders": ["P7D", "P3D", "P1D", "PT3H"]}


def without_hand_over(settings: dict[str, Any]) -> dict[str, Any]:
    commendation = {name: value for name, value in settings["commendation"].items() if name != "nominate_accepted"}
    return {name: value for name, value in settings.items() if name != "reminders"} | {"commendation": commendation}


def rewrite(changed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Every campaign's settings, under their new digest."""
    connection = op.get_bind()
    for campaign_id, settings in connection.execute(sa.text("SELECT id, settings FROM campaigns")).all():
        new = changed(settings)
        canonical = json.dumps(new, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        connection.execute(
            sa.text("UPDATE campaigns SET settings = CAST(:new AS jsonb), settings_digest = :digest WHERE id = :id"),
            {"new": canonical, "digest": hashlib.sha256(canonical.encode()).hexdigest(), "id": campaign_id},
        )


def make_job_queue() -> None:
    """The queue's tables and functions, by the library that owns them: many statements in one text."""
    connection: Any = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(SchemaManager.get_schema()))


def upgrade() -> None:
    op.create_table(
        "endpoints",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "disabled", name="endpointstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("retiring_secret", sa.Text(), nullable=True),
        sa.Column("retiring_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("endpoints_pkey")),
        sa.UniqueConstraint("url", name=op.f("endpoints_url_key")),
    )
    op.create_table(
        "followers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("followers_pkey")),
        sa.UniqueConstraint("name", name=op.f("followers_name_key")),
    )
    op.create_table(
        "notifications",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "office",
                "committee",
                "unit",
                "reviewer",
                "municipal",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("committee_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=True),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("particulars", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Uuid(), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("notifications_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notifications_pkey")),
        sa.UniqueConstraint("account_id", "kind", "occasion", name=op.f("notifications_account_id_kind_occasion_key")),
    )
    op.create_index(op.f("notifications_account_id_id_idx"), "notifications", ["account_id", "id"], unique=False)
    op.create_table(
        "nominations",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "prepared",
                "delivering",
                "delivered",
                "acknowledged",
                "returned",
                "accepted",
                "decided",
                "replaced",
                "withdrawn",
                name="nominationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload_digest", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("nominations_application_id_fkey")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("nominations_award_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("nominations_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["version_id"], ["application_versions.id"], name=op.f("nominations_version_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("nominations_pkey")),
        sa.UniqueConstraint("application_id", "revision", name=op.f("nominations_application_id_revision_key")),
    )
    op.create_index(op.f("nominations_campaign_id_idx"), "nominations", ["campaign_id"], unique=False)
    op.create_index(
        "nominations_standing_key",
        "nominations",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('replaced', 'withdrawn')"),
    )
    op.create_table(
        "deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("nomination_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "delivered",
                "failed",
                name="deliverystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name=op.f("deliveries_endpoint_id_fkey")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name=op.f("deliveries_nomination_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("deliveries_pkey")),
        sa.UniqueConstraint("endpoint_id", "event", name=op.f("deliveries_endpoint_id_event_key")),
    )
    op.create_index(op.f("deliveries_nomination_id_idx"), "deliveries", ["nomination_id"], unique=False)
    op.create_table(
        "nomination_answers",
        sa.Column("nomination_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "returned",
                "accepted",
                "decided",
                name="answerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("payload_digest", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=op.f("nomination_answers_answered_by_fkey")),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nominations.id"], name=op.f("nomination_answers_nomination_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("nomination_answers_pkey")),
        sa.UniqueConstraint("answered_by", "reference", name=op.f("nomination_answers_answered_by_reference_key")),
    )
    op.create_index(op.f("nomination_answers_nomination_id_idx"), "nomination_answers", ["nomination_id"], unique=False)
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("delivery_attempts_delivery_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_attempts_pkey")),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("delivery_attempts_delivery_id_number_key")),
    )
    op.add_column("accounts", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("mail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.alter_column("accounts", "mail", server_default=None)
    op.add_column("audit_events", sa.Column("subject_version", sa.Integer(), nullable=True))
    op.add_column(
        "audit_events",
        sa.Column(
            "transaction", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
        ),
    )
    op.add_column("audit_events", sa.Column("ordinal", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.add_column("audit_events", sa.Column("sequence", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(op.f("audit_events_sequence_key"), "audit_events", ["sequence"])
    op.create_index(
        "audit_events_unnumbered_idx",
        "audit_events",
        ["transaction", "ordinal"],
        unique=False,
        postgresql_where=sa.text("sequence IS NULL"),
    )
    op.create_index(
        "audit_events_nominations_idx",
        "audit_events",
        ["sequence"],
        unique=False,
        postgresql_where=sa.text("subject_type = 'nomination'"),
    )
    op.execute(NUMBER_HISTORY)
    op.execute(FOLLOWERS)
    make_job_queue()
    op.execute("ALTER TABLE procrastinate_jobs ADD COLUMN failure text")
    rewrite(with_hand_over)
    op.execute(GRANTS)


def downgrade() -> None:
    rewrite(without_hand_over)
    op.execute(WITHOUT_JOBS)
    op.drop_index(
        "audit_events_nominations_idx",
        table_name="audit_events",
        postgresql_where=sa.text("subject_type = 'nomination'"),
    )
    op.drop_index(
        "audit_events_unnumbered_idx", table_name="audit_events", postgresql_where=sa.text("sequence IS NULL")
    )
    op.drop_constraint(op.f("audit_events_sequence_key"), "audit_events", type_="unique")
    op.drop_column("audit_events", "sequence")
    op.drop_column("audit_events", "ordinal")
    op.drop_column("audit_events", "transaction")
    op.drop_column("audit_events", "subject_version")
    op.drop_column("accounts", "mail")
    op.drop_column("accounts", "email")
    op.drop_table("delivery_attempts")
    op.drop_index(op.f("nomination_answers_nomination_id_idx"), table_name="nomination_answers")
    op.drop_table("nomination_answers")
    op.drop_index(op.f("deliveries_nomination_id_idx"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(
        "nominations_standing_key",
        table_name="nominations",
        postgresql_where=sa.text("status NOT IN ('replaced', 'withdrawn')"),
    )
    op.drop_index(op.f("nominations_campaign_id_idx"), table_name="nominations")
    op.drop_table("nominations")
    op.drop_index(op.f("notifications_account_id_id_idx"), table_name="notifications")
    op.drop_table("notifications")
    op.drop_table("followers")
    op.drop_table("endpoints")
