"""Everything from the notice to the receipt"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT USAGE ON SCHEMA public TO pinpai_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pinpai_app;
        REVOKE UPDATE, DELETE ON audit_events, application_versions, version_images, filings, filing_items
            FROM pinpai_app;
        REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM pinpai_app;
    END IF;
END $$
"""
"""The application may not rewrite what happened, what was fixed, or what was filed."""


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("committee_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "actor_role",
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
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("before_digest", sa.Text(), nullable=True),
        sa.Column("after_digest", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_events_pkey")),
    )
    op.create_index(op.f("audit_events_action_id_idx"), "audit_events", ["action", "id"], unique=False)
    op.create_index(op.f("audit_events_actor_id_id_idx"), "audit_events", ["actor_id", "id"], unique=False)
    op.create_index(op.f("audit_events_campaign_id_idx"), "audit_events", ["campaign_id"], unique=False)
    op.create_index(op.f("audit_events_committee_id_idx"), "audit_events", ["committee_id"], unique=False)
    op.create_index(op.f("audit_events_subject_id_id_idx"), "audit_events", ["subject_id", "id"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "closed",
                name="campaignstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings_digest", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("campaigns_pkey")),
    )
    op.create_table(
        "committees",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "township_subdistrict",
                "district_direct",
                name="committeekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("leader_name", sa.Text(), nullable=True),
        sa.Column("leader_title", sa.Text(), nullable=True),
        sa.Column("liaison_name", sa.Text(), nullable=True),
        sa.Column("liaison_phone", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("committees_pkey")),
        sa.UniqueConstraint("code", name=op.f("committees_code_key")),
        sa.UniqueConstraint("name", name=op.f("committees_name_key")),
    )
    op.create_table(
        "files",
        sa.Column(
            "state",
            sa.Enum(
                "reserved",
                "stored",
                "condemned",
                name="filestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state <> 'stored' OR sha256 IS NOT NULL", name=op.f("files_known_when_stored_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("files_pkey")),
    )
    op.create_index(op.f("files_sha256_idx"), "files", ["sha256"], unique=False)
    op.create_index(op.f("files_state_state_since_idx"), "files", ["state", "state_since"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("idempotency_keys_pkey")),
        sa.UniqueConstraint("account_id", "key", name=op.f("idempotency_keys_account_id_key_key")),
    )
    op.create_index(op.f("idempotency_keys_created_at_idx"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", postgresql.INET(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_attempts_pkey")),
    )
    op.create_index(op.f("sign_in_attempts_address_at_idx"), "sign_in_attempts", ["address", "at"], unique=False)
    op.create_index(
        op.f("sign_in_attempts_subject_hash_at_idx"), "sign_in_attempts", ["subject_hash", "at"], unique=False
    )
    op.create_table(
        "participations",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("applications_numbered", sa.Integer(), nullable=False),
        sa.Column("filings_numbered", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("participations_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("participations_committee_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("participations_pkey")),
        sa.UniqueConstraint("campaign_id", "committee_id", name=op.f("participations_campaign_id_committee_id_key")),
    )
    op.create_table(
        "plans",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_cases", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("plans_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("plans_committee_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("plans_pkey")),
        sa.UniqueConstraint("campaign_id", "committee_id", name=op.f("plans_campaign_id_committee_id_key")),
    )
    op.create_index(op.f("plans_committee_id_idx"), "plans", ["committee_id"], unique=False)
    op.create_table(
        "units",
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "honour_level",
            sa.Enum(
                "national",
                "provincial",
                "municipal",
                "district",
                name="honourlevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("units_committee_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("units_pkey")),
        sa.UniqueConstraint("committee_id", "name", name=op.f("units_committee_id_name_key")),
        sa.UniqueConstraint("credit_code", name=op.f("units_credit_code_key")),
        sa.UniqueConstraint("id", "committee_id", name=op.f("units_id_committee_id_key")),
    )
    op.create_table(
        "accounts",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
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
        sa.Column(
            "status",
            sa.Enum(
                "invited",
                "active",
                "disabled",
                name="accountstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.Text(), nullable=True),
        sa.Column("retiring_secret_hash", sa.Text(), nullable=True),
        sa.Column("activation_hash", sa.LargeBinary(), nullable=True),
        sa.Column("activation_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(role = 'unit') = (unit_id IS NOT NULL)", name=op.f("accounts_unit_of_its_role_check")),
        sa.CheckConstraint(
            "(role IN ('committee', 'unit')) = (committee_id IS NOT NULL)",
            name=op.f("accounts_committee_of_its_role_check"),
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("accounts_committee_id_fkey")),
        sa.ForeignKeyConstraint(
            ["unit_id", "committee_id"], ["units.id", "units.committee_id"], name=op.f("accounts_unit_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("accounts_pkey")),
        sa.UniqueConstraint("activation_hash", name=op.f("accounts_activation_hash_key")),
        sa.UniqueConstraint("username", name=op.f("accounts_username_key")),
    )
    op.create_index(op.f("accounts_committee_id_idx"), "accounts", ["committee_id"], unique=False)
    op.create_index(op.f("accounts_unit_id_idx"), "accounts", ["unit_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "declined",
                "endorsed",
                "filed",
                "accepted",
                "disqualified",
                "withdrawn",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("brand_name", sa.Text(), nullable=True),
        sa.Column("leader_name", sa.Text(), nullable=True),
        sa.Column("leader_title", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("innovation", sa.Text(), nullable=False),
        sa.Column("practices", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("narrative_length", sa.Integer(), nullable=False),
        sa.Column("image_count", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("endorsed_digest", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_version_id", sa.Uuid(), nullable=True),
        sa.Column("reason_codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("applications_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("applications_committee_id_fkey")),
        sa.ForeignKeyConstraint(
            ["unit_id", "committee_id"], ["units.id", "units.committee_id"], name=op.f("applications_unit_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("applications_pkey")),
        sa.UniqueConstraint("filed_version_id", name=op.f("applications_filed_version_id_key")),
        sa.UniqueConstraint("number", name=op.f("applications_number_key")),
    )
    op.create_index(op.f("applications_campaign_id_idx"), "applications", ["campaign_id"], unique=False)
    op.create_index(
        op.f("applications_committee_id_campaign_id_idx"), "applications", ["committee_id", "campaign_id"], unique=False
    )
    op.create_index(op.f("applications_unit_id_idx"), "applications", ["unit_id"], unique=False)
    op.create_table(
        "application_versions",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum(
                "submission", "filing", name="versionoccasion", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fixed_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("application_versions_application_id_fkey")
        ),
        sa.ForeignKeyConstraint(["fixed_by"], ["accounts.id"], name=op.f("application_versions_fixed_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("application_versions_pkey")),
        sa.UniqueConstraint("application_id", "number", name=op.f("application_versions_application_id_number_key")),
    )
    op.create_table(
        "endorsements",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("endorsed_by", sa.Uuid(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("changed_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("endorsements_application_id_fkey")),
        sa.ForeignKeyConstraint(["endorsed_by"], ["accounts.id"], name=op.f("endorsements_endorsed_by_fkey")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("endorsements_file_id_fkey")),
        sa.ForeignKeyConstraint(["voided_by"], ["accounts.id"], name=op.f("endorsements_voided_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("endorsements_pkey")),
        sa.UniqueConstraint("file_id", name=op.f("endorsements_file_id_key")),
    )
    op.create_index(op.f("endorsements_application_id_idx"), "endorsements", ["application_id"], unique=False)
    op.create_index(
        "endorsements_standing_key",
        "endorsements",
        ["application_id"],
        unique=True,
        postgresql_where="voided_at IS NULL",
    )
    op.create_table(
        "extensions",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("plan", "application", name="deadlinekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum("grant", "correction", name="extensioncause", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind = 'application' OR application_id IS NULL", name=op.f("extensions_application_deadline_only_check")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("extensions_application_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("extensions_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("extensions_committee_id_fkey")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("extensions_granted_by_fkey")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("extensions_revoked_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("extensions_pkey")),
    )
    op.create_index(op.f("extensions_application_id_idx"), "extensions", ["application_id"], unique=False)
    op.create_index(
        op.f("extensions_campaign_id_committee_id_idx"), "extensions", ["campaign_id", "committee_id"], unique=False
    )
    op.create_table(
        "filings",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("verification_code", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("filings_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("filings_committee_id_fkey")),
        sa.ForeignKeyConstraint(["filed_by"], ["accounts.id"], name=op.f("filings_filed_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("filings_pkey")),
        sa.UniqueConstraint("number", name=op.f("filings_number_key")),
        sa.UniqueConstraint("verification_code", name=op.f("filings_verification_code_key")),
    )
    op.create_index(op.f("filings_campaign_id_idx"), "filings", ["campaign_id"], unique=False)
    op.create_index(op.f("filings_committee_id_idx"), "filings", ["committee_id"], unique=False)
    op.create_table(
        "images",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("thumbnail_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("slot BETWEEN 1 AND 8", name=op.f("images_slot_check")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("images_application_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("images_file_id_fkey")),
        sa.ForeignKeyConstraint(["thumbnail_id"], ["files.id"], name=op.f("images_thumbnail_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("images_pkey")),
        sa.UniqueConstraint("application_id", "sha256", name=op.f("images_application_id_sha256_key")),
        sa.UniqueConstraint(
            "application_id",
            "slot",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("images_application_id_slot_key"),
        ),
        sa.UniqueConstraint("application_id", "source_sha256", name=op.f("images_application_id_source_sha256_key")),
        sa.UniqueConstraint("file_id", name=op.f("images_file_id_key")),
        sa.UniqueConstraint("thumbnail_id", name=op.f("images_thumbnail_id_key")),
    )
    op.create_index(op.f("images_fingerprint_idx"), "images", ["fingerprint"], unique=False)
    op.create_index(op.f("images_sha256_idx"), "images", ["sha256"], unique=False)
    op.create_index(op.f("images_source_sha256_idx"), "images", ["source_sha256"], unique=False)
    op.create_table(
        "planned_cases",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "unit_id IS NULL OR unit_name IS NULL", name=op.f("planned_cases_one_implementing_unit_check")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("planned_cases_application_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("planned_cases_plan_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("planned_cases_unit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("planned_cases_pkey")),
        sa.UniqueConstraint("application_id", name=op.f("planned_cases_application_id_key")),
        sa.UniqueConstraint(
            "plan_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("planned_cases_plan_id_position_key"),
        ),
    )
    op.create_table(
        "sessions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("address", postgresql.INET(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("sessions_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("sessions_token_hash_key")),
    )
    op.create_index(op.f("sessions_account_id_idx"), "sessions", ["account_id"], unique=False)
    op.create_table(
        "filing_items",
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("filing_items_application_id_fkey")),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name=op.f("filing_items_filing_id_fkey")),
        sa.ForeignKeyConstraint(["version_id"], ["application_versions.id"], name=op.f("filing_items_version_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("filing_items_pkey")),
        sa.UniqueConstraint("filing_id", "position", name=op.f("filing_items_filing_id_position_key")),
        sa.UniqueConstraint("version_id", name=op.f("filing_items_version_id_key")),
    )
    op.create_index(op.f("filing_items_application_id_idx"), "filing_items", ["application_id"], unique=False)
    op.create_table(
        "version_images",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("thumbnail_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("version_images_file_id_fkey")),
        sa.ForeignKeyConstraint(["thumbnail_id"], ["files.id"], name=op.f("version_images_thumbnail_id_fkey")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["application_versions.id"], name=op.f("version_images_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("version_images_pkey")),
        sa.UniqueConstraint("version_id", "slot", name=op.f("version_images_version_id_slot_key")),
    )
    op.create_index(op.f("version_images_file_id_idx"), "version_images", ["file_id"], unique=False)
    op.create_index(op.f("version_images_image_id_idx"), "version_images", ["image_id"], unique=False)
    op.create_index(op.f("version_images_thumbnail_id_idx"), "version_images", ["thumbnail_id"], unique=False)
    # the version refers to its application, the application to its filed version: one of the two comes afterwards
    op.create_foreign_key(
        "applications_filed_version_id_fkey", "applications", "application_versions", ["filed_version_id"], ["id"]
    )
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_constraint("applications_filed_version_id_fkey", "applications")
    op.drop_index(op.f("version_images_thumbnail_id_idx"), table_name="version_images")
    op.drop_index(op.f("version_images_image_id_idx"), table_name="version_images")
    op.drop_index(op.f("version_images_file_id_idx"), table_name="version_images")
    op.drop_table("version_images")
    op.drop_index(op.f("filing_items_application_id_idx"), table_name="filing_items")
    op.drop_table("filing_items")
    op.drop_index(op.f("sessions_account_id_idx"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("planned_cases")
    op.drop_index(op.f("images_source_sha256_idx"), table_name="images")
    op.drop_index(op.f("images_sha256_idx"), table_name="images")
    op.drop_index(op.f("images_fingerprint_idx"), table_name="images")
    op.drop_table("images")
    op.drop_index(op.f("filings_committee_id_idx"), table_name="filings")
    op.drop_index(op.f("filings_campaign_id_idx"), table_name="filings")
    op.drop_table("filings")
    op.drop_index(op.f("extensions_campaign_id_committee_id_idx"), table_name="extensions")
    op.drop_index(op.f("extensions_application_id_idx"), table_name="extensions")
    op.drop_table("extensions")
    op.drop_index("endorsements_standing_key", table_name="endorsements", postgresql_where="voided_at IS NULL")
    op.drop_index(op.f("endorsements_application_id_idx"), table_name="endorsements")
    op.drop_table("endorsements")
    op.drop_table("application_versions")
    op.drop_index(op.f("applications_unit_id_idx"), table_name="applications")
    op.drop_index(op.f("applications_committee_id_campaign_id_idx"), table_name="applications")
    op.drop_index(op.f("applications_campaign_id_idx"), table_name="applications")
    op.drop_table("applications")
    op.drop_index(op.f("accounts_unit_id_idx"), table_name="accounts")
    op.drop_index(op.f("accounts_committee_id_idx"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("units")
    op.drop_index(op.f("plans_committee_id_idx"), table_name="plans")
    op.drop_table("plans")
    op.drop_table("participations")
    op.drop_index(op.f("sign_in_attempts_subject_hash_at_idx"), table_name="sign_in_attempts")
    op.drop_index(op.f("sign_in_attempts_address_at_idx"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_index(op.f("idempotency_keys_created_at_idx"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index(op.f("files_state_state_since_idx"), table_name="files")
    op.drop_index(op.f("files_sha256_idx"), table_name="files")
    op.drop_table("files")
    op.drop_table("committees")
    op.drop_table("campaigns")
    op.drop_index(op.f("audit_events_subject_id_id_idx"), table_name="audit_events")
    op.drop_index(op.f("audit_events_committee_id_idx"), table_name="audit_events")
    op.drop_index(op.f("audit_events_campaign_id_idx"), table_name="audit_events")
    op.drop_index(op.f("audit_events_actor_id_id_idx"), table_name="audit_events")
    op.drop_index(op.f("audit_events_action_id_idx"), table_name="audit_events")
    op.drop_table("audit_events")
