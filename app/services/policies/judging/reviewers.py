"""The regulation of reviewers (评委): whose account may have a profile."""

from app.findings import Finding, Rule
from app.models.enums import Role
from app.services.policies import Event

NOT_A_REVIEWER = Rule("not_a_reviewer", "该账号的角色不是评委。", "The account is not that of a reviewer.")


def profile_findings(role: Role) -> list[Finding]:
    """Only who signs in as a reviewer has a reviewer's profile."""
    return [] if role is Role.REVIEWER else [NOT_A_REVIEWER()]


CHANGED = Event("reviewer.changed", "修改评委资料", "Changed the reviewer's profile")
REGISTERED = Event("reviewer.registered", "登记评委资料", "Wrote down what the reviewer brings")
