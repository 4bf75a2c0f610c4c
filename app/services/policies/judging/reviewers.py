"""The regulation of reviewers (评委): the accounts that may have a profile."""

from app.findings import Finding, Rule
from app.models.enums import Role
from app.services.policies import Event

NOT_A_REVIEWER = Rule("not_a_reviewer", "该账号的角色不是评委。", "The account is not that of a reviewer.")


def profile_findings(role: Role) -> list[Finding]:
    """Refuse a profile to an account of any other role."""
    return [] if role is Role.REVIEWER else [NOT_A_REVIEWER()]


CHANGED = Event("reviewer.changed", "修改评委资料", "Changed the reviewer's profile")
REGISTERED = Event("reviewer.registered", "登记评委资料", "Wrote down what the reviewer brings")
