"""The codes that a scan shows, wherever they stand: of a picture, or of the first pages of a PDF."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image

PAGES, LONGEST_SIDE = 4, 2400
"""The first page of a form has it, which may not be the first of its scan; A4 is read at 205 points an inch."""
MOST, LONGEST = 8, 200
KINDS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def of_picture(content: bytes) -> list[str]:
    """Read the codes of a picture; none where it cannot be read."""
    with suppress(Exception):  # no code is no fault of a scan
        return _read(Image.open(BytesIO(content), formats=("JPEG", "PNG")))
    return []


def of_document(content: bytes) -> list[str]:
    """Read the codes of the first page that has any."""
    with suppress(Exception), pypdfium2.PdfDocument(content) as document:
        return next(filter(None, map(_read, _pages(document))), [])
    return []


def _pages(document: pypdfium2.PdfDocument) -> Iterator[Image.Image]:
    for number in range(min(len(document), PAGES)):
        page = document[number]
        yield page.render(scale=LONGEST_SIDE / max(page.get_size())).to_pil()


def _read(picture: Image.Image) -> list[str]:
    """Look at the picture's red, in which no stamp is seen, and if nothing is in it, at a smaller, smoother one."""
    grey = picture.convert("RGB").getchannel("R")
    for side in (LONGEST_SIDE, LONGEST_SIDE // 2):
        grey.thumbnail((side, side))
        if found := zxingcpp.read_barcodes(grey, formats=KINDS):
            return [each.text for each in found if each.valid and len(each.text) <= LONGEST][:MOST]
    return []
