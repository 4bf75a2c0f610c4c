"""The regulation of panels (评审组): who may join one, and who may not be let go."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AccountStatus, Role
from app.services.policies import UNKNOWN_REFERENCE

NOT_ACTIVE = Rule("account_not_active", "评委“{name}”的账号不可用。", "The account of the judge {name} is not active.")
HAS_CASES = Rule(
    "has_cases",
    "评委“{name}”还有 {count} 件分配的案例，请先收回。",
    "The judge {name} has {count} cases assigned: withdraw them first.",
)


def panel_findings(
    named: Sequence[UUID], known: Mapping[UUID, Mapping[str, Any]], members: Mapping[UUID, Mapping[str, Any]]
) -> list[Finding]:
    """Why the panel may not be these: `known` are reviewers by account, `members` who is on it with their `cases`."""
    return [
        *(
            finding.under(f"/reviewer_ids/{place}")
            for place, reviewer_id in enumerate(named)
            if reviewer_id not in members
            for finding in _joining(known.get(reviewer_id))
        ),
        *(
            HAS_CASES("/reviewer_ids", name=member["name"], count=member["cases"])
            for reviewer_id, member in members.items()
            if reviewer_id not in named and member["cases"]
        ),
    ]


def _joining(reviewer: Mapping[str, Any] | None) -> list[Finding]:
    if reviewer is None:
        return [UNKNOWN_REFERENCE()]
    usable = reviewer["role"] == Role.REVIEWER and reviewer["account_status"] == AccountStatus.ACTIVE
    return [] if usable else [NOT_ACTIVE(name=reviewer["name"])]
