"""Who manages whom, which organisation a role has, and what may be done with an account in which state."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AccountStatus as Status
from app.models.enums import Role
from app.services.policies import REQUIRED, Transition

PEOPLE = (Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER)
"""Roles of persons, who sign in with a password; a machine client has a secret."""


def _managed(statuses: Iterable[Status]) -> Mapping[Role, frozenset[Status]]:
    return dict.fromkeys((Role.OFFICE, Role.COMMITTEE), frozenset(statuses))


EDIT = Transition("edit", "account.edited", _managed(Status))
REASSIGN = Transition("reassign", "account.reassigned", {Role.OFFICE: frozenset(Status)})
INVITE = Transition("invite", "account.code_issued", _managed({Status.INVITED, Status.ACTIVE}))
ACTIVATE = Transition(
    "activate", "account.activated", {role: {Status.INVITED, Status.ACTIVE} for role in PEOPLE}, Status.ACTIVE
)
ISSUE_SECRET = Transition(
    "issue_secret", "account.secret_issued", {Role.OFFICE: {Status.INVITED, Status.ACTIVE}}, Status.ACTIVE
)
SUSPEND = Transition("suspend", "account.suspended", _managed({Status.INVITED, Status.ACTIVE}), Status.DISABLED)
REINSTATE = Transition("reinstate", "account.reinstated", _managed({Status.DISABLED}), Status.ACTIVE)
REINSTATE_UNUSED = Transition("reinstate", "account.reinstated", _managed({Status.DISABLED}), Status.INVITED)
TRANSITIONS = (EDIT, REASSIGN, INVITE, ACTIVATE, ISSUE_SECRET, SUSPEND, REINSTATE, REINSTATE_UNUSED)

NOT_OF_THIS_ROLE = Rule(
    "not_of_this_role", "角色“{label}”不能填写此项。", "An account of the role “{role}” does not have this."
)
LAST_OFFICE_ACCOUNT = Rule(
    "last_office_account",
    "这是最后一个可用的区文明办账号，不能停用或改变角色；请先启用另一个。",
    "It is the last active account of the office: another one must be active first.",
)
CLIENT_OR_PERSON = Rule(
    "client_or_person",
    "机器客户端账号与个人账号不能互换。",
    "A machine client does not become a person, nor a person a machine client.",
)
CLIENT_HAS_SECRET = Rule(
    "client_has_secret", "机器客户端使用密钥，不使用激活码。", "A machine client has a secret, no activation code."
)
PERSON_HAS_PASSWORD = Rule(
    "person_has_password", "个人账号使用密码，不使用密钥。", "A person has a password, no client secret."
)
PHONE_OF_REVIEWER = Rule(
    "phone_of_reviewer",
    "评委的电话用于核对是否需要回避，请由区文明办修改。",
    "A reviewer's phone tells whose cases they keep away from: ask the office to change it.",
)
UNKNOWN_CODE = Rule("unknown_code", "激活码无效、已使用或已过期。", "The activation code is wrong, used or expired.")


def may_appoint(manager: Role, role: Role) -> bool:
    """The office makes accounts of every role, a committee those of its units."""
    return manager is Role.OFFICE or (manager is Role.COMMITTEE and role is Role.UNIT)


def manages(manager: Role, own_committee: UUID | None, role: Role, committee_id: UUID | None) -> bool:
    """The office manages every account, a committee those of its own units."""
    return manager is Role.OFFICE or (may_appoint(manager, role) and committee_id == own_committee)


def organisation_findings(role: Role, committee_id: UUID | None, unit_id: UUID | None) -> list[Finding]:
    """What is missing or too much: a committee's account names the committee, a unit's the unit, others neither."""
    findings = []
    if role is Role.COMMITTEE and committee_id is None:
        findings.append(REQUIRED("/committee_id", label="党（工）委"))
    if role is Role.UNIT and unit_id is None:
        findings.append(REQUIRED("/unit_id", label="单位"))
    if role not in (Role.COMMITTEE, Role.UNIT) and committee_id is not None:
        findings.append(NOT_OF_THIS_ROLE("/committee_id", role=role.value, label=role.label))
    if role is not Role.UNIT and unit_id is not None:
        findings.append(NOT_OF_THIS_ROLE("/unit_id", role=role.value, label=role.label))
    return findings


def reassignment_findings(old: Role, new: Role, status: Status, active_office_accounts: int) -> list[Finding]:
    """A client's secret is no password, so the two kinds stay apart; and the office is never left without anybody."""
    apart = [CLIENT_OR_PERSON("/role")] if (old is Role.MUNICIPAL) != (new is Role.MUNICIPAL) else []
    return apart + ([] if new is old else last_office_findings(old, status, active_office_accounts))


def last_office_findings(role: Role, status: Status, active_office_accounts: int) -> list[Finding]:
    """Why this account may not stop being an active account of the office: nobody would be left."""
    last = role is Role.OFFICE and status is Status.ACTIVE and active_office_accounts <= 1
    return [LAST_OFFICE_ACCOUNT()] if last else []


def own_change_findings(role: Role, changed: Collection[str]) -> list[Finding]:
    """A judge who tries on an applicant's phone would see which of their cases leaves, and so whose it was."""
    return [PHONE_OF_REVIEWER("/phone")] if role is Role.REVIEWER and "phone" in changed else []


def invitation_findings(role: Role) -> list[Finding]:
    """Activation codes are for persons."""
    return [CLIENT_HAS_SECRET()] if role is Role.MUNICIPAL else []


def client_secret_findings(role: Role) -> list[Finding]:
    """Client secrets are for machine clients."""
    return [] if role is Role.MUNICIPAL else [PERSON_HAS_PASSWORD()]
