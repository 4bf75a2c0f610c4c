from uuid import UUID

import pytest

from app.models.enums import AnnouncementAudience as Audience
from app.services.policies.notifying import announcements as policy
from app.services.policies.notifying.announcements import Standing

NOTHING, PLANNED, BOTH = (UUID(int=number) for number in range(3))
STANDINGS = [
    Standing(NOTHING, plan_owed=True, minimum_met=False),
    Standing(PLANNED, plan_owed=False, minimum_met=False),
    Standing(BOTH, plan_owed=False, minimum_met=True),
]


@pytest.mark.parametrize(
    ("audience", "chosen", "expected"),
    [
        (Audience.ALL, [], [NOTHING, PLANNED, BOTH]),
        (Audience.CHOSEN, [BOTH], [BOTH]),
        (Audience.WITHOUT_PLAN, [], [NOTHING]),
        (Audience.NOT_FILED, [], [NOTHING, PLANNED]),
    ],
)
def test_whom_an_audience_means(audience: Audience, chosen: list[UUID], expected: list[UUID]) -> None:
    assert policy.recipients(audience, STANDINGS, chosen) == expected


@pytest.mark.parametrize(
    ("told", "chosen", "unknown", "expected"),
    [
        ([BOTH], [BOTH], [], []),
        ([], [], [], [("nobody_concerned", "/audience")]),
        ([BOTH], [BOTH, UUID(int=9)], [], [("unknown_reference", "/committee_ids/1")]),
        ([], [UUID(int=9)], [], [("unknown_reference", "/committee_ids/0")]),
        ([BOTH], [], [2], [("unknown_reference", "/document_ids/2")]),
    ],
)
def test_an_announcement_needs_somebody_to_tell_and_documents_that_are_there(
    told: list[UUID], chosen: list[UUID], unknown: list[int], expected: list[tuple[str, str]]
) -> None:
    found = policy.sending_findings(Audience.NOT_FILED, told, chosen, unknown)
    assert [(finding.rule.code, finding.pointer) for finding in found] == expected
