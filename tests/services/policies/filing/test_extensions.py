from datetime import date, datetime, timedelta

import pytest

from app.models.enums import DeadlineKind, DeadlineSource
from app.services.filing.campaigns import template
from app.services.policies.filing import extensions as policy
from app.services.policies.filing.campaigns import deadline_move_findings
from app.services.policies.filing.deadlines import Deadline, closing_findings
from app.services.policies.filing.notice import CampaignSettings
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


@pytest.mark.parametrize(("hour", "refused"), [(-1, True), (0, False), (9, False)])
def test_an_instant_before_its_published_day_is_refused_wherever_a_deadline_is_set(hour: int, *, refused: bool) -> None:
    settings = CampaignSettings.model_validate(template("lubei-2015"))
    day = date(2015, 9, 18)
    until = datetime(2015, 9, 18, tzinfo=ZONE) + timedelta(hours=hour)
    window = settings.applications.model_copy(update={"due_on": day, "enforced_at": until})
    expected = [("closes_before_its_day", "/enforced_at")] * refused
    moved = deadline_move_findings(settings, settings.applications, window, CLOSES)
    for found in (moved, closing_findings(settings, day, until)):
        assert [(finding.rule.code, finding.pointer) for finding in found] == expected


def test_an_extension_is_revoked_once() -> None:
    assert policy.revocation_findings(None) == []
    assert [finding.rule.code for finding in policy.revocation_findings(CLOSES)] == ["already_revoked"]
