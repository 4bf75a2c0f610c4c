"""The regulation of swaps (调换): a filed case or its stamped scan for another, whatever the deadline, by agreement."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus, Role
from app.models.enums import SwapStatus as Status
from app.services.policies import UNKNOWN_REFERENCE, Act, Event
from app.services.policies.filing.applications import (
    ApplicationFacts,
    remainder_findings,
    seal_findings,
    swap_findings,
)

OFFICE, COMMITTEE = Role.OFFICE, Role.COMMITTEE

REPLACEMENT_NOT_SEALED = Rule(
    "replacement_not_sealed",
    "用来调换的案例现为“{label}”，须先审核盖章。",
    "The case to be filed in exchange is {state}: it must be sealed first.",
)
SWAP_PENDING = Rule("swap_pending", "已有一份调换申请等待答复。", "A request for a swap waits for its answer already.")


@dataclass(frozen=True, slots=True)
class SwapFacts:
    """The values that the rules of a swap judge: of the cases as they are, or of the one whose scan is exchanged.

    None is a case that the committee does not have any more.
    """

    status: Status
    filed: ApplicationFacts | None
    replacement: ApplicationFacts | None
    of_cases: bool


def exchange_findings(facts: SwapFacts) -> list[Finding]:
    """Return why the exchange cannot be made now: it was decided on already, or what comes instead is not sealed."""
    gone = [UNKNOWN_REFERENCE("/application_id")]
    of_filed = swap_findings(facts.filed) if facts.filed else gone
    return [*of_filed, *(replacement_findings(facts.replacement) if facts.of_cases else [])]


def replacement_findings(facts: ApplicationFacts | None) -> list[Finding]:
    """Require a replacement with a valid seal; one that is out for correction is no addition to the filed set."""
    if facts is None:
        return [UNKNOWN_REFERENCE("/replacement_id")]
    status = facts.status
    if status is not ApplicationStatus.ENDORSED:
        return [REPLACEMENT_NOT_SEALED("/replacement_id", label=status.label, state=status)]
    remaining = remainder_findings(facts.settings, facts.filed_set, facts.leaving)
    return [finding.under("/replacement_id") for finding in [*seal_findings(facts), *remaining]]


def pending_findings(busy: Sequence[str]) -> list[Finding]:
    """Require that no other request about the same case waits; `busy` names the members whose cases have one."""
    return [SWAP_PENDING(f"/{name}") for name in busy]


_Act = Act[Status, SwapFacts]

REQUESTED = Event("swap.requested", "申请调换", "Asked for a swap")
CONSENT = _Act(
    "consent",
    Event("swap.consented", "同意调换", "Agreed to the swap"),
    by={OFFICE: {Status.REQUESTED}},
    target=Status.CONSENTED,
    rules=exchange_findings,
)
DECLINE = _Act(
    "decline",
    Event("swap.declined", "不同意调换", "Declined the swap"),
    by={OFFICE: {Status.REQUESTED}},
    target=Status.DECLINED,
)
WITHDRAW = _Act(
    "withdraw",
    Event("swap.withdrawn", "撤回调换申请", "Took the request back"),
    by={COMMITTEE: {Status.REQUESTED}},
    target=Status.WITHDRAWN,
)
ACTS = (CONSENT, DECLINE, WITHDRAW)
LAPSE = _Act(
    "lapse",
    Event("swap.lapsed", "调换申请失效", "Lapsed, since a case of it was withdrawn or filed"),
    by={COMMITTEE: {Status.REQUESTED}, Role.UNIT: {Status.REQUESTED}},
    target=Status.LAPSED,
)
"""It follows from what its owners do with a case of it, and is offered nowhere."""

_Consequence = Act[ApplicationStatus, ApplicationFacts]

SWAP_OUT = _Consequence(
    "swap_out",
    Event("application.swapped_out", "调换撤下", "Was swapped for another", handed_in=True),
    by={OFFICE: {ApplicationStatus.FILED}},
    target=ApplicationStatus.WITHDRAWN,
)
SWAP_IN = _Consequence(
    "swap_in",
    Event("application.swapped_in", "调换上报", "Was filed in exchange", handed_in=True),
    by={OFFICE: {ApplicationStatus.ENDORSED}},
    target=ApplicationStatus.FILED,
)
RESCAN = _Consequence(
    "rescan",
    Event("application.rescanned", "更换盖章扫描件", "Was filed with another scan", handed_in=True),
    by={OFFICE: {ApplicationStatus.FILED}},
    target=ApplicationStatus.FILED,
)
"""The three follow from a consent, and are offered nowhere else."""
