"""The regulation of joint applications (联合申报): the units that may be named, and the consent of each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus as Status
from app.models.enums import Role
from app.services.policies import UNKNOWN_REFERENCE, Act, Event
from app.services.policies.filing.forms import OPEN_TO_EDIT
from app.services.policies.people.units import UNIT_RETIRED

MOST = 4
"""Partners of one application."""
LONGEST = 200
"""Characters of all names together: so many has 申报单位 in a receipt, a certificate and the published payload."""

SEPARATOR = "、"

PARTNER_IS_LEAD = Rule(
    "partner_is_lead",
    "“{name}”就是本件的申报单位，不能再列为联合申报单位。",
    "“{name}” is the applying unit itself, and cannot be its own partner.",
)
PARTNER_NAMED_TWICE = Rule(
    "partner_named_twice", "联合申报单位“{name}”列了两次。", "The partner “{name}” is named twice."
)
NAME_NOT_UNIQUE = Rule(
    "name_not_unique",
    "名为“{name}”的单位有 {count} 个，请改用 unit_id 指明。",
    "{count} units have the name “{name}”: name the one by its unit_id.",
)
PARTNER_NOT_AGREED = Rule(
    "partner_not_agreed",
    "联合申报单位“{names}”尚未同意；须经其同意，或将其移出后再提交。",
    "“{names}” has not agreed to apply jointly: it must agree, or be taken out.",
)
PARTNER_RETIRED = Rule(
    "partner_retired",
    "联合申报单位“{names}”已停用，请将其移出。",
    "The partner “{names}” is retired: take it out.",
)
APPLICANT_TOO_LONG = Rule(
    "applicant_too_long",
    "各申报单位名称合起来不得超过 {maximum} 个字符，现为 {count} 个。",
    "The names of all applying units together may have at most {maximum} characters; they have {count}.",
)
AGREED_ALREADY = Rule("agreed_already", "贵单位已经同意联合申报。", "Your unit has agreed already.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may be meant by a partner's id or name."""

    id: UUID
    name: str
    retired: bool


@dataclass(frozen=True, slots=True)
class Partnership:
    """A partner of an application, as far as its submission depends on it."""

    name: str
    agreed: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """The values that a partner's own acts depend on: the application's state, and whether it has agreed."""

    status: Status
    agreed: bool


def joined(names: Sequence[str]) -> str:
    """申报单位 of a joint application: all names, the lead first."""
    return SEPARATOR.join(names)


def naming_findings(lead: Candidate, meant: Sequence[Sequence[Candidate]]) -> list[Finding]:
    """Return why these units may not be named; each place has the units that its id or name fits."""
    found: list[Finding] = []
    named = {lead.id}
    for place, fitting in enumerate(meant):
        found += [finding.under(f"/partners/{place}") for finding in _of_place(lead, fitting, named)]
        named.update(each.id for each in fitting)
    names = [lead.name, *(each.name for fitting in meant for each in fitting[:1])]
    return [*found, *length_findings(names)]


def _of_place(lead: Candidate, fitting: Sequence[Candidate], named: set[UUID]) -> list[Finding]:
    if not fitting:
        return [UNKNOWN_REFERENCE()]
    unit = fitting[0]
    if len(fitting) > 1:
        return [NAME_NOT_UNIQUE(name=unit.name, count=len(fitting))]
    if unit.id in named:
        return [(PARTNER_IS_LEAD if unit.id == lead.id else PARTNER_NAMED_TWICE)(name=unit.name)]
    return [UNIT_RETIRED()] if unit.retired else []


def partner_findings(lead_name: str, partners: Sequence[Partnership]) -> list[Finding]:
    """Require that every partner takes part and has agreed, and that all names fit where they are written."""
    waiting = [each.name for each in partners if not each.agreed]
    retired = [each.name for each in partners if each.retired]
    return [
        *([PARTNER_NOT_AGREED("/partners", names=joined(waiting))] if waiting else []),
        *([PARTNER_RETIRED("/partners", names=joined(retired))] if retired else []),
        *(length_findings([lead_name, *(each.name for each in partners)]) if partners else []),
    ]


def length_findings(names: Sequence[str]) -> list[Finding]:
    """Refuse names that together are longer than a receipt, a certificate or the payload has room for."""
    count = len(joined(names))
    return [APPLICANT_TOO_LONG("/partners", maximum=LONGEST, count=count)] if count > LONGEST else []


def agreement_findings(facts: PartnerFacts) -> list[Finding]:
    """Refuse to agree twice."""
    return [AGREED_ALREADY()] if facts.agreed else []


_Act = Act[Status, PartnerFacts]

AGREE = _Act(
    "agree",
    Event("partner.agreed", "同意联合申报", "Agreed to apply jointly"),
    by={Role.UNIT: OPEN_TO_EDIT},
    rules=agreement_findings,
)
LEAVE = _Act("leave", Event("partner.left", "退出联合申报", "Left the joint application"), by={Role.UNIT: OPEN_TO_EDIT})
ACTS = (AGREE, LEAVE)

ASKED = Event("partner.asked", "邀请联合申报", "Asked a unit to apply jointly")
REMOVED = Event("partner.removed", "移出联合申报单位", "Took a partner out")
APPLICATION_PARTNERS_CHANGED = Event("application.partners_changed", "调整联合申报单位", "Changed its partners")
