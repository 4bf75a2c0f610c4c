"""The parts that documents of Word are made of, as XML: paragraphs, runs and tables, in Word's units of length."""

from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement

from app.printing.paper import Cell, CellKind, Row, Table

TWENTIETHS = 20
"""Word counts lengths in twentieths of a point."""
SMALL, CAPTION, BODY, HEAD, TITLE = 18, 21, 24, 32, 44
"""Sizes in half points: 小五, 五号, 小四, 三号 and 二号."""
FONT, HEAD_FONT, TITLE_FONT = "仿宋", "黑体", "方正小标宋简体"
NAMES = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia={font} w:hint="eastAsia"/>'
PLACES = {CellKind.PROSE: ("left", "top"), CellKind.LINE: ("left", "center")}
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
LAST = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
"""The paragraph that Word wants after a table, too low to be seen."""
NEXT_PAGE = LAST.replace("<w:pPr>", "<w:pPr><w:pageBreakBefore/>")
INDENT = '<w:ind w:firstLineChars="200" w:firstLine="480"/>'
"""The first line of a paragraph of a text."""


@dataclass(frozen=True, slots=True)
class Style:
    """Style of a paragraph: `before` and `after` in points, `line` its exact height and `spaced` between characters.

    `form` is what Word reads before these: as borders. A heading has a `level`, by which Word finds its way.
    """

    place: str = "left"
    size: int = BODY
    font: str = FONT
    colour: str = ""
    spaced: int = 0
    before: int = 0
    after: int = 0
    line: int = 0
    indent: str = ""
    form: str = ""
    on_next_page: bool = False
    level: int = 0


PLAIN = Style()


def paragraph(text: str, style: Style = PLAIN) -> str:
    """Write a paragraph of one line, or of as many as it needs."""
    height = f' w:line="{style.line}" w:lineRule="exact"' if style.line else ""
    said = (
        f"{'<w:pageBreakBefore/>' if style.on_next_page else ''}{style.form}"
        f'<w:spacing w:before="{style.before * 20}" w:after="{style.after * 20}"{height}/>'
        f'{style.indent if text else ""}<w:jc w:val="{style.place}"/>'
        f"{_outlined(style.level)}"
    )
    look = "".join(font_of(style.font, style.size, style.colour, style.spaced))
    written = f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p><w:pPr>{said}</w:pPr>{written if text else ''}</w:p>"


def _outlined(level: int) -> str:
    return f'<w:outlineLvl w:val="{level - 1}"/>' if level else ""


def font_of(name: str, size: int, colour: str = "", spaced: int = 0) -> list[str]:
    """Name the font of a run, its size in half points, its colour, and what is between its characters."""
    return [
        NAMES.format(font=quoteattr(name)),
        *([f'<w:color w:val="{colour}"/>'] if colour else []),
        *([f'<w:spacing w:val="{spaced}"/>'] if spaced else []),
        *(f'<w:sz w:val="{size}"/>', f'<w:szCs w:val="{size}"/>'),
    ]


def run(inner: str, size: int = SMALL) -> str:
    """Write words of a foot."""
    return f'<w:r><w:rPr>{"".join(font_of(FONT, size))}</w:rPr><w:t xml:space="preserve">{inner}</w:t></w:r>'


def field(name: str, size: int = SMALL, until: str = "1") -> str:
    """Write a number that Word knows, such as that of the page, and what stands there until it looks."""
    return f'<w:fldSimple w:instr="{name}">{run(until, size)}</w:fldSimple>'


def table(form: Table, whole: int, style: Style = PLAIN) -> str:
    """Write a table, so many millimetres wide, whose text has this style."""
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in form.columns)
    covered: dict[int, tuple[Cell, int]] = {}  # cells from rows above, by their column, and how many rows are left
    rows = "".join(_row(form, row, covered, style, heads=number < form.heads) for number, row in enumerate(form.rows))
    look = f'<w:tblW w:w="{twips(whole)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{BORDERS}</w:tblBorders>'
    return f'<w:tbl><w:tblPr>{look}<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'


def _row(form: Table, row: Row, covered: dict[int, tuple[Cell, int]], style: Style, *, heads: bool) -> str:
    left, cells, column = iter(row.cells), [], 0
    while column < len(form.columns):
        above = covered.pop(column, None)
        cell, rows = above or (each := next(left), each.rows)
        if rows > 1:
            covered[column] = (cell, rows - 1)
        width = sum(form.columns[column : column + cell.columns])
        cells.append(_cell(cell, width, style, goes_on=above is not None))
        column += cell.columns
    height = f'<w:trHeight w:val="{twips(row.height)}" w:hRule="atLeast"/>'
    whole = "" if any(cell.kind is CellKind.PROSE for cell in row.cells) else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{whole}{height}{'<w:tblHeader/>' if heads else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(cell: Cell, width: int, style: Style, *, goes_on: bool) -> str:
    merged = "" if cell.rows == 1 else f'<w:vMerge w:val="{"continue" if goes_on else "restart"}"/>'
    across, up = PLACES.get(cell.kind, ("center", "center"))
    spans = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    place = f'<w:tcW w:w="{twips(width)}" w:type="dxa"/>{spans}{merged}<w:vAlign w:val="{up}"/>'
    style = replace(style, place=across, indent=INDENT if cell.kind is CellKind.PROSE else "")
    lines = [""] if goes_on else [*cell.text] if cell.kind is CellKind.SIDE else cell.text.split("\n")
    return f"<w:tc><w:tcPr>{place}</w:tcPr>{''.join(paragraph(line, style) for line in lines)}</w:tc>"


def twips(millimetres: float) -> int:
    """Return millimetres in Word's units."""
    return points(millimetres / 25.4 * 72)


def points(count: float) -> int:
    """Return points in Word's units."""
    return round(count * TWENTIETHS)


def parsed(written: str) -> BaseOxmlElement:
    """Read a part, whose names are Word's."""
    end = written.index(">") - (written[written.index(">") - 1] == "/")
    return parse_xml(f"{written[:end]} {nsdecls('w')}{written[end:]}")
