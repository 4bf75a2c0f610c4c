"""Pictures above their captions in a document of Word, so many beside each other, in a table without lines."""

from collections.abc import Sequence

from docx.document import Document as OpenDocument
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.parts.document import DocumentPart
from docx.parts.image import ImagePart
from docx.shared import Length, Mm

from app.printing.paper import WIDTH
from app.printing.word_parts import CAPTION, Style, paragraph, parsed, twips

TALLEST = {1: 105, 2: 46}
"""Greatest height of a picture in millimetres, by how many stand beside each other."""
SPACE = 4


def illustrated(
    document: OpenDocument, pictures: Sequence[bytes], captions: Sequence[str], beside: int
) -> BaseOxmlElement:
    """Make the table, whose pictures are parts of the document."""
    grid = parsed(_grid(captions, beside))
    for place, picture in zip(grid.iter(qn("w:drawing")), pictures, strict=True):
        place.append(_inline(document.part, picture, beside))
    return grid


def _inline(part: DocumentPart, picture: bytes, beside: int) -> CT_Inline:
    """Add a picture as a part: python-docx would compare it with each one that is there, hundreds in a booklet."""
    image, number = Image.from_blob(picture), len(part.rels) + 1
    added = ImagePart.from_image(image, PackURI(f"/word/media/picture{number}.{image.ext}"))
    name = f"picture{number}"
    return CT_Inline.new_pic_inline(number, part.relate_to(added, RT.IMAGE), name, *size_of(image, beside))


def _grid(captions: Sequence[str], beside: int) -> str:
    """Write the table, with a place for each picture above its caption."""
    width = twips(WIDTH // beside)
    lines = [captions[start : start + beside] for start in range(0, len(captions), beside)]
    rows = "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(map(_figure, line))}</w:tr>" for line in lines)
    columns = f'<w:gridCol w:w="{width}"/>' * beside
    form = f'<w:tblW w:w="{twips(WIDTH)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
    return f"<w:tbl><w:tblPr>{form}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _figure(caption: str) -> str:
    place = '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:drawing/></w:r></w:p>'
    return f"<w:tc>{place}{paragraph(caption, Style('center', CAPTION, after=6))}</w:tc>"


def size_of(image: Image, beside: int) -> tuple[Length, Length]:
    """Return the width and the height in which a picture fits its place."""
    scale = min((WIDTH // beside - SPACE) / image.px_width, TALLEST[beside] / image.px_height)
    return Mm(image.px_width * scale), Mm(image.px_height * scale)
