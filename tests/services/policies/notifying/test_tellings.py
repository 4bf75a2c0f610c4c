"""The table of what is told, as a whole: every kind can be said, and nothing is in it that nobody may be told."""

import re
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from app.models.enums import ApplicationStatus, DeadlineKind, Language, LimitKind, Role
from app.services.policies.audit import EVENTS
from app.services.policies.notifying import notifications as policy
from app.services.policies.notifying.kinds import Telling
from app.services.policies.notifying.tellings import TELLINGS, UNTOLD
from tests.world import NOW

ITEM = {"text": "请于4月25日前补报。", "name": "邻里互助站", "status": "draft", "standing": 1, "count": 2}
PARTICULARS: dict[str, Any] = ITEM | {
    "deadline": "plan",
    "until": "2015-09-14T16:00:00+00:00",
    "timezone": "Asia/Shanghai",
    "minimum": 2,
    "campaign": "工作品牌创建年活动",
    "limit": "images_minimum",
    "value": 3,
    "waiting": 3,
    "number": "2015-C01-R01",
    "committee": "乔屯街道党工委",
    "left": "乔屯街道党工委",
    "to": "文化路街道党工委",
    "unit": "新华里社区",
    "award": "优秀案例",
    "title": "路北文明办〔2015〕12号",
    "items": [ITEM],
    "reasons": ["盖章不清"],
    "remark": "请重新扫描",
    "by": "李文博",
    "address": "10.2.3.4",
    "result": "市级示范案例",
}
SECRET = ("commendation", "proposal", "ranking", "recusal", "reviewer", "sign_in")
each_telling = pytest.mark.parametrize("telling", TELLINGS, ids=lambda each: each.kind)
each_language = pytest.mark.parametrize("language", list(Language))


@each_telling
@each_language
def test_every_kind_can_be_said(telling: Telling, language: Language) -> None:
    words = policy.worded(telling.kind, PARTICULARS, language)
    assert "{" not in words.text + "".join(words.details)
    assert len(words.details) == 1 + bool(telling.item)


@each_telling
@each_language
def test_no_kind_says_a_code(telling: Telling, language: Language) -> None:
    """Of any vocabulary whose code a notice keeps: words alone, in Chinese not one of English."""
    for name, words in (("status", ApplicationStatus), ("deadline", DeadlineKind), ("limit", LimitKind)):
        for code in words:
            particulars = PARTICULARS | {name: code.value, "items": [ITEM | {name: code.value}]}
            notice = policy.worded(telling.kind, particulars, language)
            said = " ".join([notice.text, *notice.details])
            assert re.findall("[a-z]+_[a-z]+" if language is Language.EN else "[a-z]+", said) == []


@each_telling
def test_a_kind_is_known_once_and_follows_events_that_exist(telling: Telling) -> None:
    assert [each.kind for each in TELLINGS].count(telling.kind) == 1
    assert telling.after <= EVENTS.keys()


def test_every_event_is_told_to_somebody_or_says_why_not() -> None:
    untold = [event for group in UNTOLD for event in sorted(group.events)]
    assert len(untold) == len(set(untold)), "a reason each, not two"
    assert set(untold) & policy.ANNOUNCED == set(), "told, and said to be untold"
    assert set(untold) | policy.ANNOUNCED == set(EVENTS), "add a telling, or why there is none, to tellings.py"
    assert all(group.why.endswith(".") for group in UNTOLD)


@each_telling
def test_nobody_is_told_of_what_is_not_theirs_to_know(telling: Telling) -> None:
    assert [event for event in telling.after if event.partition(".")[0] in SECRET] == []
    if any(event.startswith("account.") for event in telling.after):
        assert set(telling.to) <= {Role.OFFICE}, "of an account its owner is told, of a code to confirm the office"
    assert {"award.proposed", "award.held", "award.released", "award.dropped"} & telling.after == set()
    assert {Role.MUNICIPAL, Role.PUBLIC} & set(telling.to) == set()


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        ("2015-09-14T16:00:00+00:00", "2015年9月14日24:00", "2015-09-14 24:00"),
        ("2015-09-14T15:59:00+00:00", "2015年9月14日23:59", "2015-09-14 23:59"),
        ("2015-09-14T09:00:00+00:00", "2015年9月14日17:00", "2015-09-14 17:00"),
    ],
)
def test_a_deadline_is_spoken_of_as_people_do(at: str, chinese: str, english: str) -> None:
    for language, words in ((Language.ZH, chinese), (Language.EN, english)):
        assert words in policy.worded("reminder.plan", PARTICULARS | {"until": at}, language).text


def test_what_is_told_once_is_the_event_or_the_act_or_the_day() -> None:
    facts = {"sequence": 7, "at": NOW, "subject_id": UUID(int=1), "request_id": UUID(int=2)}
    kinds = ("application.returned", "assignment.made", "change.plan")
    occasions = [policy.occasion(policy.KINDS[kind], **facts) for kind in kinds]  # type: ignore[arg-type]  # a table of facts
    assert occasions == ["7", f"{UUID(int=1)}:{UUID(int=2)}", f"{UUID(int=1)}:2015-04-21"]
    assert all(first != second for first, second in pairwise(occasions))


def test_only_what_somebody_of_the_role_did_counts_where_a_role_is_named() -> None:
    kinds = {role: [each.kind for each in policy.tellings_after("application.edited", role)] for role in Role}
    assert {role: notices for role, notices in kinds.items() if notices} == {Role.COMMITTEE: ["change.application"]}


def test_a_path_is_that_of_the_contract() -> None:
    assert policy.path("application", UUID(int=1)) == f"/applications/{UUID(int=1)}"
