"""A paper as PDF, a chart as SVG or PNG, by Typst: one compiler, whose fonts are read before it is confined."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import quoteattr

import typst

from app.imaging.refusals import ImageRefused
from app.printing import codes, fonts
from app.printing.packing import FILLED, KINDS, Printable, kind_of

FOLDER = Path(__file__).parent
SHARED: Mapping[str, Sequence[str]] = {
    "chart": ("drawing", "charting"),
    "notice": ("drawing", "official"),
    "report": ("drawing", "charting", "official"),
}
"""The parts before that of a kind, where there are others than `drawing`."""


def _template(kind: str) -> bytes:
    parts = (*SHARED.get(kind, ("drawing",)), kind)
    return b"".join((FOLDER / f"{name}.typ").read_bytes() for name in parts)


TEMPLATES = {kind: _template(kind) for kind in KINDS if kind != FILLED}
FINENESS = 300
"""Points of a picture to an inch."""
DrawnAs = Literal["pdf", "svg", "png"]


class Printer:
    """The compiler, its fonts, and the characters that they have."""

    def __init__(self, folder: Path | None = None) -> None:
        folders = fonts.folders(folder)
        found = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(each) for each in folders]
        )
        self._characters = fonts.characters(folders)
        self._families = json.dumps(fonts.chosen(set(found.families())))
        self._compiler = typst.Compiler(font_paths=found, ignore_system_fonts=True)
        self._compiler.compile("".join(map(_said_in, found.fonts())).encode(), format="pdf")

    def draw(self, paper: Printable, pictures: Sequence[bytes], form: DrawnAs = "pdf") -> bytes:
        """Draw a paper, or a chart; refused with the characters that no font has, instead of with empty boxes."""
        if missing := fonts.lacking(paper.text, self._characters):
            raise ImageRefused("no_glyph", characters="".join(missing))
        shown = json.dumps([b64encode(each).decode() for each in pictures])
        marks = [codes.drawn(code, "svg", xmldecl=False, light="white").decode() for code in paper.codes]
        inputs = {"paper": paper.written, "pictures": shown, "fonts": self._families, "codes": json.dumps(marks)}
        drawn = self._compiler.compile(TEMPLATES[kind_of(paper)], format=form, ppi=FINENESS, sys_inputs=inputs)
        assert isinstance(drawn, bytes), "it is one file"
        return _titled(drawn, paper.title) if form == "svg" else drawn


def _titled(svg: bytes, title: str) -> bytes:
    """Let programs that read a page aloud say what a drawing is: its words are shapes."""
    return svg.replace(b"<svg ", f'<svg role="img" aria-label={quoteattr(title)} '.encode(), 1)


def _said_in(font: typst.FontInfo) -> str:
    """Let a font be read now: no file can be opened later."""
    return (
        f'#text(font: {json.dumps(font.family, ensure_ascii=False)}, weight: {font.weight}, style: "{font.style}")[a]'
    )
