"""A paper as a document of Word, by python-docx, whose own files are read before the process is confined."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT
from docx.image.image import Image
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm

from app.printing import codes
from app.printing.paper import WIDTH, Cell, CellKind, Figures, Paper, Row, Table

TWIPS = 1440 / 25.4
"""Word counts lengths in twentieths of a point: so many are a millimetre."""
SMALL, CAPTION, BODY, HEAD, TITLE = 18, 21, 24, 32, 44
"""Sizes in half points: 小五, 五号, 小四, 三号 and 二号."""
FONT, HEAD_FONT, TITLE_FONT = "仿宋", "黑体", "方正小标宋简体"
NAMES = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia={font} w:hint="eastAsia"/>'
PLACES = {CellKind.PROSE: ("left", "top"), CellKind.LINE: ("left", "center")}
PAGES = (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", ""))
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
TALLEST = {1: 105, 2: 46}
"""Greatest height of a picture in millimetres, by how many stand beside each other."""
SPACE, CODE_SIDE = 4, 24
NEXT_PAGE = (
    '<w:p><w:pPr><w:pageBreakBefore/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
)


class Writer:
    """The empty document from which each paper begins."""

    def __init__(self) -> None:
        document = Document()
        section, styles = document.sections[0], document.styles
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
        section.top_margin, section.bottom_margin = Mm(22), Mm(24)
        section.footer.is_linked_to_previous = False
        normal = styles["Normal"].element.get_or_add_rPr()
        normal.clear()
        for each in _font(FONT, BODY):
            normal.append(_parsed(each))
        empty = BytesIO()
        document.save(empty)
        self._empty = empty.getvalue()
        self.write(Paper("", "", "", (), "", ""), ())

    def write(self, paper: Paper, pictures: Sequence[bytes]) -> bytes:
        """Write a paper, with the pictures of its figures."""
        document = Document(BytesIO(self._empty))
        _lay(document, paper)
        document.core_properties.title = paper.title
        document.core_properties.author = ""
        body = document.element.body
        for each in _parts(paper):
            body.insert_element_before(_parsed(each), "w:sectPr")
        if paper.code:
            _mark(document, paper.code)
        if paper.figures:
            _show(document, paper.figures, pictures)
        _number(document, paper)
        written = BytesIO()
        document.save(written)
        return _undated(written)


def _lay(document: OpenDocument, paper: Paper) -> None:
    """Lay the pages of a broad paper."""
    if paper.width > WIDTH:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)


def _undated(written: BytesIO) -> bytes:
    """Pack the parts anew without the time of packing, so that the same paper is the same bytes."""
    packed = BytesIO()
    with ZipFile(written) as dated, ZipFile(packed, "w", ZIP_DEFLATED) as undated:
        for part in dated.infolist():
            undated.writestr(ZipInfo(part.filename), dated.read(part), ZIP_DEFLATED)
    return packed.getvalue()


def _parts(paper: Paper) -> Iterator[str]:
    if paper.annex or paper.code:
        yield _head(paper)
    yield _paragraph(paper.title, "center", size=TITLE, font=TITLE_FONT, after=12)
    if paper.above:
        yield _paragraph(paper.above)
    for place, line in enumerate(paper.opening):
        yield _paragraph(line, indented=place > 0, after=4)
    for number, table in enumerate(paper.tables):
        if number:
            yield NEXT_PAGE
        yield _table(table, paper.width)
    for line in (*paper.lines, *filter(None, [paper.below])):
        yield _paragraph(line)
    for place, line in enumerate(paper.signature):
        yield _paragraph(line, "right", before=0 if place else 24)


def _head(paper: Paper) -> str:
    """Write the head, with a place for the code at its right."""
    if not paper.code:
        return _paragraph(paper.annex, size=HEAD, font=HEAD_FONT)
    tab = f'<w:pPr><w:tabs><w:tab w:val="right" w:pos="{_twips(paper.width)}"/></w:tabs></w:pPr>'
    words = f"<w:r><w:rPr>{''.join(_font(HEAD_FONT, HEAD))}</w:rPr><w:t>{escape(paper.annex)}</w:t><w:tab/></w:r>"
    return f"<w:p>{tab}{words}<w:r><w:drawing/></w:r></w:p>"


def _mark(document: OpenDocument, code: str) -> None:
    """Set the code into its place."""
    place = next(document.element.body.iter(qn("w:drawing")))
    place.append(
        document.part.new_pic_inline(
            BytesIO(codes.drawn(code, "png", scale=8)), width=Mm(CODE_SIDE), height=Mm(CODE_SIDE)
        )
    )


def _table(table: Table, whole: int) -> str:
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in table.columns)
    covered: dict[int, tuple[Cell, int]] = {}  # cells from rows above, by their column, and how many rows are left
    rows = "".join(_row(table, row, covered, heads=number < table.heads) for number, row in enumerate(table.rows))
    form = f'<w:tblW w:w="{_twips(whole)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{BORDERS}</w:tblBorders>'
    return f'<w:tbl><w:tblPr>{form}<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'


def _row(table: Table, row: Row, covered: dict[int, tuple[Cell, int]], *, heads: bool) -> str:
    left, cells, column = iter(row.cells), [], 0
    while column < len(table.columns):
        above = covered.pop(column, None)
        cell, rows = above or (each := next(left), each.rows)
        if rows > 1:
            covered[column] = (cell, rows - 1)
        cells.append(_cell(table, cell, column, goes_on=above is not None))
        column += cell.columns
    height = f'<w:trHeight w:val="{_twips(row.height)}" w:hRule="atLeast"/>'
    whole = "" if any(cell.kind is CellKind.PROSE for cell in row.cells) else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{whole}{height}{'<w:tblHeader/>' if heads else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(table: Table, cell: Cell, column: int, *, goes_on: bool) -> str:
    width = sum(table.columns[column : column + cell.columns])
    merged = "" if cell.rows == 1 else f'<w:vMerge w:val="{"continue" if goes_on else "restart"}"/>'
    across, up = PLACES.get(cell.kind, ("center", "center"))
    spans = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    place = f'<w:tcW w:w="{_twips(width)}" w:type="dxa"/>{spans}{merged}<w:vAlign w:val="{up}"/>'
    indented = cell.kind is CellKind.PROSE
    lines = [""] if goes_on else [*cell.text] if cell.kind is CellKind.SIDE else cell.text.split("\n")
    return (
        f"<w:tc><w:tcPr>{place}</w:tcPr>{''.join(_paragraph(line, across, indented=indented) for line in lines)}</w:tc>"
    )


def _paragraph(
    text: str,
    place: str = "left",
    *,
    size: int = BODY,
    font: str = FONT,
    before: int = 0,
    after: int = 0,
    indented: bool = False,
) -> str:
    indent = '<w:ind w:firstLineChars="200" w:firstLine="480"/>' if indented and text else ""
    form = f'<w:spacing w:before="{before * 20}" w:after="{after * 20}"/>{indent}<w:jc w:val="{place}"/>'
    run = f'<w:r><w:rPr>{"".join(_font(font, size))}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p><w:pPr>{form}</w:pPr>{run if text else ''}</w:p>"


def _font(font: str, size: int) -> list[str]:
    return [NAMES.format(font=quoteattr(font)), f'<w:sz w:val="{size}"/>', f'<w:szCs w:val="{size}"/>']


def _show(document: OpenDocument, figures: Figures, pictures: Sequence[bytes]) -> None:
    """Set the pictures on pages of their own, in a table without lines."""
    grid = _parsed(_grid(figures))
    for place, picture in zip(grid.iter(qn("w:drawing")), pictures, strict=True):
        place.append(document.part.new_pic_inline(BytesIO(picture), **_size(picture, figures.beside)))
    for each in (_parsed(NEXT_PAGE), _parsed(_paragraph(figures.title, "center", size=HEAD, font=HEAD_FONT)), grid):
        document.element.body.insert_element_before(each, "w:sectPr")


def _grid(figures: Figures) -> str:
    """Write the table, with a place for each picture above its caption."""
    width = _twips(WIDTH // figures.beside)
    lines = [
        figures.captions[start : start + figures.beside] for start in range(0, len(figures.captions), figures.beside)
    ]
    rows = "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(map(_figure, line))}</w:tr>" for line in lines)
    columns = f'<w:gridCol w:w="{width}"/>' * figures.beside
    form = f'<w:tblW w:w="{_twips(WIDTH)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
    return f"<w:tbl><w:tblPr>{form}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _figure(caption: str) -> str:
    place = '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:drawing/></w:r></w:p>'
    return f"<w:tc>{place}{_paragraph(caption, 'center', size=CAPTION, after=6)}</w:tc>"


def _size(picture: bytes, beside: int) -> dict[str, Length]:
    """Return the size in which a picture fits its place."""
    sides = Image.from_blob(picture)
    scale = min((WIDTH // beside - SPACE) / sides.px_width, TALLEST[beside] / sides.px_height)
    return {"width": Mm(sides.px_width * scale), "height": Mm(sides.px_height * scale)}


def _number(document: OpenDocument, paper: Paper) -> None:
    """Set the foot of every page: what it is of, and at the right its number."""
    tab = f'<w:pPr><w:tabs><w:tab w:val="right" w:pos="{_twips(paper.width)}"/></w:tabs></w:pPr>'
    pages = "".join(_run(words) + (_field(field) if field else "") for words, field in PAGES)
    footer = document.sections[0].footer.part.element
    footer.clear()
    footer.append(_parsed(f"<w:p>{tab}{_run(escape(paper.foot))}<w:r><w:tab/></w:r>{pages}</w:p>"))


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr="{name}">{_run("1")}</w:fldSimple>'


def _run(inner: str) -> str:
    return f'<w:r><w:rPr>{"".join(_font(FONT, SMALL))}</w:rPr><w:t xml:space="preserve">{inner}</w:t></w:r>'


def _twips(millimetres: float) -> int:
    return round(millimetres * TWIPS)


def _parsed(written: str) -> BaseOxmlElement:
    """Read a part, whose names are Word's."""
    end = written.index(">") - (written[written.index(">") - 1] == "/")
    return parse_xml(f"{written[:end]} {nsdecls('w')}{written[end:]}")
