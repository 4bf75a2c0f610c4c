"""The regulation of the veto list (负面清单): the office answers every item before it accepts; one found rules out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus as Status
from app.models.enums import Role
from app.services.policies import Act, Event
from app.services.policies.filing.veto_settings import VetoItem

NO_VETO_LIST = Rule("no_veto_list", "本次活动没有负面清单。", "The campaign has no veto list.")
UNKNOWN_VETO = Rule("unknown_veto", "负面清单中没有这一项：{code}。", "The veto list has no such item: {code}.")
VETO_OPEN = Rule(
    "veto_open", "负面清单“{name}”尚未核查。", "The item “{name_en}” of the veto list has not been answered yet."
)
VETO_NOT_FOUND = Rule(
    "veto_not_found",
    "未核查认定存在“{name}”，不能作为原因。",
    "The item “{name_en}” of the veto list was not found: it is no reason.",
)
VETO_FOUND = Rule(
    "veto_found",
    "经核查存在“{name}”，不能受理：请不予受理，或退回补正。",
    "The item “{name_en}” of the veto list was found: disqualify the case, or ask for a correction.",
)
VETOED = Rule(
    "vetoed",
    "{names}：负面清单核查发现问题，不能入围、获奖或推荐；请先作出审查决定。",
    "{names}: an item of the veto list was found, so it cannot be judged, awarded or nominated: decide on it first.",
)

Answers = Mapping[str, bool]
"""Answers about what is on file, by the code of the item: true if it was found."""


@dataclass(frozen=True, slots=True)
class VetoFacts:
    """The values that decide whether the list is answered: the state of the application, and the list."""

    status: Status
    items: Sequence[VetoItem]


def list_findings(facts: VetoFacts) -> list[Finding]:
    """Require a campaign with a veto list."""
    return [] if facts.items else [NO_VETO_LIST()]


def answer_findings(items: Sequence[VetoItem], named: Sequence[str]) -> list[Finding]:
    """Require answers to items that the campaign has."""
    codes = {item.code for item in items}
    return [UNKNOWN_VETO(f"/answers/{place}/code", code=code) for place, code in enumerate(named) if code not in codes]


def veto_findings(items: Sequence[VetoItem], answers: Answers) -> list[Finding]:
    """Require that every item was answered, and that none was found."""
    found = [VETO_FOUND(**item.names) for item in found_of(items, answers)]
    return [*found, *(VETO_OPEN(**item.names) for item in items if item.code not in answers)]


def reason_findings(items: Sequence[VetoItem], answers: Answers, given: Sequence[str]) -> list[Finding]:
    """Refuse items as reasons that were not found."""
    unfound = {item.code: item for item in items if not answers.get(item.code)}
    return [
        VETO_NOT_FOUND(f"/reason_codes/{index}", **unfound[code].names)
        for index, code in enumerate(given)
        if code in unfound
    ]


def reasons_of_refusal(items: Sequence[VetoItem], answers: Answers, given: Sequence[str]) -> list[str]:
    """Return the codes of a refusal's reasons: those that are given, and every item that was found, named or not."""
    return list(dict.fromkeys([*given, *(item.code for item in found_of(items, answers))]))


def found_of(items: Sequence[VetoItem], answers: Answers) -> list[VetoItem]:
    """Return the items that were found."""
    return [item for item in items if answers.get(item.code)]


def vetoed_findings(names: Sequence[str], pointer: str | None = None) -> list[Finding]:
    """Refuse to judge, award or nominate cases of which an item was found."""
    return [VETOED(pointer, names=list(names))] if names else []


ANSWER = Act[Status, VetoFacts](
    "answer_vetoes",
    Event("veto.answered", "核查负面清单", "Answered an item of the veto list"),
    by={Role.OFFICE: {Status.FILED, Status.ACCEPTED}},
    rules=list_findings,
)
"""An act on an application, whose event is the answer's: the owners of the application do not read it."""
ACTS = (ANSWER,)
