from datetime import date, datetime, timedelta

import pytest

from app.models.enums import DeadlineKind, DeadlineSource
from app.services.policies.filing import extensions as policy
from app.services.policies.filing.deadlines import Deadline
from tests.world import ZONE

CLOSES = datetime(2015, 9, 15, tzinfo=ZONE)
TICK = timedelta(microseconds=1)
PRESENT = Deadline(
    DeadlineKind.APPLICATION,
    datetime(2015, 4, 10, tzinfo=ZONE),
    date(2015, 9, 14),
    CLOSES,
    DeadlineSource.CAMPAIGN,
    None,
    "工作品牌创建年活动",
)


@pytest.mark.parametrize(
    ("until", "now", "codes"),
    [
        (CLOSES + TICK, CLOSES - TICK, []),
        (CLOSES, CLOSES - TICK, ["deadline_not_later"]),
        (CLOSES - TICK, CLOSES - TICK, ["deadline_in_the_past", "deadline_not_later"]),
        (CLOSES + TICK, CLOSES, []),
        (CLOSES + TICK, CLOSES + TICK, ["deadline_in_the_past"]),
        (CLOSES, CLOSES + TICK, ["deadline_in_the_past", "deadline_not_later"]),
    ],
)
def test_an_extension_is_later_than_the_present_deadline_and_than_now(
    until: datetime, now: datetime, codes: list[str]
) -> None:
    found = policy.grant_findings(PRESENT, until, now)
    assert [(finding.rule.code, finding.pointer) for finding in found] == [(code, "/due_on") for code in codes]


def test_an_extension_is_revoked_once() -> None:
    assert policy.revocation_findings(None) == []
    assert [finding.rule.code for finding in policy.revocation_findings(CLOSES)] == ["already_revoked"]
