"""The regulation of panels (评审组): the reviewers who may join one, and the members who must stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AccountStatus, Role
from app.services.policies import UNKNOWN_REFERENCE

NOT_ACTIVE = Rule("account_not_active", "评委“{name}”的账号不可用。", "The account of the judge {name} is not active.")
HAS_CASES = Rule(
    "has_cases",
    "评委“{name}”还有 {count} 件分配的案例，请先收回。",
    "The judge {name} has {count} cases assigned: withdraw them first.",
)


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """A reviewer who joins or leaves a panel; `cases` counts the assignments not withdrawn.

    One who judges on paper has an account that nobody uses: the office enters the sheets in the reviewer's seat.
    """

    name: str
    role: Role
    account_status: AccountStatus
    cases: int = 0
    on_paper: bool = False


def panel_findings(
    named: Sequence[UUID], known: Mapping[UUID, PanelFacts], members: Mapping[UUID, PanelFacts]
) -> list[Finding]:
    """Refuse the named panel: `known` holds the reviewers among them, `members` those on it now, both by account."""
    return [
        *(
            finding.under(f"/reviewer_ids/{place}")
            for place, reviewer_id in enumerate(named)
            if reviewer_id not in members
            for finding in _joining(known.get(reviewer_id))
        ),
        *(
            HAS_CASES("/reviewer_ids", name=member.name, count=member.cases)
            for reviewer_id, member in members.items()
            if reviewer_id not in named and member.cases
        ),
    ]


def _joining(reviewer: PanelFacts | None) -> list[Finding]:
    if reviewer is None:
        return [UNKNOWN_REFERENCE()]
    usable = reviewer.role is Role.REVIEWER and (reviewer.account_status is AccountStatus.ACTIVE or reviewer.on_paper)
    return [] if usable else [NOT_ACTIVE(name=reviewer.name)]
