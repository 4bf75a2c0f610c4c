from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import CampaignStatus
from app.services.policies.filing.programmes import (
    MOST_CAMPAIGNS,
    REACHING,
    Labels,
    Placed,
    ProgrammeSettings,
    arrangement_findings,
    change_findings,
    deletion_findings,
    label_findings,
    number_findings,
    renamed,
)

HERE, ELSEWHERE = uuid4(), uuid4()
DRAFT, PUBLISHED, CLOSED = CampaignStatus


def placed(
    *labels: str | None, status: CampaignStatus = DRAFT, programme: object = None, pointer: str = "/campaigns/0"
) -> Placed:
    return Placed(pointer, "工作品牌征集", status, programme, Labels(*labels))  # type: ignore[arg-type]


def said(findings: object) -> list[tuple[str, str | None]]:
    return [(each.rule.code, each.pointer) for each in findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("品牌征集（第一批）", Labels(None, "第一批"), Labels(None, "第二批"), "品牌征集（第二批）"),
        ("品牌案例征集·第一批", Labels("品牌案例", "第一批"), Labels("微视频", "第二批"), "微视频征集·第二批"),
        ("品牌征集", Labels(None, "第一批"), Labels(None, "第二批"), "品牌征集"),
        ("品牌征集（第一批）", Labels(), Labels(None, "第二批"), "品牌征集（第一批）"),
        ("品牌征集（第一批）", Labels(None, "第一批"), Labels(), "品牌征集（第一批）"),
    ],
)
def test_a_copy_says_its_own_labels(name: str, old: Labels, new: Labels, expected: str) -> None:
    assert renamed(name, old, new) == expected


def test_campaigns_of_one_programme_differ_in_their_labels() -> None:
    one, other = placed("品牌案例", "第一批"), placed("品牌案例", "第二批", pointer="/campaigns/1")
    assert said(label_findings([one, other])) == []
    assert said(label_findings([one, other, placed("品牌案例", "第一批", pointer="/campaigns/2")])) == [
        ("same_labels", "/campaigns/2")
    ]
    assert said(label_findings([placed(), placed(pointer="/campaigns/1")])) == [("same_labels", "/campaigns/1")]


@pytest.mark.parametrize(
    ("status", "programme", "leaves", "expected"),
    [
        (DRAFT, None, False, []),
        (PUBLISHED, None, False, []),
        (CLOSED, HERE, False, []),
        (DRAFT, ELSEWHERE, False, [("in_another_programme", "/campaigns/0")]),
        (DRAFT, HERE, True, []),
        (PUBLISHED, HERE, True, [("stays_in_programme", "/campaigns/0")]),
        (CLOSED, HERE, True, [("stays_in_programme", "/campaigns/0")]),
    ],
)
def test_who_comes_in_and_who_leaves(
    status: CampaignStatus, programme: object, leaves: bool, expected: list[tuple[str, str]]
) -> None:
    each = placed(status=status, programme=programme)
    named, left_out = ([], [each]) if leaves else ([each], [])
    assert said(arrangement_findings(HERE, named, left_out)) == expected


def test_an_unknown_campaign_is_pointed_at() -> None:
    assert said(arrangement_findings(HERE, [placed(), None], [])) == [("unknown_reference", "/campaigns/1/campaign_id")]


def test_a_programme_has_no_more_than_one_list_takes() -> None:
    assert number_findings("/campaigns", MOST_CAMPAIGNS) == []
    assert said(number_findings("/campaigns", MOST_CAMPAIGNS + 1)) == [("too_many_campaigns", "/campaigns")]


def test_only_an_empty_programme_is_deleted() -> None:
    assert deletion_findings(0) == []
    assert said(deletion_findings(1)) == [("has_campaigns", None)]


ONE, TWO = {"most": 1}, {"most": 2}
CHANGES: dict[str, list[tuple[Any, Any, bool]]] = {
    "entries_per_unit": [
        (None, ONE, True),
        (None, ONE | {"effect": "advised"}, False),
        (TWO, ONE, True),
        (ONE, TWO, False),
        (ONE, ONE, False),
        (ONE, None, False),
        (ONE, ONE | {"effect": "advised"}, False),
        (TWO | {"effect": "advised"}, TWO, True),
    ],
    "one_batch": [
        (None, "advised", True),
        (None, "refused", True),
        ("advised", "refused", True),
        ("refused", "advised", False),
        ("refused", None, False),
        ("advised", "advised", False),
    ],
    "minimum_filed": [(None, 1, True), (1, 2, True), (2, 2, False), (2, 1, False), (1, None, False)],
    "maximum_filed": [(None, 9, True), (9, 8, True), (8, 8, False), (8, 9, False), (9, None, False)],
}
"""Of each rule: how it was, how it is to be, and whether somebody could be hurt who relied on it."""
TITLED: dict[str, Any] = {"title": "征集通知", "year": 2025, "organizer": "青川区文明办"}


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize(
    ("name", "old", "new", "hurts"), [(name, *change) for name, found in CHANGES.items() for change in found]
)
def test_a_rule_for_all_campaigns_is_only_relaxed_once_one_is_published(
    name: str, old: object, new: object, *, hurts: bool, published: bool
) -> None:
    before, after = (ProgrammeSettings.model_validate(TITLED | {name: each}) for each in (old, new))
    expected = [("hurtful_change", f"/{name}")] if hurts and published else []
    assert said(change_findings(before, after, published=published)) == expected


def test_every_rule_for_all_campaigns_is_in_the_table_and_its_words_may_change() -> None:
    assert CHANGES.keys() == set(REACHING)
    words = TITLED | {
        "title": "关于征集的通知",
        "document_number": "青文明办〔2025〕3号",
        "organizer": "青川区委宣传部",
    }
    before, after = (ProgrammeSettings.model_validate(each) for each in (TITLED, words))
    assert change_findings(before, after, published=True) == []
