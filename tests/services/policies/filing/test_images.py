import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import imaging, printing, tables
from app.imaging import formats
from app.imaging.refusals import BROKEN
from app.models.enums import Language
from app.services.filing.campaigns import template
from app.services.policies.filing.images import (
    free_slot,
    known_role_findings,
    order_findings,
    refusal,
    size_findings,
    slot_findings,
)
from app.services.policies.filing.limit_settings import ImageLimits
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import NO_GLYPH, UNPRINTABLE
from tests.world.attachments import ROLES

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
FIRST, SECOND = UUID(int=1), UUID(int=2)
SAID: dict[str, tuple[dict[str, Any], str]] = {
    "unsupported_template": ({"format": "PDF"}, "模板须为 Word 文档"),
    "broken_template": ({"reason": "unreadable"}, "重新保存为 .docx"),
    "empty_file": ({"size": 0}, "文件是空的"),
    "unsupported_image": ({"format": "AVIF"}, "不支持该图片格式（AVIF）。"),
    "animated_image": ({"frames": 12}, "动图"),
    "image_too_large": (
        {"width": 13_000, "height": 13_000, "format": "PNG", "max_megapixels": 67, "max_side": 65_000},
        "图片过大",
    ),
    "image_too_small": ({"width": 599, "height": 800, "min_side": 600}, "短边至少 600 像素"),
    "broken_image": ({"reason": "truncated"}, "图片已损坏或不完整"),
    "unsupported_scan": ({"format": "TIFF"}, "这是 TIFF 文件"),
    "locked_scan": ({"format": "PDF"}, "打开密码"),
    "unsupported_table": ({"format": "PDF"}, "另存为 .xlsx"),
    "locked_table": ({}, "打开密码"),
    "active_table": ({}, "链接"),
    "broken_table": ({"reason": "unreadable"}, "新的工作簿"),
    "table_too_large": ({}, "最多 5000 行"),
    "page_count": ({"pages": 21, "max_pages": 20}, "1 至 20 页"),
    "active_scan": ({"format": "PDF"}, "活动内容"),
    "broken_scan": ({"reason": "truncated"}, "重新扫描"),
    "unsupported_attachment": ({"format": "TIFF"}, "这是 TIFF 文件"),
    "broken_attachment": ({"reason": "truncated"}, "重新保存"),
    "infected_file": ({}, "病毒"),
    "unsupported_form": ({"format": "PDF"}, "直接在申报表中填写"),
    "broken_form": ({"reason": "too_large"}, "只保留申报表"),
}


@pytest.mark.parametrize("code", [code for code in SAID if code.startswith("unsupported_")])
def test_a_format_that_nobody_knows_is_not_called_by_a_name(code: str) -> None:
    finding = refusal(code, {"format": "unknown"})
    assert finding.worded(Language.ZH).message.startswith("认不出该文件的格式。")
    assert "unknown" not in finding.worded(Language.EN).message.split()


@pytest.mark.parametrize("code", SAID)
def test_every_refusal_of_the_workers_has_words(code: str) -> None:
    params, words = SAID[code]
    finding = refusal(code, params)
    assert (finding.rule.code, finding.pointer, finding.refuses) == (code, "/file", True)
    assert words in finding.worded(Language.ZH).message
    for language in Language:
        said = finding.worded(language).message
        assert all(str(value) in said for name, value in params.items() if name != "reason")


@pytest.mark.parametrize(
    ("formats", "remedy"),
    [
        ({"OFD", "RTF", "Office", *formats.DOCUMENTS.values(), *formats.STREAMS.values()}, "PDF 再上传"),
        ({"ZIP", "RAR", "7-Zip", "gzip"}, "解压后"),
        ({"TIFF", "SVG", "HTML", "MP4"}, "请使用 PDF、JPEG、PNG、WebP 或 HEIC"),
        ({"unknown"}, "认不出该文件的格式"),
    ],
)
def test_a_file_that_is_not_taken_is_named_with_what_to_do(formats: set[str], remedy: str) -> None:
    """In words: what nobody recognises has no name."""
    for name in formats:
        said = refusal("unsupported_scan", {"format": name}).worded(Language.ZH).message
        of_picture = refusal("unsupported_image", {"format": name}).worded(Language.ZH).message
        assert remedy in said
        assert {name in said, name in of_picture} == {name != "unknown"}


def test_no_refusal_of_the_workers_is_without_words() -> None:
    folders = [Path(package.__path__[0]) for package in (imaging, printing, tables)]
    sources = [path.read_text("utf-8") for folder in folders for path in folder.glob("*.py")]
    raised = {code for source in sources for code in re.findall(r'ImageRefused\("([a-z_]+)"', source)}
    assert raised | set(BROKEN.values()) | {"infected_file"} == set(SAID) | {UNPRINTABLE.code, NO_GLYPH.code}


@pytest.mark.parametrize(
    ("taken", "maximum", "codes"),
    [(0, 8, []), (7, 8, []), (8, 8, ["too_many_images"]), (4, 5, []), (5, 5, ["too_many_images"])],
)
def test_there_is_room_for_as_many_as_the_campaign_allows(taken: int, maximum: int, codes: list[str]) -> None:
    limits = SETTINGS.images.model_copy(update={"maximum": maximum})
    settings = SETTINGS.model_copy(update={"images": limits})
    findings = slot_findings(settings, set(range(1, taken + 1)))
    assert [finding.rule.code for finding in findings] == codes
    assert [finding.params for finding in findings] == [{"maximum": maximum, "count": taken + 1} for _ in codes]


@pytest.mark.parametrize(("taken", "slot"), [(set(), 1), ({1, 2}, 3), ({1, 3}, 2), ({2, 3, 4, 5, 6, 7, 8}, 1)])
def test_the_lowest_free_slot_is_taken(taken: set[int], slot: int) -> None:
    assert free_slot(taken) == slot


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ([SECOND, FIRST], []),
        ([FIRST, SECOND], []),
        ([FIRST], ["not_the_same_images"]),
        ([FIRST, FIRST], ["not_the_same_images"]),
        ([FIRST, SECOND, UUID(int=3)], ["not_the_same_images"]),
        ([], ["not_the_same_images"]),
    ],
)
def test_an_order_names_every_picture_once(wanted: list[UUID], codes: list[str]) -> None:
    assert [finding.rule.code for finding in order_findings({FIRST, SECOND}, wanted)] == codes


LIMITS = ImageLimits.model_validate(
    {"minimum": 1, "maximum": 8, "roles": ROLES, "long_side": 1000, "short_side": 700, "smallest": 2000}
)


@pytest.mark.parametrize(
    ("pixels", "size", "codes"),
    [
        ((1000, 700), 2000, []),
        ((700, 1000), 2000, []),
        ((999, 700), 2000, ["image_too_small"]),
        ((1000, 699), 2000, ["image_too_small"]),
        ((699, 1000), 2000, ["image_too_small"]),
        ((1000, 700), 1999, ["file_too_small"]),
        ((600, 600), 1, ["image_too_small", "file_too_small"]),
    ],
)
def test_a_picture_has_the_pixels_and_bytes_that_the_notice_asks_for(
    pixels: tuple[int, int], size: int, codes: list[str]
) -> None:
    found = size_findings(LIMITS, pixels, size, "/files/2")
    assert [(each.rule.code, each.pointer) for each in found] == [(code, "/files/2") for code in codes]
    assert size_findings(SETTINGS.images, (1, 1), 0) == []


@pytest.mark.parametrize(("role", "codes"), [(None, []), ("cover", []), ("team", []), ("back", ["/role"])])
def test_a_role_is_one_of_the_campaigns_or_none(role: str | None, codes: list[str]) -> None:
    found = known_role_findings(LIMITS, role)
    assert [each.pointer for each in found] == codes
