"""The rights of the application's role, table by table, and the instants that the database vouches for.

Every row may be read and a new one inserted. What a command changes or deletes is named here and nowhere else: each
migration grants exactly this, so what is not named happened for good.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Table

from app.models.base import Base

ROLE = "pinpai_app"


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights beyond SELECT and INSERT: every column, or these; and which columns only the database fills."""

    update: tuple[str, ...] | None = ()
    delete: bool = False
    filled: tuple[str, ...] = ()


EDITED = Rights(update=None)
EDITED_AND_DELETED = Rights(update=None, delete=True)
DELETED = Rights(delete=True)
_COUNTED = ("version", "updated_at")

RIGHTS = {
    "accounts": EDITED,
    "application_listings": EDITED,
    "applications": EDITED_AND_DELETED,
    "assignments": Rights(("withdrawn_at", "withdrawn_by", "withdrawal_cause", "withdrawal_reason")),
    "audit_events": Rights(("sequence", "mac", "changes"), filled=("transaction", "ordinal", "sequence", "mac")),
    "attachments": EDITED_AND_DELETED,
    "awards": EDITED_AND_DELETED,
    "booklets": EDITED,
    "campaigns": EDITED,
    "commendations": EDITED_AND_DELETED,
    "committees": EDITED,
    "deliveries": Rights(("status", "attempts", "next_attempt_at", "delivered_at", *_COUNTED)),
    "documents": Rights(("removed_at", "removed_by")),
    "earlier_wins": Rights(("revoked_at", "revoked_by", "revocation_reason")),
    "endorsements": Rights(("voided_at", "voided_by", "void_reason", "changed_fields")),
    "endpoints": EDITED_AND_DELETED,
    "exemptions": Rights(("revoked_at", "revoked_by", "revocation_reason")),
    "extensions": Rights(("revoked_at", "revoked_by", "revocation_reason")),
    "factors": EDITED_AND_DELETED,
    "files": EDITED_AND_DELETED,
    "followers": Rights(("position",)),
    "former_names": Rights(("until",)),
    "grants": Rights(("revoked_at", "revoked_by")),
    "identities": DELETED,
    "idempotency_keys": Rights(("answer", "created_at"), delete=True),
    "images": EDITED_AND_DELETED,
    "logout_tokens": DELETED,
    "nominations": Rights(
        ("position", "status", "delivered_at", "answered_at", "withdrawn_at", "withdrawal_reason", *_COUNTED)
    ),
    "notifications": Rights(("by_mail", "digest", "mailed_at", "read_at"), delete=True),
    "objections": Rights(("status", "answer", "answered_at", "answered_by", *_COUNTED)),
    "panel_members": DELETED,
    "paper_templates": EDITED,
    "participations": Rights(("applications_numbered", "filings_numbered")),
    "partners": Rights(("agreed_at", "agreed_by"), delete=True),
    "passkey_challenges": DELETED,
    "planned_cases": EDITED_AND_DELETED,
    "plans": EDITED,
    "programmes": EDITED_AND_DELETED,
    "proposals": Rights(("status", "result", "applied_at", "undone_at", *_COUNTED)),
    "recovery_codes": DELETED,
    "recusals": Rights(("lifted_at", "lifted_by", "lifting_reason")),
    "restorations": Rights(("released_at",)),
    "reviewers": EDITED,
    "reviews": Rights(
        (
            "status",
            "scores",
            "remark",
            "total",
            "submitted_at",
            "reopening_reason",
            "entered_by",
            "checked_by",
            "scan_id",
            *_COUNTED,
        )
    ),
    "round_entries": Rights(("case_number",), delete=True),
    "rounds": EDITED_AND_DELETED,
    "seats": Rights(("revoked_at", "revoked_by", "revocation_reason")),
    "sessions": Rights(("token_hash", "seen_at", "idle_until", "assurance", "authenticated_at"), delete=True),
    "sign_in_attempts": Rights(("succeeded",), delete=True),
    "sign_on_challenges": DELETED,
    "swaps": Rights(("status", "answer", "answered_at", "answered_by", "filing_id", *_COUNTED)),
    "tallies": DELETED,
    "units": EDITED,
    "vocabularies": EDITED,
    "vetoes": Rights(("found", "reason", "answered_at", "answered_by")),
    "upload_allowances": Rights(("account_id", "restored_at")),
}
"""The tables of which rows are ever changed or deleted. All others only grow."""

ITS_OWN = tuple(f"procrastinate_{name}" for name in ("events", "jobs", "periodic_defers", "workers"))
"""The tables of the job queue's library, with every right."""

UNDATED = frozenset(
    [
        *("created_at", "updated_at", "seen_at"),
        *("opens_at", "closes_at", "publicity_ends_at", "activation_expires_at", "expires_at", "next_attempt_at"),
        "restored_at",
    ]
)
"""Instants that say nothing about what happened, and those that lie ahead."""


def instants(table: Table) -> list[str]:
    """The columns with the instant of something that happened: the database refuses one that is not now."""
    return [column.name for column in table.columns if _is_instant(column)]


def grants() -> list[str]:
    """The statements that give the role its rights, and take every other."""
    tables = [*Base.metadata.sorted_tables]
    return [
        f"GRANT USAGE ON SCHEMA public TO {ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}",
        f"GRANT SELECT ON alembic_version TO {ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(ITS_OWN)} TO {ROLE}",
        *(f"GRANT {_granted(table)} ON {table.name} TO {ROLE}" for table in tables),
    ]


def _granted(table: Table) -> str:
    rights = RIGHTS.get(table.name, Rights())
    inserted = [column.name for column in table.columns if column.name not in rights.filled]
    verbs = ["SELECT", f"INSERT ({', '.join(inserted)})" if rights.filled else "INSERT"]
    if rights.update != ():
        verbs.append(f"UPDATE ({', '.join(rights.update)})" if rights.update else "UPDATE")
    return ", ".join([*verbs, *(["DELETE"] if rights.delete else [])])


def _is_instant(column: Column[object]) -> bool:
    return (column.name == "at" or column.name.endswith("_at")) and column.name not in UNDATED
