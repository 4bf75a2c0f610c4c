from typing import Any
from uuid import UUID

import pytest

from app.services.policies.filing.versions import (
    CellDifference,
    PictureChange,
    PictureDifference,
    Piece,
    TextChange,
    cell_differences,
    picture_differences,
    pieces,
)

SAME, REMOVED, ADDED = TextChange.SAME, TextChange.REMOVED, TextChange.ADDED
FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("甲。", "甲。", [Piece(SAME, "甲。")]),
        ("", "甲。", [Piece(ADDED, "甲。")]),
        ("甲。", "", [Piece(REMOVED, "甲。")]),
        ("甲。乙。丙", "甲。丙", [Piece(SAME, "甲。"), Piece(REMOVED, "乙。"), Piece(SAME, "丙")]),
        ("甲！\n乙。", "甲！\n丁。", [Piece(SAME, "甲！\n"), Piece(REMOVED, "乙。"), Piece(ADDED, "丁。")]),
        ("甲。。乙", "甲。。丙", [Piece(SAME, "甲。。"), Piece(REMOVED, "乙"), Piece(ADDED, "丙")]),
    ],
)
def test_a_text_differs_by_whole_sentences(before: str, after: str, expected: list[Piece]) -> None:
    found = pieces(before, after)
    assert found == expected
    assert "".join(piece.text for piece in found if piece.change is not ADDED) == before
    assert "".join(piece.text for piece in found if piece.change is not REMOVED) == after


def test_a_text_of_very_many_sentences_is_told_as_a_whole() -> None:
    before, after = ".\n" * 5000, ".\n" * 4999 + "x\n"
    assert pieces(before, after) == [Piece(REMOVED, before), Piece(ADDED, after)]


def content(**form: str | None) -> dict[str, Any]:
    return {
        "unit_name": "龙华社区",
        "committee_name": "乔屯街道",
        "form": {"brand_name": "红马甲", "phone": None} | form,
    }


def test_only_cells_that_differ_are_told() -> None:
    assert cell_differences(content(), content()) == []
    assert cell_differences(content(), content(phone="3724062")) == [CellDifference("phone", [Piece(ADDED, "3724062")])]


def image(image_id: UUID, slot: int, caption: str, sha256: str = "aa") -> dict[str, Any]:
    return {"id": str(image_id), "slot": slot, "caption": caption, "sha256": sha256}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([image(FIRST, 1, "甲")], [image(FIRST, 1, "甲")], []),
        ([], [image(FIRST, 1, "甲")], [PictureDifference(PictureChange.ADDED, FIRST, None, 1, None, "甲")]),
        ([image(FIRST, 1, "甲")], [], [PictureDifference(PictureChange.REMOVED, FIRST, 1, None, "甲", None)]),
        (
            [image(FIRST, 1, "甲", "aa")],
            [image(FIRST, 1, "甲", "bb")],
            [PictureDifference(PictureChange.REPLACED, FIRST, 1, 1, "甲", "甲")],
        ),
        (
            [image(FIRST, 1, "甲"), image(SECOND, 2, "乙")],
            [image(SECOND, 1, "丙")],
            [
                PictureDifference(PictureChange.DESCRIBED, SECOND, 2, 1, "乙", "丙"),
                PictureDifference(PictureChange.MOVED, SECOND, 2, 1, "乙", "丙"),
                PictureDifference(PictureChange.REMOVED, FIRST, 1, None, "甲", None),
            ],
        ),
    ],
)
def test_every_picture_tells_what_became_of_it(
    before: list[Any], after: list[Any], expected: list[PictureDifference]
) -> None:
    assert picture_differences(before, after) == expected
