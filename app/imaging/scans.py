"""The scan of a stamped form: a PDF kept byte for byte once nothing in it acts by itself, or a picture made clean."""

import hashlib
import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader, filters
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from app.imaging import pictures
from app.imaging.formats import PICTURES, format_of
from app.imaging.refusals import ImageRefused

MAX_PAGES = 20
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
    """The facts of an acceptable scan."""
    kind = format_of(data)
    if kind in PICTURES:
        picture = pictures.clean(data, shortest_side=shortest_side)
        kept = {name: picture[name] for name in ("content", "sha256", "source_sha256")}
        return {**kept, "media_type": "image/jpeg", "pages": 1}
    if kind != "PDF":
        raise ImageRefused("unsupported_scan", format=kind)
    digest = hashlib.sha256(data).hexdigest()
    return {"media_type": "application/pdf", "pages": pages_of(data), "sha256": digest, "source_sha256": digest}


def pages_of(data: bytes) -> int:
    """How many pages the document has, if it is whole, open and passive."""
    if b"%%EOF" not in data[-1024:]:
        raise ImageRefused("broken_scan", reason="truncated")
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        raise ImageRefused("broken_scan", reason="encrypted")
    pages = sum(1 for page in reader.pages if page.mediabox)
    if not 1 <= pages <= MAX_PAGES:
        raise ImageRefused("broken_scan", reason="pages", pages=pages, max_pages=MAX_PAGES)
    if ACTIVE_WORDS.search(data) or any(is_active(thing) for thing in objects_of(reader)):
        raise ImageRefused("broken_scan", reason="active_content")
    return pages


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
