"""The words of printed forms that a campaign's settings add to those of 附件2."""

from typing import Any

import pytest

from app.printing.paper import Paper
from app.services.filing.campaigns import template
from app.services.policies.filing import prints as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import FormKind, PrintedPictures
from tests.world.attachments import KINDS, ROLES

TEMPLATE = template("lubei-2015")
ATTACHED: list[dict[str, Any]] = [
    {
        "id": "1",
        "kind": "media",
        "title": "《日报》报道",
        "media_type": "application/pdf",
        "sha256": "9f",
        "size": 1025,
    },
    {"id": "2", "kind": "gone", "title": "证书", "media_type": "image/jpeg", "sha256": "9f", "size": 1024},
]


def settings(**changes: Any) -> CampaignSettings:
    return CampaignSettings.model_validate(TEMPLATE | changes)


def attached(paper: Paper) -> list[str]:
    """The text of the cell that lists supporting documents, if there is one."""
    cells = [cell for table in paper.tables for row in table.rows for cell in row.cells]
    return [cell.text for cell in cells if cell.name == "attachments"]


@pytest.mark.parametrize(
    ("kinds", "documents", "expected"),
    [
        ([], [], []),
        (KINDS, [], ["□ 媒体报道　□ 申报表电子版"]),
        (KINDS, ATTACHED, ["1．媒体报道：《日报》报道（PDF 文件，2 KB）\n2．gone：证书（图片，1 KB）"]),
        ([], ATTACHED[1:], ["1．gone：证书（图片，1 KB）"]),
    ],
)
def test_the_form_lists_the_supporting_documents_with_kind_name_and_size(
    kinds: Any, documents: Any, expected: list[str]
) -> None:
    cells = policy.cells_of({"form": {"brand_name": "驿站"}} | ({"attachments": documents} if documents else {}), None)
    assert attached(policy.application_paper(settings(attachments=kinds), cells, "")) == expected


@pytest.mark.parametrize(("kinds", "expected"), [([], []), (KINDS, ["□ 媒体报道　□ 申报表电子版"])])
def test_on_the_empty_form_the_kinds_are_ticked(kinds: Any, expected: list[str]) -> None:
    assert attached(policy.blank_paper(settings(attachments=kinds), FormKind.APPLICATION)) == expected


def test_a_caption_begins_with_the_role_of_its_picture() -> None:
    images = TEMPLATE["images"] | {"roles": ROLES}
    shown = [
        {"caption": "义诊", "role": "cover"},
        {"caption": "", "role": "team"},
        {"caption": "义诊", "role": "gone"},
        {"caption": "义诊"},
        {"caption": ""},
    ]
    figures = policy.figures_of(settings(images=images), {"images": shown}, PrintedPictures.FULL)
    assert figures
    assert figures.captions == [
        "图1　封面图片：义诊",
        "图2　团队合影",
        "图3　gone：义诊",
        "图4　义诊",
        "图5",
    ]
