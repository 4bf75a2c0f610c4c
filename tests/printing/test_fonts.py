"""Characters of fonts, and papers drawn in the process itself, as a limited one draws them."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from app.imaging.refusals import ImageRefused
from app.printing import fonts
from app.printing.packing import packed, unpacked
from app.printing.paper import Cell, CellKind, Figures, Paper, Row, Table
from app.printing.pdf import Printer

PARTS = ("title", "annex", "above", "below", "foot")
KNOWN = frozenset(map(ord, "李文博"))


def font(*segments: tuple[int, int, int]) -> bytes:
    """A font whose one table is of characters, in segments: the first, the last, and what makes a glyph of each."""
    count = len(segments)
    firsts, lasts, shifts = (struct.pack(f">{count}H", *column) for column in zip(*segments, strict=True))
    parts = lasts + b"\0\0" + firsts + shifts + bytes(2 * count)
    subtable = struct.pack(">7H", 4, 14 + len(parts), 0, 2 * count, 0, 0, 0) + parts
    table = struct.pack(">HHHHL", 0, 1, 3, 1, 12) + subtable
    return struct.pack(">LHHHH4sLLL", 0x10000, 1, 0, 0, 0, b"cmap", 0, 28, len(table)) + table


def test_a_blank_and_a_mark_of_shape_need_no_font() -> None:
    assert fonts.lacking("李 文\u3000博\n\ufe0f\U000e0101\u200b", KNOWN) == []
    assert fonts.lacking("李𡃁文𡃁😀", KNOWN) == ["𡃁", "😀"]


def test_the_package_has_the_standard_characters_and_the_operator_adds_fonts(tmp_path: Path) -> None:
    known = fonts.characters(fonts.folders(None))
    assert fonts.lacking("𬱖䮌①—“”㎡", known) == []
    assert fonts.lacking("𡃁", known) == ["𡃁"]
    (tmp_path / "own.TTF").write_bytes(font((0xE000, 0xE002, 0x2000), (0xFFFF, 0xFFFF, 1)))
    (tmp_path / "read.me").write_bytes(b"no font")
    assert fonts.characters([tmp_path]) == {0xE001, 0xE002}, "a glyph of number 0 is the empty box"


def test_official_fonts_come_first_where_there_are_any() -> None:
    assert fonts.chosen({fonts.SANS, fonts.SERIF})["body"] == [fonts.SERIF]
    assert fonts.chosen({fonts.SANS, fonts.SERIF, "FangSong_GB2312"})["body"] == ["FangSong_GB2312", fonts.SERIF]


def test_a_paper_arrives_as_it_was_sent() -> None:
    rows = [Row([Cell("品牌简介", CellKind.SIDE, rows=2, name="brand"), Cell("<甲>\n“乙”")], 26)]
    paper = Paper("题", "附件2", "", [Table([12, 148], rows, heads=1)], "注", "", Figures("图", ["一"], 2))
    assert unpacked(packed(paper, [b"\xff\n{", b""])) == (paper, [b"\xff\n{", b""])


def test_every_part_of_a_paper_is_looked_through_before_it_is_drawn() -> None:
    printer = Printer()
    for part in PARTS:
        with pytest.raises(ImageRefused, match="no_glyph"):
            printer.draw(replace(Paper("", "", "", (), "", ""), **{part: "𡃁"}), ())  # type: ignore[arg-type]
