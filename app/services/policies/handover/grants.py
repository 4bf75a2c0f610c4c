"""The regulation of grants: the office lets a machine client read the nominations of a campaign, and may end it."""

from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import Role
from app.services.policies import Event

NOT_A_CLIENT = Rule(
    "not_a_client",
    "只能授权给接收推荐的系统账号。",
    "Only a machine client that takes nominations is granted a campaign.",
)
GRANT_REVOKED = Rule("already_revoked", "该授权已经撤销。", "The grant is revoked already.")

GRANTED = Event("grant.made", "授权接收推荐", "Let a client read a campaign's nominations")
REVOKED = Event("grant.revoked", "撤销接收推荐的授权", "Ended a client's reading of a campaign's nominations")


def grant_findings(role: Role) -> list[Finding]:
    """Nobody but machine clients is granted anything: the rights of people follow from their roles."""
    return [] if role is Role.MUNICIPAL else [NOT_A_CLIENT("/account_id")]


def revocation_findings(revoked_at: datetime | None) -> list[Finding]:
    """Require a grant that stands."""
    return [] if revoked_at is None else [GRANT_REVOKED()]
