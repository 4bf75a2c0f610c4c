"""The regulation of announcements (补充通知、催报): whom each audience means, and what one needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AnnouncementAudience as Audience
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing.documents import EVIDENCE_NOT_PUBLIC

NOBODY_CONCERNED = Rule(
    "nobody_concerned", "没有符合条件的党（工）委：{label}。", "There is no committee to be told: {state}."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Progress of a committee of the campaign, as far as an audience depends on it."""

    committee_id: UUID
    plan_owed: bool
    minimum_met: bool
    direct: bool = False


def recipients(audience: Audience, standings: Sequence[Standing], chosen: Collection[UUID]) -> list[UUID]:
    """Return the committees that an audience means."""
    return [each.committee_id for each in standings if _meant(audience, each, chosen)]


def _meant(audience: Audience, one: Standing, chosen: Collection[UUID]) -> bool:
    if audience is Audience.CHOSEN:
        return one.committee_id in chosen
    if audience is Audience.ALL:
        return True
    owes = not one.minimum_met if audience is Audience.NOT_FILED else one.plan_owed
    return owes and not one.direct


def sending_findings(
    audience: Audience,
    told: Sequence[UUID],
    chosen: Sequence[UUID],
    unknown_documents: Sequence[int],
    evidence: Sequence[int] = (),
) -> list[Finding]:
    """Require somebody to tell, and committees and documents that the campaign has; evidence of figures is not sent."""
    absent = [index for index, each in enumerate(chosen) if each not in told]
    return [
        *(UNKNOWN_REFERENCE(f"/committee_ids/{index}") for index in absent),
        *(UNKNOWN_REFERENCE(f"/document_ids/{index}") for index in unknown_documents),
        *(EVIDENCE_NOT_PUBLIC(f"/document_ids/{index}") for index in evidence),
        *([] if told or absent else [NOBODY_CONCERNED("/audience", label=audience.label, state=audience)]),
    ]
