"""A file with tables before any library opens it: what it is, and nothing in it that acts, calls or has no end."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.imaging.formats import ARCHIVE, COMPOUND, format_of
from app.imaging.refusals import ImageRefused

XLSX, ODS, XLS, CSV = "xlsx", "ods", "xls", "csv"
MOST_WRITTEN, MOST_PARTS, MOST_PART = 6 * 2**20, 500, 2**25
"""Bytes of XML, of which a list of 2000 units has a tenth; parts; and bytes of any other part."""
WRITTEN = re.compile(r"\.(?:xml|rels|vml)\Z", re.IGNORECASE)
ACTING = re.compile(
    r"(?:\A|/)(?:vbaProject|vbaData|macrosheets|dialogsheets|activeX|ctrlProps|embeddings)", re.IGNORECASE
)
SCRIPTS = re.compile(r"\A(?:Basic|Scripts)/|\AObject ", re.IGNORECASE)
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
OLD_MACROS, LOCKED = (name.encode("utf-16-le") for name in ("_VBA_PROJECT", "EncryptedPackage"))
TEXTS = ("utf-8-sig", "gb18030")
"""Encodings of a text, in the order in which they are tried: hardly a text of the second is one of the first."""
WIDE = (b"\xff\xfe", b"\xfe\xff")
"""The marks of UTF-16, which Excel calls Unicode text."""


def kind_of(data: bytes) -> str:
    """Return which of the four kinds it is; refuse what is none, what acts, and what opens with a password only."""
    if not data:
        raise ImageRefused("empty_file", size=0)
    if data.startswith(ARCHIVE):
        return _packed(data)
    if data.startswith(COMPOUND):
        return _compound(data)
    if (name := format_of(data)) != "unknown" or (b"\0" in data[:4096] and not data.startswith(WIDE)):
        raise ImageRefused("unsupported_table", format=name)
    return CSV


def text_of(data: bytes) -> str:
    """Return the text of a file by the encoding in which it is whole."""
    for encoding in ("utf-16",) if data.startswith(WIDE) else TEXTS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImageRefused("broken_table", reason="encoding")


def _compound(data: bytes) -> str:
    """The older documents, and those of all kinds that are locked."""
    name = format_of(data)
    if LOCKED in data:
        raise ImageRefused("locked_table")
    if OLD_MACROS in data:
        raise ImageRefused("active_table")
    if name not in {"Excel/ET (XLS)", "Office"}:
        raise ImageRefused("unsupported_table", format=name)
    return XLS


def _packed(data: bytes) -> str:
    """The newer documents: an archive of parts of XML, of which each is read to its end once."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            kind = _kind_of_archive(archive, names)
            if kind is None:
                raise ImageRefused("unsupported_table", format=format_of(data))
            if len(names) > MOST_PARTS:
                raise ImageRefused("table_too_large")
            _read_parts(archive)
    except (BadZipFile, EOFError, NotImplementedError, expat.ExpatError) as broken:
        raise ImageRefused("broken_table", reason="unreadable") from broken
    return kind


def _kind_of_archive(archive: ZipFile, names: list[str]) -> str | None:
    if "xl/workbook.xml" in names:
        return XLSX
    return ODS if "mimetype" in names and archive.open("mimetype").read(100).startswith(ODS_TYPE) else None


def _read_parts(archive: ZipFile) -> None:
    written = 0
    for name, content in _parts(archive):
        if not WRITTEN.search(name):
            continue
        written += len(content)
        if written > MOST_WRITTEN:
            raise ImageRefused("table_too_large")
        _parser().Parse(content, True)


def _parts(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the parts with what they have, to their limits: what they say of their length is not believed."""
    for entry in archive.infolist():
        _check(entry)
        most = MOST_WRITTEN if WRITTEN.search(entry.filename) else MOST_PART
        with archive.open(entry) as source:
            content = source.read(most + 1)
        if len(content) > most:
            raise ImageRefused("table_too_large")
        yield entry.filename, content


def _check(entry: ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise ImageRefused("locked_table")
    if ACTING.search(entry.filename) or SCRIPTS.search(entry.filename):
        raise ImageRefused("active_table")
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise ImageRefused("broken_table", reason="unreadable")


def _parser() -> Any:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = _check_element
    return parser


def _refuse_doctype(*_: object) -> None:
    """Refuse a document type: entities are made in it, and no office program writes one."""
    raise ImageRefused("broken_table", reason="unreadable")


def _check_element(name: str, attributes: dict[str, str]) -> None:
    """Refuse what is loaded from elsewhere by itself, and a password; a link that a reader clicks may lead out."""
    is_out = attributes.get("TargetMode") == "External" and not attributes.get("Type", "").endswith("/hyperlink")
    if is_out or "macroEnabled" in attributes.get("ContentType", ""):
        raise ImageRefused("active_table")
    if name.endswith(":encryption-data"):
        raise ImageRefused("locked_table")
