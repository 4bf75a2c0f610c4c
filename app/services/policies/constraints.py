"""The database is the last policy: what a broken constraint means, in the words of a rule."""

from app.findings import Finding, Rule
from app.services.policies import UNKNOWN_REFERENCE

ALREADY_EXISTS = Rule("already_exists", "已存在相同的记录。", "There is already one like it.")
STILL_IN_USE = Rule("still_in_use", "仍被其他记录引用，不能这样修改。", "Other records refer to it.")
CONFLICTING_CHANGE = Rule("conflicting_change", "与同时进行的修改冲突，请重试。", "It conflicts with another change.")
DUPLICATE_IMAGE = Rule(
    "duplicate_image", "同一申报表中已有这幅图片。", "The application already has this very picture."
)
DUPLICATE_ATTACHMENT = Rule(
    "duplicate_attachment", "同一申报中已有这份佐证材料。", "The application already has this very document."
)

_POINTERS = {
    "committees_code_key": "/code",
    "committees_name_key": "/name",
    "units_committee_id_name_key": "/name",
    "committees_comparable_name_key": "/name",
    "units_committee_id_comparable_name_key": "/name",
    "units_committee_id_credit_code_key": "/credit_code",
    "accounts_username_key": "/username",
    "factors_credential_id_key": "/credential_id",
    "identities_issuer_subject_key": "/code",
    "plans_campaign_id_committee_id_key": "/campaign_id",
    "planned_cases_application_id_key": "/application_id",
    "endpoints_url_key": "/url",
    "assignments_standing_key": "/assignments",
    "recusals_standing_key": "/reviewer_id",
    **dict.fromkeys(
        (f"awards_standing_{sort}_key" for sort in ("application", "committee", "unit", "person")), "/kind"
    ),
    "nominations_standing_key": "/application_id",
    "grants_standing_key": "/campaign_id",
    "nomination_answers_answered_by_reference_key": "/reference",
}
_WORDS = {"units_honour_level_word": "/honour_level", "committees_kind_word": "/kind"}
"""Codes that must be of a vocabulary: it may have lost one since the request read it."""


def finding_of(constraint: str) -> Finding:
    """Name what the database refused, with a pointer to the member that caused it where there is one."""
    if constraint in ("images_application_id_sha256_key", "images_application_id_source_sha256_key"):
        return DUPLICATE_IMAGE("/file")
    if constraint == "attachments_application_id_sha256_key":
        return DUPLICATE_ATTACHMENT("/file")
    if constraint in _POINTERS:
        return ALREADY_EXISTS(_POINTERS[constraint])
    if constraint in _WORDS:
        return UNKNOWN_REFERENCE(_WORDS[constraint])
    return STILL_IN_USE() if constraint.endswith("_fkey") else CONFLICTING_CHANGE()
