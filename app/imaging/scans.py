"""The scan of a stamped form: a PDF written anew from what its pages show, or a picture made clean.

What is known to act is refused, so that its sender hears of it; that nothing acts is seen to by writing anew.
"""

import hashlib
import itertools
import re
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, filters
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from app.imaging import codes, pictures
from app.imaging.documents import rebuilt
from app.imaging.formats import PICTURES, format_of
from app.imaging.refusals import ImageRefused

MAX_PAGES = 20
PRELUDE = b"\xef\xbb\xbf \t\r\n"
END, LONGEST_TAIL = re.compile(rb"startxref\s+\d+"), 4096
LOADED = (filters,)  # pypdf would import it at the first compressed file, when a confined worker no longer can
ACTIVE_KEYS = frozenset({"/JS", "/EF", "/XFA"})
ACTIVE_NAMES = frozenset(
    f"/{name}"
    for name in (
        *("JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE", "GoToR", "Rendition"),
        *("EmbeddedFile", "EmbeddedFiles", "FileAttachment", "RichMedia", "RichMediaExecute", "Movie"),
    )
)
# For a reader that finds other objects in the file than ours does; in compressed data such words do not come about.
ACTIVE_WORDS = re.compile(rb"/(?:JavaScript|EmbeddedFiles?|Launch|RichMedia|SubmitForm|ImportData)\b")


def check(data: bytes, *, shortest_side: int) -> dict[str, Any]:
    """The facts of an acceptable scan, and the bytes that are kept of it."""
    if not data:
        raise ImageRefused("empty_file", size=0)
    kind = format_of(data.lstrip(PRELUDE))
    if kind in PICTURES:
        picture = pictures.clean(data, shortest_side=shortest_side)
        kept = {name: picture[name] for name in ("content", "sha256", "source_sha256", "damaged")}
        return {**kept, "media_type": "image/jpeg", "pages": 1, "codes": codes.of_picture(picture["content"])}
    if kind != "PDF":
        raise ImageRefused("unsupported_scan", format=kind)
    pages = pages_of(data)
    content = rebuilt(pages)
    digests = {"sha256": hashlib.sha256(content).hexdigest(), "source_sha256": hashlib.sha256(data).hexdigest()}
    found = {"pages": len(pages), "damaged": False, "codes": codes.of_document(content)}
    return {"content": content, "media_type": "application/pdf", **found, **digests}


def pages_of(data: bytes) -> list[PageObject]:
    """The pages of a document, if it is whole, open and passive."""
    reader = PdfReader(BytesIO(whole(data)))
    if reader.is_encrypted and not reader.decrypt(""):  # locked against printing or changes, not against reading
        raise ImageRefused("locked_scan", format="PDF")
    pages = [page for page in itertools.islice(reader.pages, MAX_PAGES + 1) if page.mediabox]
    if not 1 <= len(pages) <= MAX_PAGES:
        raise ImageRefused("page_count", pages=len(reader.pages), max_pages=MAX_PAGES)
    if ACTIVE_WORDS.search(data) or any(is_active(thing) for thing in objects_of(reader)):
        raise ImageRefused("active_scan", format="PDF")
    return pages


def whole(data: bytes) -> bytes:
    """The document without what office machines put before its head and after its end, and with its end."""
    ends = list(END.finditer(data, max(0, len(data) - LONGEST_TAIL)))
    if not ends:
        raise ImageRefused("broken_scan", reason="truncated")
    return data[: ends[-1].end()].lstrip(PRELUDE) + b"\n%%EOF\n"


def objects_of(reader: PdfReader) -> list[Any]:
    """Every object of the file, also those no page refers to, and the trailer."""
    places = [(number, generation) for generation, numbers in reader.xref.items() for number in numbers]
    places += [(number, 0) for number in reader.xref_objStm]
    return [reader.trailer, *(reader.get_object(IndirectObject(*place, reader)) for place in places)]


def is_active(thing: Any) -> bool:
    """Does the object, or anything written inside it, run, open, send or carry something?"""
    if isinstance(thing, NameObject):
        return thing in ACTIVE_NAMES
    if isinstance(thing, DictionaryObject):
        return not ACTIVE_KEYS.isdisjoint(thing) or any(map(is_active, [*dict.keys(thing), *dict.values(thing)]))
    return isinstance(thing, ArrayObject) and any(map(is_active, list.__iter__(thing)))
