"""The fonts of papers: those of a package, and those of a folder of the operator; and which characters they have."""

import struct
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain
from pathlib import Path

import pylopdf_fonts_zh_cn

SERIF, SANS = "Noto Serif SC", "Noto Sans SC"
FAMILIES = {
    "title": ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", SANS),
    "head": ("SimHei", "黑体", SANS),
    "body": ("仿宋_GB2312", "FangSong_GB2312", "FangSong", "仿宋", SERIF),
}
"""The fonts of official documents (GB/T 9704-2012), where the operator's folder has them; else those of the package."""
OF_PACKAGE = Path(pylopdf_fonts_zh_cn.__file__).parent
ENDINGS = frozenset({".otf", ".ttf", ".otc", ".ttc"})
UNDRAWN = frozenset(
    map(chr, (*range(0x20), 0x20, 0xA0, 0x3000, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0xFEFF))
)
"""Blanks and marks that no font draws."""
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Marks that choose a shape of the character before them: a font that knows none of them draws that as it is."""
COLLECTION, SEGMENTS, GROUPS = b"ttcf", 4, 12


def folders(own: Path | None) -> list[Path]:
    """Return where fonts are: the operator's folder, and that of the package."""
    return [*([own] if own else []), OF_PACKAGE]


def chosen(families: AbstractSet[str]) -> dict[str, list[str]]:
    """Return the families there are for each part of a paper, the first choice first."""
    return {part: [each for each in named if each in families] for part, named in FAMILIES.items()}


def characters(folders: Iterable[Path]) -> frozenset[int]:
    """The code points for which a font has a shape."""
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in ENDINGS]
    return frozenset(chain.from_iterable(_of_file(path.read_bytes()) for path in files))


def lacking(text: str, known: frozenset[int]) -> list[str]:
    """The characters of a text that no font has, each once, in their order."""
    wanted = dict.fromkeys(text)
    return [each for each in wanted if ord(each) not in known and each not in UNDRAWN and not _selects(each)]


def _selects(character: str) -> bool:
    return any(ord(character) in marks for marks in SELECTORS)


def _of_file(data: bytes) -> Iterator[int]:
    """Read a file of one font, or of several."""
    starts = struct.unpack_from(f">{_long(data, 8)}L", data, 12) if data.startswith(COLLECTION) else (0,)
    return chain.from_iterable(_of_font(data, start) for start in starts)


def _of_font(data: bytes, start: int) -> Iterator[int]:
    """Read the tables of characters (cmap) in the two formats that cover Chinese."""
    tables = (start + 12 + 16 * number for number in range(_short(data, start + 4)))
    for table in (_long(data, entry + 8) for entry in tables if data[entry : entry + 4] == b"cmap"):
        for number in range(_short(data, table + 2)):
            subtable = table + _long(data, table + 8 + 8 * number)
            if _short(data, subtable) == GROUPS:
                yield from _grouped(data, subtable)
            elif _short(data, subtable) == SEGMENTS:
                yield from _segmented(data, subtable)


def _grouped(data: bytes, start: int) -> Iterator[int]:
    for number in range(_long(data, start + 12)):
        first, last, _ = struct.unpack_from(">3L", data, start + 16 + 12 * number)
        yield from range(first, min(last, 0x10FFFF) + 1)


def _segmented(data: bytes, start: int) -> Iterator[int]:
    """Segments of the basic plane; the last, of U+FFFF, is none, and a glyph of number 0 is the empty box."""
    count = _short(data, start + 6) // 2
    parts = (
        struct.unpack_from(f">{count}H", data, start + 14),
        struct.unpack_from(f">{count}H", data, start + 16 + 2 * count),
    )
    shifts = struct.unpack_from(f">{2 * count}H", data, start + 16 + 4 * count)
    for number, (last, first) in enumerate(zip(*parts, strict=True)):
        shift, offset = shifts[number], shifts[count + number]
        place = start + 16 + 2 * (3 * count + number) + offset
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = _short(data, place + 2 * (point - first)) if offset else (point + shift) & 0xFFFF
            if glyph:
                yield point


def _short(data: bytes, at: int) -> int:
    value: int = struct.unpack_from(">H", data, at)[0]
    return value


def _long(data: bytes, at: int) -> int:
    value: int = struct.unpack_from(">L", data, at)[0]
    return value
