from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.models.enums import DeadlineKind, DeadlineSource, Language
from app.services.filing.campaigns import template
from app.services.policies.filing.deadlines import Deadline, LaterDeadline, deadline_findings, effective
from app.services.policies.filing.notice import CampaignSettings

NOTICE = CampaignSettings.model_validate(template("lubei-2015"))
TICK = timedelta(microseconds=1)
END = datetime(2015, 9, 14, 16, 0, tzinfo=UTC)
"""The end of 9月14日 in Tangshan."""


def application_deadline(settings: CampaignSettings = NOTICE, until: datetime | None = None) -> Deadline:
    later = LaterDeadline(UUID(int=1), until.date(), until) if until else None
    return effective(settings, DeadlineKind.APPLICATION, later)


def in_zone(name: str, due_on: str, enforced_at: str | None = None) -> CampaignSettings:
    window = {"opens_on": "2015-03-01", "due_on": due_on, "enforced_at": enforced_at}
    return CampaignSettings.model_validate(template("lubei-2015") | {"timezone": name, "applications": window})


def codes(deadline: Deadline, now: datetime) -> list[str]:
    return [finding.rule.code for finding in deadline_findings(deadline, now)]


def test_the_whole_published_day_counts() -> None:
    deadline = application_deadline()
    assert (deadline.due_on, deadline.enforced_at) == (date(2015, 9, 14), END)
    assert (deadline.source, deadline.extension_id) == (DeadlineSource.CAMPAIGN, None)


def test_plans_have_a_deadline_of_their_own() -> None:
    deadline = effective(NOTICE, DeadlineKind.PLAN, None)
    assert (deadline.due_on, deadline.enforced_at) == (date(2015, 4, 22), datetime(2015, 4, 22, 16, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2015, 4, 9, 16, 0, tzinfo=UTC) - TICK, ["not_yet_open"]),
        (datetime(2015, 4, 9, 16, 0, tzinfo=UTC), []),
        (END - TICK, []),
        (END, ["deadline_passed"]),
        (END + TICK, ["deadline_passed"]),
    ],
)
def test_open_until_the_last_microsecond_and_closed_at_the_instant_itself(now: datetime, expected: list[str]) -> None:
    assert codes(application_deadline(), now) == expected


@pytest.mark.parametrize("offset", [-timedelta(days=1), -TICK, timedelta()])
def test_an_extension_that_is_not_later_changes_nothing(offset: timedelta) -> None:
    assert application_deadline(until=END + offset) == application_deadline()


def test_a_later_extension_counts_and_is_named_as_the_source() -> None:
    until = datetime(2015, 9, 20, 16, 0, tzinfo=UTC)
    deadline = effective(NOTICE, DeadlineKind.APPLICATION, LaterDeadline(UUID(int=7), date(2015, 9, 20), until))
    assert (deadline.due_on, deadline.enforced_at) == (date(2015, 9, 20), until)
    assert (deadline.source, deadline.extension_id) == (DeadlineSource.EXTENSION, UUID(int=7))
    assert [codes(deadline, until + offset) for offset in (-TICK, timedelta(), TICK)] == [
        [],
        ["deadline_passed"],
        ["deadline_passed"],
    ]


def test_an_extension_of_a_microsecond_is_later() -> None:
    assert application_deadline(until=END + TICK).source is DeadlineSource.EXTENSION


def test_an_enforcing_instant_may_be_set_apart_from_the_published_day() -> None:
    settings = in_zone("Asia/Shanghai", "2015-09-14", "2015-09-15T09:00:00+08:00")
    deadline = application_deadline(settings)
    assert (deadline.due_on, deadline.enforced_at) == (date(2015, 9, 14), datetime(2015, 9, 15, 1, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "due_on", "utc"),
    [
        ("UTC", "2015-09-14", "2015-09-15T00:00"),
        ("Asia/Urumqi", "2015-09-14", "2015-09-14T18:00"),
        ("Europe/Berlin", "2015-03-28", "2015-03-28T23:00"),  # the day before the clocks go forward
        ("Europe/Berlin", "2015-03-29", "2015-03-29T22:00"),  # a day of 23 hours
        ("Europe/Berlin", "2015-10-25", "2015-10-25T23:00"),  # a day of 25 hours
        ("America/Sao_Paulo", "2015-10-17", "2015-10-18T03:00"),  # the next day has no midnight
    ],
)
def test_the_day_ends_where_the_campaign_lives(zone: str, due_on: str, utc: str) -> None:
    deadline = application_deadline(in_zone(zone, due_on))
    end = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert deadline.enforced_at.astimezone(UTC) == end
    assert [codes(deadline, end + offset) for offset in (-TICK, timedelta())] == [[], ["deadline_passed"]]


def test_the_second_pass_of_an_hour_is_later_than_the_first() -> None:
    """At 02:30 on the last Sunday of October Berlin's clocks show the same time twice."""
    first, second = datetime(2015, 10, 25, 0, 30, tzinfo=UTC), datetime(2015, 10, 25, 1, 30, tzinfo=UTC)
    settings = in_zone("Europe/Berlin", "2015-10-25", first.isoformat())
    later = LaterDeadline(uuid4(), date(2015, 10, 25), second)
    assert effective(settings, DeadlineKind.APPLICATION, later).source is DeadlineSource.EXTENSION
    assert codes(application_deadline(settings), second) == ["deadline_passed"]
    assert codes(application_deadline(in_zone("Europe/Berlin", "2015-10-25", second.isoformat())), first) == []


def test_refusals_speak_of_the_published_day() -> None:
    [passed] = deadline_findings(application_deadline(), END)
    name = passed.params["campaign"]
    assert passed.worded(Language.ZH).message == f"“{name}”的案例申报截止时间（2015年9月14日24:00）已过。"
    assert passed.worded(Language.EN).message == f"The application deadline of {name} (2015-09-14 24:00) has passed."
    assert passed.worded(Language.ZH).params == {
        "campaign": name,
        "label": "案例申报",
        "kind": "application",
        "due_on": "2015-09-14",
        "enforced_at": "2015-09-14T16:00:00Z",
    }
    [early] = deadline_findings(application_deadline(), datetime(2015, 4, 1, tzinfo=UTC))
    assert early.worded(Language.ZH).message == f"“{name}”的案例申报自2015年4月10日起方可办理。"
