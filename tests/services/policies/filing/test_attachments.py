from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import CampaignStatus
from app.services.filing.campaigns import template
from app.services.policies.filing.attachment_settings import AttachmentKind
from app.services.policies.filing.attachments import (
    Stored,
    attachment_findings,
    for_judges,
    format_findings,
    room_findings,
    taken_back,
    tightened,
)
from app.services.policies.filing.campaigns import change_findings
from app.services.policies.filing.notice import CampaignSettings
from tests.world.attachments import KINDS, MEDIA

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
ASKING = CampaignSettings.model_validate(SETTINGS.model_dump() | {"attachments": KINDS})
LIMIT = 25 * 2**20


def told(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    return [(each.rule.code, each.rule.severity.value, each.pointer) for each in findings]


FEW = ("too_few_attachments", "error", "/attachments")
ADVISED = ("too_few_attachments", "advice", "/attachments")
MANY = ("too_many_attachments", "error", "/attachments")
UNKNOWN = ("unknown_attachment_kind", "error", "/attachments")


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], [FEW, ADVISED]),
        (["media"], [ADVISED]),
        (["media", "editable"], []),
        (["media", "media", "editable"], []),
        (["media", "media", "media", "editable", "editable"], [MANY, MANY]),
        (["editable"], [FEW]),
        (["media", "editable", "proof"], [UNKNOWN]),
    ],
)
def test_a_submission_has_as_many_of_each_kind_as_the_notice_asks_for(
    kinds: list[str], expected: list[tuple[str, str, str]]
) -> None:
    assert told(attachment_findings(ASKING, kinds)) == expected


def test_a_notice_without_kinds_asks_for_nothing_and_is_stored_as_before() -> None:
    assert attachment_findings(SETTINGS, []) == []
    assert "attachments" not in SETTINGS.stored()
    assert ASKING.stored()["attachments"] == [each.model_dump(mode="json") for each in ASKING.attachments]


@pytest.mark.parametrize(
    ("kinds", "code", "size", "expected"),
    [
        ([], "media", LIMIT, []),
        (["media"], "media", 1, []),
        (["media", "media"], "media", 1, [("too_many_attachments", "error", "/kind")]),
        (["media", "media"], "editable", 1, []),
        ([], "proof", 1, [("unknown_attachment_kind", "error", "/kind")]),
        ([], "media", LIMIT + 1, [("attachment_too_large", "error", "/file")]),
    ],
)
def test_one_more_of_a_kind_needs_room(kinds: list[str], code: str, size: int, expected: list[Any]) -> None:
    assert told(room_findings(ASKING, kinds, code, size)) == expected


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("code", "media_type", "fits"),
    [
        ("media", "application/pdf", True),
        ("media", "image/jpeg", True),
        ("media", WORD, False),
        ("editable", WORD, True),
        ("editable", "application/pdf", False),
        ("editable", "image/jpeg", False),
    ],
)
def test_each_kind_takes_its_formats(code: str, media_type: str, fits: bool) -> None:
    refused = [] if fits else [("wrong_format", "error", "/file")]
    assert told(format_findings(ASKING, code, media_type)) == refused


@pytest.mark.parametrize(
    ("more", "tighter"),
    [
        ({}, False),
        ({"name": "报道", "help": "市级以上"}, False),
        ({"minimum": 0}, False),
        ({"minimum": 2}, True),
        ({"minimum": 2, "required": False}, False),
        ({"maximum": 1}, True),
        ({"maximum": 3}, False),
        ({"formats": ["pdf"]}, True),
        ({"formats": ["pdf", "picture", "word"], "blind": True}, False),
        ({"max_bytes": 2**20}, True),
        ({"blind": True}, False),
    ],
)
def test_a_published_kind_asks_for_no_more_and_shows_no_more(more: dict[str, Any], tighter: bool) -> None:
    before, after = (AttachmentKind.model_validate(MEDIA | each) for each in ({}, more))
    assert bool(tightened([before], [after])) is tighter
    new = ASKING.model_copy(update={"attachments": [after, ASKING.attachments[1]]})
    found = change_findings(ASKING, new, CampaignStatus.PUBLISHED)
    assert [each.pointer for each in found] == (["/attachments"] if tighter else [])


def test_a_kind_that_comes_later_asks_for_nothing_and_none_goes() -> None:
    media, editable = ASKING.attachments
    assert tightened([], [media]) == ["media"]
    assert tightened([], [editable]) == []
    assert tightened([editable.model_copy(update={"blind": True})], [editable.model_copy(update={"blind": False})])
    assert taken_back([media, editable], [editable]) == ["media"]


FOUR = ("editable", "media", "gone", "media")


def test_judges_read_what_is_not_blind_under_its_place_and_all_in_an_open_round() -> None:
    attached = [Stored(str(place), code, "", "", "", 1) for place, code in enumerate(FOUR)]
    shown = {blind: for_judges(ASKING.attachments, attached, blind=blind) for blind in (True, False)}
    assert [(place, kind.code) for place, kind, _ in shown[True]] == [(2, "media"), (4, "media")]
    assert [(place, kind.code) for place, kind, _ in shown[False]] == [(1, "editable"), (2, "media"), (4, "media")]
