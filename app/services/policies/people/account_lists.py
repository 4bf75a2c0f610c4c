"""Lists of accounts that come as tables: their columns, and the invitations that their rows are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.comparable import comparable
from app.findings import Finding, Rule
from app.models.enums import Role, Severity
from app.services.policies.constraints import ALREADY_EXISTS
from app.services.policies.people.accounts import PEOPLE, may_appoint
from app.services.policies.people.imports import repetitions
from app.services.policies.people.listed import Column, Entry, ListKind, ReadLists, chosen, described_columns, read
from app.services.policies.people.listed_bodies import ListBody, Row, body_of
from app.tables.cells import ListSheet

ACCOUNT_KNOWN = Rule(
    "account_known",
    "已有这个账号，没有改动，也没有新的激活码。",
    "There is this account already: nothing was changed, and no code was issued.",
    Severity.ADVICE,
)
ORGANISATION_UNKNOWN = Rule(
    "organisation_unknown",
    "{place}“{label}”写的是“{written}”：没有这一家，或无权使用。请更正名称。",
    "{place}: “{label}” says “{written}”, which there is none of, or which is not yours to use. Correct the name.",
)
ORGANISATION_UNCLEAR = Rule(
    "organisation_unclear",
    "{place}：有几家单位都叫“{written}”，请在“党（工）委”一栏写明属于哪一家。",
    "{place}: several units are called “{written}”. Name the committee of the one that is meant.",
)
ACCOUNTS = ListKind(
    "账号",
    (
        Column("username", "用户名", ("账号", "登录名"), "字母和数字，如 longhua.li", "示例：longhua.li", True),
        Column("name", "姓名", ("联系人", "联系人姓名"), "", "李文博", True),
        Column("role", "角色", ("身份", "账号类型"), "从下拉列表中选择", Role.UNIT.label, True),
        Column("committee", "党（工）委", ("所属党（工）委", "党委", "党工委", "推荐单位"), "党（工）委的账号必填"),
        Column("unit", "单位", ("单位名称", "文明单位", "所属单位"), "文明单位的账号必填", "龙华社区"),
        Column("phone", "联系电话", ("电话", "手机", "手机号码"), "", "0315-3724062", figures=True),
        Column("email", "邮箱", ("电子邮箱", "邮件", "电子邮件"), "", "longhua.li@example.org"),
    ),
)


@dataclass(frozen=True, slots=True)
class Reachable:
    """Organisations within the actor's reach by comparable name: committees, and units each with its committee."""

    committees: Mapping[str, str]
    units: Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Present:
    """An account that has a username of the list."""

    name: str
    role: Role
    committee_id: str | None
    unit_id: str | None

    def is_meant(self, body: Mapping[str, object]) -> bool:
        """Return true if a row says of the account what it is."""
        of_unit = body.get("unit_id") in {None, self.unit_id}
        of_committee = body.get("committee_id") in {None, self.committee_id}
        same = comparable(self.name) == comparable(str(body.get("name"))) and self.role == body.get("role")
        return same and of_unit and of_committee


def read_sheets(sheets: Sequence[ListSheet]) -> ReadLists:
    """Read the sheets that are lists of accounts."""
    return read(sheets, (ACCOUNTS,))


def named(lists: ReadLists, column: str) -> set[str]:
    """Return what the rows say in a column, as it is compared."""
    return {comparable(each.texts.get(column, "")) for each in lists.entries[ACCOUNTS.sheet]} - {""}


def roles_of(manager: Role) -> Mapping[str, str]:
    """The roles that one may appoint, by the words that a list has for them."""
    return {role.label: str(role) for role in PEOPLE if may_appoint(manager, role)}


def understood(lists: ReadLists, reach: Reachable, roles: Mapping[str, str]) -> ListBody:
    """Make invitations of the rows, each with its role and its organisation."""
    rows, origins, findings = [], {}, [*lists.findings]
    for at, entry in enumerate(lists.entries[ACCOUNTS.sheet]):
        origins[f"/accounts/{at}"] = entry, ACCOUNTS
        told, values = _affiliated(entry, reach, roles)
        findings += told
        rows.append({name: text for name, text in entry.texts.items() if name not in {"committee", "unit"}} | values)
    return body_of({"accounts": rows} if rows else {}, origins, findings)


def repeated_findings(usernames: Sequence[str]) -> list[Finding]:
    """Find usernames that occur twice in the list."""
    return [*repetitions((f"/accounts/{at}/username", name) for at, name in enumerate(usernames))]


def row_of(read: ListBody, at: int) -> Row:
    """Return a row of the body."""
    return read.body.get("accounts", ())[at]


def taken_finding(at: int) -> Finding:
    """Refuse a username that another account has."""
    return ALREADY_EXISTS(f"/accounts/{at}/username")


def template(roles: Mapping[str, str], committees: Sequence[str]) -> Row:
    """Describe the empty list."""
    choices = {"role": [*roles], "committee": committees}
    return {
        "notes": {"name": "说明", "lines": NOTES},
        "sheets": [{"name": ACCOUNTS.sheet, "columns": described_columns(ACCOUNTS, choices)}],
    }


NOTES = [
    "一、每行一个账号；第 2 行是示例，不会导入，可以删去。",
    "二、单位的账号填“单位”，有几家同名的再填“党（工）委”；党（工）委的账号填“党（工）委”；主办单位和评委都不填。",
    "三、激活码只在正式导入的结果中显示一次，请当面或电话告知本人；试导入不产生激活码。",
    "四、已有的账号不会改动，也不会产生新的激活码。",
]


def _affiliated(entry: Entry, reach: Reachable, roles: Mapping[str, str]) -> tuple[list[Finding], Row]:
    """Return the role and the organisation of a row, and what is wrong with them."""
    role, findings = chosen(entry, "角色", "role", roles) if "role" in entry.texts else (None, [])
    if role is None:
        entry.texts.pop("role", None)
        return findings, {}
    committee = comparable(entry.texts.get("committee", ""))
    committee_id = reach.committees.get(committee)
    if committee and committee_id is None:
        return [_unknown(entry, "committee", "党（工）委")], {"role": role}
    values: Row = {"role": role, "committee_id": committee_id}
    if "unit" not in entry.texts:
        return [], values
    units = reach.units.get(comparable(entry.texts.get("unit", "")), ())
    found = [unit_id for unit_id, of in units if committee_id in {None, of}]
    if len(found) > 1:
        said = {"place": entry.places.get("unit"), "written": entry.texts.get("unit")}
        return [ORGANISATION_UNCLEAR("/file", **said)], values
    return ([], values | {"unit_id": found[0]}) if found else ([_unknown(entry, "unit", "单位")], values)


def _unknown(entry: Entry, name: str, label: str) -> Finding:
    said = {"place": entry.places.get(name), "label": label, "written": entry.texts.get(name, "")[:100]}
    return ORGANISATION_UNKNOWN("/file", **said)
