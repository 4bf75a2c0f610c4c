"""The layout of official documents in Word: margins, lines, titles and lists, as GB/T 9704-2012 has them."""

from collections.abc import Sequence

from docx.document import Document as OpenDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from app.printing.official import (
    BOTTOM,
    LEFT,
    LINE,
    NARROW,
    RIGHT,
    SIZE,
    SMALL,
    TITLE,
    TOP,
    TRACKING,
    WIDTH,
    balanced,
    indents,
)
from app.printing.paper import Cell, CellKind, Row, Table
from app.printing.word_parts import HEAD_FONT, TITLE_FONT, Style, field, paragraph, parsed, points, run, table

FOOT = 20
"""Millimetres from the edge of the page to its number."""
EXACT, SPACED = points(LINE), points(TRACKING)
CHARACTER = SIZE + TRACKING
"""Height of a line and what characters stand nearer, in Word's units; and points of one character."""
ROWS = Style(size=SMALL * 2, line=22 * 20)
HEADING = Style(size=SIZE * 2, font=HEAD_FONT, line=EXACT)


def lay(document: OpenDocument) -> None:
    """Set the margins, 22 lines a page, and the number of each page at its outer side."""
    section, body = document.sections[0], document.element.body
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin, section.footer_distance = Mm(LEFT), Mm(RIGHT), Mm(FOOT)
    for grid in body.sectPr.findall(qn("w:docGrid")):
        body.sectPr.remove(grid)
    body.sectPr.append(parsed(f'<w:docGrid w:type="lines" w:linePitch="{EXACT}"/>'))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        number = f"{_number('— ')}{field('PAGE', SMALL * 2)}{_number(' —')}"
        place = f'<w:pPr><w:ind w:left="{SMALL * 20}" w:right="{SMALL * 20}"/><w:jc w:val="{side}"/></w:pPr>'
        root = footer.part.element
        root.clear()
        root.append(parsed(f"<w:p>{place}{number}</w:p>"))


def _number(words: str) -> str:
    return run(words, SMALL * 2)


def title(words: str) -> str:
    side = points((WIDTH / 25.4 * 72 - balanced(words)) / 2)
    narrowed = f'<w:ind w:left="{side}" w:right="{side}"/>'
    return paragraph(words, Style("center", TITLE * 2, TITLE_FONT, line=700, indent=narrowed))


def line(
    words: str, place: str = "left", *, first: float = 0, left: float = 0, right: float = 0, form: str = ""
) -> str:
    """Write a paragraph of the text, with its indents in characters."""
    indents = {"firstLine": first, "left": left, "right": right}
    indent = "".join(f' w:{name}="{points(count * CHARACTER)}"' for name, count in indents.items() if count)
    return paragraph(
        words,
        Style(place, SIZE * 2, line=EXACT, spaced=SPACED, form=form, indent=f"<w:ind{indent}/>" if indent else ""),
    )


def listing(columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> str:
    """Write a list; figures stand in the middle of narrow columns."""
    head = Row([Cell(label, CellKind.LABEL) for label, _ in columns], 9)
    kinds = [CellKind.VALUE if width <= NARROW else CellKind.LINE for _, width in columns]
    body = [Row([Cell(*each) for each in zip(row, kinds, strict=True)], 9) for row in rows]
    return table(Table([width for _, width in columns], [head, *body], heads=1), WIDTH, ROWS)


def signed(signature: Sequence[str]) -> list[str]:
    """Write who signs, and when."""
    indented = zip(signature, indents(signature), strict=True)
    return [line(each, "right", right=indent) for each, indent in indented]
