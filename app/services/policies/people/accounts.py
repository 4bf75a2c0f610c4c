"""The regulation of accounts: their managers, the organisation of each role, and the acts in each state."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AccountStatus as Status
from app.models.enums import Role
from app.services.policies import REQUIRED, Act, Event
from app.services.policies.people.factors import NO_FACTOR

PEOPLE = (Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER)
"""Roles of persons, who sign in with a password; a machine client has a secret."""


def _managed(statuses: Iterable[Status]) -> Mapping[Role, frozenset[Status]]:
    return dict.fromkeys((Role.OFFICE, Role.COMMITTEE), frozenset(statuses))


NOT_OF_THIS_ROLE = Rule(
    "not_of_this_role", "角色“{label}”不能填写此项。", "An account of the role “{role}” does not have this."
)
LAST_OFFICE_ACCOUNT = Rule(
    "last_office_account",
    "这是最后一个可用的主办单位账号，不能停用或改变角色；请先启用另一个。",
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
    "评委的电话用于核对是否需要回避，请由主办单位修改。",
    "A reviewer's phone tells whose cases they keep away from: ask the office to change it.",
)
NO_CODE = Rule("no_code", "该账号没有激活码。", "The account has no activation code.")
NO_CODE_AWAITS = Rule("no_code_awaits", "没有待确认的激活码。", "No activation code waits to be confirmed.")
ISSUED_BY_YOU = Rule(
    "issued_by_you",
    "激活码由您发放，须由账号本人或另一位管理人员确认。",
    "You issued this code: its owner confirms it, or another person who manages the account.",
)
CODE_AWAITS_CONFIRMATION = Rule(
    "code_awaits_confirmation",
    "该激活码须经账号本人或另一位管理人员确认后才能使用。",
    "The code works once the account's owner, or a second person who manages the account, has confirmed it.",
)
NAME_IS_MANAGED = Rule(
    "name_is_managed",
    "姓名供他人辨认，请由管理该账号的{manager}修改。",
    "Others know you by your name: ask {manager_en} to change it.",
)
USERNAME_OF_COMMITTEE = Rule(
    "username_of_committee",
    "党（工）委创建的账号，用户名须以“{prefix}”开头。",
    "The username of an account that a committee makes begins with “{prefix}”.",
)
UNKNOWN_CODE = Rule("unknown_code", "激活码无效、已使用或已过期。", "The activation code is wrong, used or expired.")


_BY_OFFICE = {"manager": "主办单位", "manager_en": "the office"}
_BY_COMMITTEE = {"manager": "党（工）委", "manager_en": "your committee"}
_MANAGER = {Role.COMMITTEE: _BY_OFFICE, Role.UNIT: _BY_COMMITTEE, Role.REVIEWER: _BY_OFFICE}


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The values that the rules of an account judge.

    The office's active accounts are counted where an act could remove one; 0 elsewhere. `issued_by_actor`: its
    activation code is one that the actor issued.
    """

    status: Status
    role: Role
    active_office_accounts: int = 0
    has_code: bool = False
    awaits_confirmation: bool = False
    issued_by_actor: bool = False
    second_factor: bool = False


MANAGERS = frozenset({Role.OFFICE, Role.COMMITTEE})
"""Roles that have accounts of others to manage."""


def may_appoint(manager: Role, role: Role) -> bool:
    """The office makes accounts of every role, a committee those of its units and of its own successors."""
    return manager is Role.OFFICE or (manager is Role.COMMITTEE and role in (Role.UNIT, Role.COMMITTEE))


def manages(manager: Role, own_committee: UUID | None, role: Role, committee_id: UUID | None) -> bool:
    """The office manages every account, a committee those of its own units."""
    units = manager is Role.COMMITTEE and role is Role.UNIT and committee_id == own_committee
    return manager is Role.OFFICE or units


def copies(role: Role, *, own: bool) -> bool:
    """Everybody gets a copy of what is stored about themselves, the office of what is stored about anybody."""
    return own or role is Role.OFFICE


def invites(manager: Role, own_committee: UUID | None, role: Role, committee_id: UUID | None, status: Status) -> bool:
    """Return true if a manager issues and voids an account's codes: also a committee those of its own successors.

    As long as nobody has used them: whoever of the committee invited them, or of the one that it was merged into.
    """
    successor = manager is role is Role.COMMITTEE and committee_id == own_committee and status is Status.INVITED
    return successor or manages(manager, own_committee, role, committee_id)


def needs_second_person(role: Role, *, used: bool) -> bool:
    """Return true if its issuer alone may not let a code be used: it would give office rights, or take over a person.

    An account that was never used is nobody's yet.
    """
    return role is Role.OFFICE or used


def organisation_findings(role: Role, committee_id: UUID | None, unit_id: UUID | None) -> list[Finding]:
    """Findings on the organisation: a committee's account names the committee, a unit's the unit, others neither."""
    findings = []
    if role is Role.COMMITTEE and committee_id is None:
        findings.append(REQUIRED("/committee_id", label="党（工）委"))
    if role is Role.UNIT and unit_id is None:
        findings.append(REQUIRED("/unit_id", label="单位"))
    if role not in (Role.COMMITTEE, Role.UNIT) and committee_id is not None:
        findings.append(NOT_OF_THIS_ROLE("/committee_id", role=role, label=role.label))
    if role is not Role.UNIT and unit_id is not None:
        findings.append(NOT_OF_THIS_ROLE("/unit_id", role=role, label=role.label))
    return findings


def reassignment_findings(facts: AccountFacts) -> list[Finding]:
    """Findings against any other role or organisation; the office's accounts and clients have no organisation."""
    apart = [CLIENT_OR_PERSON("/role")] if facts.role is Role.MUNICIPAL else []
    return apart + last_office_findings(facts)


def person_findings(old: Role, new: Role) -> list[Finding]:
    """A finding if a person would become a client."""
    return [CLIENT_OR_PERSON("/role")] if new is Role.MUNICIPAL and old is not new else []


def last_office_findings(facts: AccountFacts) -> list[Finding]:
    """A finding if this is the last active account of the office, which may not lose that."""
    last = facts.role is Role.OFFICE and facts.status is Status.ACTIVE and facts.active_office_accounts <= 1
    return [LAST_OFFICE_ACCOUNT()] if last else []


def own_change_findings(role: Role, changed: Collection[str]) -> list[Finding]:
    """Find a name that others rely on, and a reviewer's phone: a recusal by an applicant's would reveal the applicant.

    A clerk of the office manages all accounts, their own too.
    """
    name = NAME_IS_MANAGED("/name", **_MANAGER[role]) if "name" in changed and role in _MANAGER else None
    phone = PHONE_OF_REVIEWER("/phone") if role is Role.REVIEWER and "phone" in changed else None
    return [finding for finding in (name, phone) if finding]


def username_findings(username: str, code: str) -> list[Finding]:
    """Require the committee's code in front, so that no name which the committee may try is another's."""
    prefix = f"{code.lower()}."
    return [] if username.startswith(prefix) else [USERNAME_OF_COMMITTEE("/username", prefix=prefix)]


def invitation_findings(facts: AccountFacts) -> list[Finding]:
    """Activation codes are for persons."""
    return [CLIENT_HAS_SECRET()] if facts.role is Role.MUNICIPAL else []


def code_findings(facts: AccountFacts) -> list[Finding]:
    """A finding if there is no code to void."""
    return [] if facts.has_code else [NO_CODE()]


def confirmation_findings(facts: AccountFacts) -> list[Finding]:
    """Findings against confirming a code: there is none to confirm, or it is the actor's own."""
    if not facts.awaits_confirmation:
        return [NO_CODE_AWAITS()]
    return [ISSUED_BY_YOU()] if facts.issued_by_actor else []


def factor_reset_findings(facts: AccountFacts) -> list[Finding]:
    """A finding if the account has no second factor that could be lost."""
    return [] if facts.second_factor else [NO_FACTOR()]


def client_secret_findings(facts: AccountFacts) -> list[Finding]:
    """Client secrets are for machine clients."""
    return [] if facts.role is Role.MUNICIPAL else [PERSON_HAS_PASSWORD()]


_Act = Act[Status, AccountFacts]

EDIT = _Act("edit", Event("account.edited", "修改账号资料", "Changed the account"), by=_managed(Status))
REASSIGN = _Act(
    "reassign",
    Event("account.reassigned", "变更账号角色", "Changed the account's role"),
    by={Role.OFFICE: frozenset(Status)},
    rules=reassignment_findings,
)
INVITE = _Act(
    "invite",
    Event("account.code_issued", "发放激活码", "Issued an activation code"),
    by=_managed({Status.INVITED, Status.ACTIVE}),
    rules=invitation_findings,
)
PROMOTE = _Act(
    "promote",
    Event("account.promoted", "转入主办单位（须重新启用）", "Took the account into the office, to be activated anew"),
    by={Role.OFFICE: {Status.ACTIVE}},
    target=Status.INVITED,
    rules=reassignment_findings,
)
"""To the office: the account must be activated anew, by a code that a second person confirms."""
CONFIRM_CODE = _Act(
    "confirm_code",
    Event("account.code_confirmed", "确认激活码", "Confirmed an activation code"),
    by=dict.fromkeys(PEOPLE, frozenset({Status.INVITED, Status.ACTIVE})),
    rules=confirmation_findings,
)
VOID_CODE = _Act(
    "void_code",
    Event("account.code_voided", "作废激活码", "Voided an activation code"),
    by=dict.fromkeys(PEOPLE, frozenset({Status.INVITED, Status.ACTIVE})),
    rules=code_findings,
)
RESET_FACTORS = _Act(
    "reset_factors",
    Event("account.factor_reset_begun", "发放重置验证方式的激活码", "Issued a code that replaces the second factors"),
    by={Role.OFFICE: {Status.ACTIVE}},
    rules=factor_reset_findings,
)
ACTIVATE = _Act(
    "activate",
    Event("account.activated", "启用账号", "Activated the account"),
    by=dict.fromkeys(PEOPLE, frozenset({Status.INVITED})),
    target=Status.ACTIVE,
)
RESET_PASSWORD = _Act(
    "reset_password",
    Event("account.password_reset", "凭激活码重设密码", "Reset the password by an activation code"),
    by=dict.fromkeys(PEOPLE, frozenset({Status.ACTIVE})),
)
ISSUE_SECRET = _Act(
    "issue_secret",
    Event("account.secret_issued", "发放客户端密钥", "Issued a client secret"),
    by={Role.OFFICE: {Status.INVITED, Status.ACTIVE}},
    target=Status.ACTIVE,
    rules=client_secret_findings,
)
SUSPEND = _Act(
    "suspend",
    Event("account.suspended", "停用账号", "Suspended the account"),
    by=_managed({Status.INVITED, Status.ACTIVE}),
    target=Status.DISABLED,
    rules=last_office_findings,
)
REINSTATE = _Act(
    "reinstate",
    Event("account.reinstated", "恢复账号", "Reinstated the account"),
    by=_managed({Status.DISABLED}),
    target=Status.ACTIVE,
)
REINSTATE_UNUSED = _Act(
    "reinstate",
    Event("account.reinstated", "恢复账号", "Reinstated the account"),
    by=_managed({Status.DISABLED}),
    target=Status.INVITED,
)
ACTS = (
    *(EDIT, REASSIGN, PROMOTE, INVITE, CONFIRM_CODE, VOID_CODE, RESET_FACTORS),
    *(ACTIVATE, RESET_PASSWORD, ISSUE_SECRET, SUSPEND, REINSTATE, REINSTATE_UNUSED),
)

OFFERED = (EDIT, REASSIGN, INVITE, CONFIRM_CODE, VOID_CODE, RESET_FACTORS, ISSUE_SECRET, SUSPEND, REINSTATE)
"""The acts of who manages an account; its person activates it, and `reinstate` is one act to the reader."""
OF_INVITED = (INVITE, VOID_CODE)
"""The acts of a committee on the account of a successor that was never used."""
CONSENT = (CONFIRM_CODE, VOID_CODE)
"""The acts of a person whose account somebody else issued a code for."""

EXPORTED = Event("account.exported", "导出所存个人信息", "Took a copy of what is stored about the account's person")
INVITED = Event("account.invited", "创建账号", "Invited the account")
NOTIFICATIONS_READ = Event("account.notifications_read", "阅读通知", "Read notifications")
PASSWORD_CHANGE_REFUSED = Event("account.password_change_refused", "修改密码被拒绝", "Was refused a change of password")
PASSWORD_CHANGED = Event("account.password_changed", "修改密码", "Changed the password")
SIGN_IN_REFUSED = Event("account.sign_in_refused", "登录被拒绝", "Was refused a sign-in")
SIGNED_IN = Event("account.signed_in", "登录", "Signed in")
NEW_ADDRESS = Event("account.new_address", "在新地址登录", "Signed in from a new address")
SIGNED_OUT = Event("account.signed_out", "退出登录", "Signed out")
CODE_REFUSED = Event("sign_in.code_refused", "激活码无效", "An activation code was refused")
UNKNOWN_SIGN_IN_REFUSED = Event("sign_in.refused", "登录被拒绝", "A sign-in was refused")
"""A sign-in under a name that no account has."""
