"""From review to published commendation"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pinpai_app') AND current_user <> 'pinpai_app' THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON reviewers, rounds, round_entries, panel_members, recusals, assignments,
            proposals, reviews, rankings, commendations, awards, objections TO pinpai_app;
        REVOKE UPDATE, DELETE ON rankings FROM pinpai_app;
    END IF;
END $$
"""
"""The application may not rewrite a ranking."""

PHONE_DIGITS = r"regexp_replace(regexp_replace(phone, '\D', '', 'g'), '^(00)?86(?=1\d{10}$)', '')"

ANCHORS = [
    {"from_score": 90, "description": "成效突出，可在全区直接推广"},
    {"from_score": 80, "description": "成效明显，特色鲜明"},
    {"from_score": 60, "description": "符合要求，成效一般"},
    {"from_score": 0, "description": "与要求有较大差距"},
]
COMMENDATION = {
    "wording": "通报表彰",
    "publicity_days": 5,
    "document_number": "路北文明办〔{year}〕{number}号",
    "certificate_number": "路北文明创建〔{year}〕第{number}号",
    "indicators": [
        {"code": "plan_in_time", "name": "按时报送实施计划", "weight": 15, "full_measure": 1},
        {"code": "filed_in_time", "name": "按时上报申报案例", "weight": 20, "full_measure": 1},
        {"code": "planned_delivered", "name": "计划案例完成情况", "weight": 15, "full_measure": 1},
        {"code": "filed_count", "name": "上报案例件数", "weight": 15, "full_measure": 5},
        {"code": "accepted_at_first_check", "name": "形式审查一次通过情况", "weight": 15, "full_measure": 1},
        {"code": "awards_won", "name": "获优秀案例件数", "weight": 20, "full_measure": 3},
    ],
}


def with_commendation(settings: dict[str, Any]) -> dict[str, Any]:
    criteria = [
        each | {"minimum": 0, "maximum": 100, "anchors": ANCHORS, "weight": min(max(each["weight"], 1), 100)}
        for each in settings["criteria"]
    ]
    kinds = [kind | {"grades": []} for kind in settings["award_kinds"]]
    return settings | {"criteria": criteria, "award_kinds": kinds, "commendation": COMMENDATION}


def without_commendation(settings: dict[str, Any]) -> dict[str, Any]:
    criteria = [
        {name: value for name, value in each.items() if name not in ("minimum", "maximum", "anchors")}
        for each in settings["criteria"]
    ]
    kinds = [{name: value for name, value in kind.items() if name != "grades"} for kind in settings["award_kinds"]]
    kept = {name: value for name, value in settings.items() if name != "commendation"}
    return kept | {"criteria": criteria, "award_kinds": kinds}


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


def upgrade() -> None:
    op.create_table(
        "commendations",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("preface", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "publicised",
                "published",
                name="commendationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("publicised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publicity_first_on", sa.Date(), nullable=True),
        sa.Column("publicity_last_on", sa.Date(), nullable=True),
        sa.Column("publicity_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("commendations_campaign_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("commendations_pkey")),
        sa.UniqueConstraint("document_number", name=op.f("commendations_document_number_key")),
    )
    op.create_index(op.f("commendations_campaign_id_idx"), "commendations", ["campaign_id"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft", "open", "closed", name="roundstatus", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "intake",
            sa.Enum(
                "all", "best", "selected", name="roundintake", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("source_round_id", sa.Uuid(), nullable=True),
        sa.Column("intake_limit", sa.Integer(), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("shows_others", sa.Boolean(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reviews_wanted", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "mean",
                "trimmed_mean",
                "reviewer_adjusted",
                name="rankingmethod",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("tie_breaks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cases_numbered", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("rounds_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["source_round_id"], ["rounds.id"], name=op.f("rounds_source_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rounds_pkey")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("rounds_campaign_id_number_key")),
    )
    op.create_table(
        "rankings",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inputs_digest", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result_digest", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("rankings_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rankings_pkey")),
        sa.UniqueConstraint("round_id", name=op.f("rankings_round_id_key")),
    )
    op.create_table(
        "proposals",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("full", "wave", name="proposalkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "applied",
                "undone",
                name="proposalstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("basis_digest", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("proposals_proposed_by_fkey")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("proposals_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("proposals_pkey")),
    )
    op.create_index(op.f("proposals_round_id_idx"), "proposals", ["round_id"], unique=False)
    op.create_table(
        "reviewers",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("expertise", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minimum_load", sa.Integer(), nullable=False),
        sa.Column("maximum_load", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("reviewers_account_id_fkey")),
        sa.ForeignKeyConstraint(["committee_id"], ["committees.id"], name=op.f("reviewers_committee_id_fkey")),
        sa.ForeignKeyConstraint(
            ["unit_id", "committee_id"], ["units.id", "units.committee_id"], name=op.f("reviewers_unit_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reviewers_pkey")),
        sa.UniqueConstraint("account_id", name=op.f("reviewers_account_id_key")),
    )
    op.create_table(
        "awards",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("commendation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("to_committee_id", sa.Uuid(), nullable=True),
        sa.Column("to_committee_name", sa.Text(), nullable=True),
        sa.Column(
            "basis",
            sa.Enum(
                "count",
                "score",
                "quota",
                "indicators",
                "by_hand",
                name="awardbasis",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "held",
                "dropped",
                "awarded",
                "revoked",
                name="awardstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("public_summary", sa.Text(), nullable=False),
        sa.Column("pictures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=True),
        sa.Column("verification_code", sa.Text(), nullable=True),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(application_id IS NULL) = (version_id IS NULL)", name=op.f("awards_version_of_its_application_check")
        ),
        sa.CheckConstraint(
            "num_nonnulls(application_id, to_committee_id) = 1", name=op.f("awards_one_recipient_check")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("awards_application_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("awards_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["commendation_id"], ["commendations.id"], name=op.f("awards_commendation_id_fkey")),
        sa.ForeignKeyConstraint(["to_committee_id"], ["committees.id"], name=op.f("awards_to_committee_id_fkey")),
        sa.ForeignKeyConstraint(["version_id"], ["application_versions.id"], name=op.f("awards_version_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("awards_pkey")),
        sa.UniqueConstraint("certificate_number", name=op.f("awards_certificate_number_key")),
        sa.UniqueConstraint("verification_code", name=op.f("awards_verification_code_key")),
    )
    op.create_index(op.f("awards_application_id_idx"), "awards", ["application_id"], unique=False)
    op.create_index(op.f("awards_commendation_id_idx"), "awards", ["commendation_id"], unique=False)
    op.create_index(
        "awards_standing_application_key",
        "awards",
        ["campaign_id", "kind", "application_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('dropped', 'revoked')"),
    )
    op.create_index(
        "awards_standing_committee_key",
        "awards",
        ["campaign_id", "kind", "to_committee_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('dropped', 'revoked')"),
    )
    op.create_index(op.f("awards_to_committee_id_idx"), "awards", ["to_committee_id"], unique=False)
    op.create_table(
        "panel_members",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.account_id"], name=op.f("panel_members_reviewer_id_fkey")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("panel_members_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("panel_members_pkey")),
        sa.UniqueConstraint("round_id", "reviewer_id", name=op.f("panel_members_round_id_reviewer_id_key")),
    )
    op.create_index(op.f("panel_members_reviewer_id_idx"), "panel_members", ["reviewer_id"], unique=False)
    op.create_table(
        "recusals",
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("from_committee_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "declared",
                "abstained",
                "recused",
                name="recusalkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifting_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(application_id, unit_id, from_committee_id) = 1", name=op.f("recusals_one_object_check")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("recusals_application_id_fkey")),
        sa.ForeignKeyConstraint(["from_committee_id"], ["committees.id"], name=op.f("recusals_from_committee_id_fkey")),
        sa.ForeignKeyConstraint(["lifted_by"], ["accounts.id"], name=op.f("recusals_lifted_by_fkey")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("recusals_made_by_fkey")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.account_id"], name=op.f("recusals_reviewer_id_fkey")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("recusals_unit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("recusals_pkey")),
    )
    op.create_index(op.f("recusals_application_id_idx"), "recusals", ["application_id"], unique=False)
    op.create_index(op.f("recusals_reviewer_id_idx"), "recusals", ["reviewer_id"], unique=False)
    op.create_index(
        "recusals_standing_key",
        "recusals",
        ["reviewer_id", "kind", "application_id", "unit_id", "from_committee_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "round_entries",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("round_entries_application_id_fkey")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_entries_round_id_fkey")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["application_versions.id"], name=op.f("round_entries_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("round_entries_pkey")),
        sa.UniqueConstraint("round_id", "application_id", name=op.f("round_entries_round_id_application_id_key")),
        sa.UniqueConstraint("round_id", "case_number", name=op.f("round_entries_round_id_case_number_key")),
    )
    op.create_index(op.f("round_entries_application_id_idx"), "round_entries", ["application_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "manual", "proposal", name="assignmentorigin", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column(
            "withdrawal_cause",
            sa.Enum(
                "office",
                "proposal",
                "undone",
                "conflict",
                name="withdrawalcause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by"], ["accounts.id"], name=op.f("assignments_assigned_by_fkey")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("assignments_proposal_id_fkey")),
        sa.ForeignKeyConstraint(
            ["round_id", "application_id"],
            ["round_entries.round_id", "round_entries.application_id"],
            name="assignments_entry_fkey",
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.account_id"], name=op.f("assignments_reviewer_id_fkey")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("assignments_withdrawn_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("assignments_pkey")),
    )
    op.create_index(op.f("assignments_reviewer_id_idx"), "assignments", ["reviewer_id"], unique=False)
    op.create_index(
        "assignments_standing_key",
        "assignments",
        ["round_id", "application_id", "reviewer_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "objections",
        sa.Column("commendation_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "rejected",
                "upheld",
                name="objectionstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=op.f("objections_answered_by_fkey")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("objections_award_id_fkey")),
        sa.ForeignKeyConstraint(
            ["commendation_id"], ["commendations.id"], name=op.f("objections_commendation_id_fkey")
        ),
        sa.ForeignKeyConstraint(["raised_by"], ["accounts.id"], name=op.f("objections_raised_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("objections_pkey")),
    )
    op.create_index(op.f("objections_award_id_idx"), "objections", ["award_id"], unique=False)
    op.create_index(op.f("objections_commendation_id_idx"), "objections", ["commendation_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "submitted", name="reviewstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopening_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("reviews_assignment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reviews_pkey")),
        sa.UniqueConstraint("assignment_id", name=op.f("reviews_assignment_id_key")),
    )
    op.create_index("accounts_phone_digits_idx", "accounts", [sa.text(PHONE_DIGITS)])
    rewrite(with_commendation)
    op.execute(GRANTS)


def downgrade() -> None:
    rewrite(without_commendation)
    op.drop_index("accounts_phone_digits_idx", table_name="accounts")
    op.drop_table("reviews")
    op.drop_index(op.f("objections_commendation_id_idx"), table_name="objections")
    op.drop_index(op.f("objections_award_id_idx"), table_name="objections")
    op.drop_table("objections")
    op.drop_index(
        "assignments_standing_key", table_name="assignments", postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.drop_index(op.f("assignments_reviewer_id_idx"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_index(op.f("round_entries_application_id_idx"), table_name="round_entries")
    op.drop_table("round_entries")
    op.drop_index("recusals_standing_key", table_name="recusals")
    op.drop_index(op.f("recusals_reviewer_id_idx"), table_name="recusals")
    op.drop_index(op.f("recusals_application_id_idx"), table_name="recusals")
    op.drop_table("recusals")
    op.drop_index(op.f("panel_members_reviewer_id_idx"), table_name="panel_members")
    op.drop_table("panel_members")
    op.drop_index(op.f("awards_to_committee_id_idx"), table_name="awards")
    op.drop_index(
        "awards_standing_committee_key",
        table_name="awards",
        postgresql_where=sa.text("status NOT IN ('dropped', 'revoked')"),
    )
    op.drop_index(
        "awards_standing_application_key",
        table_name="awards",
        postgresql_where=sa.text("status NOT IN ('dropped', 'revoked')"),
    )
    op.drop_index(op.f("awards_commendation_id_idx"), table_name="awards")
    op.drop_index(op.f("awards_application_id_idx"), table_name="awards")
    op.drop_table("awards")
    op.drop_table("reviewers")
    op.drop_index(op.f("proposals_round_id_idx"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_table("rankings")
    op.drop_table("rounds")
    op.drop_index(op.f("commendations_campaign_id_idx"), table_name="commendations")
    op.drop_table("commendations")
