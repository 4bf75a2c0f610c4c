"""The regulation of recipients (获奖对象): cases, committees, units, and persons, who are known by name and body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from app.comparable import comparable
from app.findings import Finding, Rule

SAME_NAME = Rule(
    "same_name",
    "{body}的“{name}”已列入这一奖项；如系同名的另一人，请注明（another_person）。",
    "“{name}” of {body} has an award of this kind already: say so if this is another person of that name "
    "(`another_person`).",
)

NAMED_AS_FILED = Rule(
    "named_as_filed",
    "案例以上报时的名称为准，不能在此更正。",
    "A case has the name under which it was filed: it is not corrected here.",
)
NOT_A_PERSON = Rule("not_a_person", "获奖对象不是个人，没有职务。", "The recipient is no person, and has no 职务.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of an award, by the columns that name it; that of a unit or a person has a committee, too.

    `person_namesake` parts persons of one name in one body: 0 is the first of them.
    """

    application_id: UUID | None = None
    version_id: UUID | None = None
    to_committee_id: UUID | None = None
    to_committee_name: str | None = None
    to_unit_id: UUID | None = None
    to_unit_name: str | None = None
    person_name: str | None = None
    person_title: str | None = None
    person_namesake: int = 0

    @property
    def body_id(self) -> UUID | None:
        """The unit, or the committee where there is no unit."""
        return self.to_unit_id or self.to_committee_id

    @property
    def body_name(self) -> str | None:
        return self.to_unit_name or self.to_committee_name

    @property
    def named_by(self) -> str:
        """The column that has its own name, where it is no case."""
        if self.person_name is not None:
            return "person_name"
        return "to_unit_name" if self.to_unit_id else "to_committee_name"


NOBODY = Recipient()


class Known(NamedTuple):
    """Key of a person: the unit or committee they belong to, and their comparable name."""

    body_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """A person to award: the pointer to them, their body, and whether they are another one of their name there."""

    pointer: str
    body: Recipient
    name: str
    title: str | None = None
    another: bool = False


def persons(named: Sequence[Named], awarded: Mapping[Known, int]) -> tuple[list[Recipient], list[Finding]]:
    """Return the persons as recipients, and a finding for each name that has the award and is not another's.

    `awarded` has, for each name and body with an award of the kind, the number of its last namesake.
    """
    last, recipients, findings = dict(awarded), list[Recipient](), list[Finding]()
    for each in named:
        known = Known(each.body.body_id, comparable(each.name))
        if known in last and not each.another:
            findings.append(SAME_NAME(f"{each.pointer}/name", name=each.name, body=each.body.body_name))
        last[known] = last.get(known, -1) + 1
        named_so = replace(each.body, person_name=each.name, person_title=each.title)
        recipients.append(replace(named_so, person_namesake=last[known]))
    return recipients, findings


def corrected(
    to: Recipient, sent: Mapping[str, str | None], last: int | None, *, another: bool
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the columns that a correction of `name` and `person_title` changes, and what is wrong with it.

    `last` is the number of the last namesake who has an award of the kind, None without one.
    """
    if to.application_id:
        return {}, [NAMED_AS_FILED(f"/{each}") for each in sent]
    name, values, findings = sent.get("name"), dict[str, Any](), list[Finding]()
    if name:
        values[to.named_by] = name
    if name and to.person_name and comparable(name) != comparable(to.person_name):
        values |= {"person_namesake": 0 if last is None else last + 1}
        findings += [] if last is None or another else [SAME_NAME("/name", name=name, body=to.body_name)]
    if to.person_name is None:
        return values, [NOT_A_PERSON("/person_title")] if sent.get("person_title") else []
    return values | {each: sent[each] for each in ("person_title",) if each in sent}, findings
