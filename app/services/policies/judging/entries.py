"""The regulation of the cases of a round: their admission, their numbering, and words that reveal the applicant."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus, RoundIntake, RoundStatus, Severity
from app.phones import Number, numbers
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing import attachments
from app.services.policies.filing.attachment_settings import AttachmentKind
from app.services.policies.filing.attachments import attached_to
from app.services.policies.filing.cells import for_judges
from app.services.policies.filing.forms import own_values
from app.services.policies.filing.own_cells import OwnCell
from app.services.policies.filing.partners import SEPARATOR
from app.services.policies.filing.vetoes import vetoed_findings
from app.services.policies.judging.cases import Content

NOT_SELECTED_INTAKE = Rule(
    "not_selected_intake",
    "本轮不是逐件选定：开始时按设定自动入围，此后可以补充。",
    "The cases of this round are not selected one by one: they enter when it is opened, and more may follow then.",
)
NOT_ACCEPTED = Rule("not_accepted", "该申报尚未受理。", "The application has not been accepted.")
ALREADY_ENTERED = Rule("already_entered", "该案例已在本轮中。", "The case is in the round already.")
CASE_ASSIGNED = Rule(
    "case_assigned", "该案例已分配过评委，不能移出。", "The case has been assigned to a judge: it cannot be taken out."
)
IDENTITY_TOLD = Rule(
    "identity_told",
    "文字中出现“{word}”，评委可由此得知申报者。",
    "The text says “{word}”: it tells the judges who applied.",
    Severity.ADVICE,
)

SHORTEST = 3
"""A short form of fewer characters (法院, 机关) is a word of everyday language and reveals nobody."""
EVERYDAY = frozenset({"办事处", "居委会", "村委会", "管委会", "委员会"})
"""Words of everyday language that are as long."""
PHONE_DIGITS = 7
TEXTS = ("brand_name", "innovation", "practices", "effects")

_ORGAN = re.compile(r"(中共)?(?P<place>.+?)(党[（(]?工[）)]?委|党委|工委|(工作)?委员会)$")
_DISTRICT = re.compile(
    r"(中共)?([^省市区县]{2,7}省)?([^省市区县]{2,7}市)?([^省市区县]{1,6}(?<![社小校园院厂矿景城地])[区县])?(?P<rest>.*)$"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that is to enter a round; `entered` is true if it has already."""

    status: ApplicationStatus
    entered: bool
    vetoed: str | None = None
    """Its number, if an item of the veto list was found."""


def addition_findings(
    status: RoundStatus, intake: RoundIntake, named: Sequence[UUID], found: Mapping[UUID, Candidate]
) -> list[Finding]:
    """Refuse applications that may not enter; `found` holds the named ones that exist."""
    early = status is RoundStatus.DRAFT and intake is not RoundIntake.SELECTED
    return [
        *([NOT_SELECTED_INTAKE()] if early else []),
        *(
            finding.under(f"/application_ids/{place}")
            for place, application_id in enumerate(named)
            for finding in _of_one(found.get(application_id))
        ),
    ]


def removal_findings(*, assigned: bool) -> list[Finding]:
    """Refuse to remove a case that was ever assigned: its judge may have read it."""
    return [CASE_ASSIGNED()] if assigned else []


def drawn_order(seed: int, application_ids: Sequence[UUID]) -> list[UUID]:
    """Return the order in which cases are numbered, drawn by the seed so that a number reveals nothing of its case."""
    return sorted(application_ids, key=lambda application_id: lot(seed, application_id))


def lot(seed: int, application_id: UUID) -> str:
    """Return the lot of a case, SHA-256 of seed, slash and id: the cases that are drawn together follow by it."""
    return sha256(f"{seed}/{application_id}".encode()).hexdigest()


def identity_findings(
    content: Content, own: Sequence[OwnCell] = (), kinds: Sequence[AttachmentKind] = ()
) -> list[Finding]:
    """Point out each text for judges of a version that reveals the applicant; pointers are into the version."""
    patterns = [pattern for pattern in _patterns(content) if pattern]
    return [
        IDENTITY_TOLD(pointer, word=match[0])
        for pointer, text in _texts(content, own, kinds)
        for pattern in patterns
        if (match := re.search(pattern, text))
    ]


def short_committee(name: str) -> str:
    """A committee's name without the Party organ: the everyday name of the place."""
    organ = _ORGAN.match(name)
    return organ["place"] if organ else name


def short_unit(name: str, committee_name: str) -> str:
    """A unit's name without the district, and without its street or township."""
    return _without_district(_without_district(name).removeprefix(_without_district(short_committee(committee_name))))


def _of_one(application: Candidate | None) -> list[Finding]:
    if application is None:
        return [UNKNOWN_REFERENCE()]
    return [
        *([] if application.status is ApplicationStatus.ACCEPTED else [NOT_ACCEPTED()]),
        *([ALREADY_ENTERED()] if application.entered else []),
        *vetoed_findings([application.vetoed] if application.vetoed else []),
    ]


def _texts(content: Content, own: Sequence[OwnCell], kinds: Sequence[AttachmentKind]) -> Iterator[tuple[str, str]]:
    for name in TEXTS:
        yield f"/form/{name}", content["form"][name] or ""
    for cell in for_judges(own, own_values(content), blind=True):
        yield f"/form/cells/{cell.code}", cell.text
    for place, image in enumerate(content["images"]):
        yield f"/images/{place}/caption", image["caption"] or ""
    for place, _, attachment in attachments.for_judges(kinds, attached_to(content), blind=True):
        yield f"/attachments/{place - 1}/title", attachment.title


def _patterns(content: Content) -> Iterator[str]:
    """Yield one pattern for each name or number that reveals the applicant; the longest of its forms matches first."""
    unit, committee = content["unit_name"] or "", content["committee_name"] or ""
    place = short_committee(committee)
    for name in dict.fromkeys([unit, *unit.split(SEPARATOR)]):  # of a joint application each, too
        yield _any_of(name, short_unit(name, committee), _without_district(name))
    yield _any_of(committee, place, _without_district(place))
    yield re.escape(content["form"]["leader_name"] or "")
    yield from (_dialled(number) for number in numbers(content["form"]["phone"] or ""))


def _any_of(name: str, *short_forms: str) -> str:
    forms = {name, *(form for form in short_forms if len(form) >= SHORTEST and form not in EVERYDAY)} - {""}
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))


def _without_district(name: str) -> str:
    match = _DISTRICT.match(name)
    return match["rest"] if match else name


def _dialled(number: Number) -> str:
    """A pattern of a phone number in any grouping, with its area code or without."""
    tails = ["".join(number.groups[place:]) for place in range(len(number.groups))]
    written = "|".join(r"[-\s()（）]*".join(tail) for tail in tails if len(tail) >= PHONE_DIGITS)
    return rf"(?<!\d)(?:{written})(?!\d)" if written else ""
