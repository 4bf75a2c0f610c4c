"""A Word document written anew from its parts: those that act, call or carry something are refused.

A list says which parts may be there, so that what it does not know is refused too. The text stays as it was written.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.imaging.markup import local_name
from app.imaging.refusals import ImageRefused

NAME = "Word (DOCX)"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_PARTS = 2000
MAX_UNPACKED = 2**28
MAX_PART = 2**26
MADE_ON = (1980, 1, 1, 0, 0, 0)  # the same file gives the same bytes, whenever it comes
TYPES = "[Content_Types].xml"
MAIN = f"{MEDIA_TYPE}.main+xml"
LOADED = codecs.lookup("cp437")  # of names in archives; a confined worker cannot import it
WRITTEN = re.compile(r"\.(?:xml|rels)\Z", re.IGNORECASE)
SHOWN = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|svg|odttf)\Z", re.IGNORECASE)
CARRYING = re.compile(r"(?:\A|/)(?:embeddings|activeX|ctrlProps)/|vba", re.IGNORECASE)
ACTIVE_TYPES = re.compile(r"macroEnabled|vbaProject|vbaData|activeX|oleObject|ms-office\.webextension", re.IGNORECASE)
ACTIVE_LINKS = re.compile(
    r"/(?:oleObject|package|attachedTemplate|aFChunk|frame|subDocument|control|vbaProject"
    r"|ui/(?:extensibility|userCustomization)|keyMapCustomizations)\Z"
)
ACTIVE_FIELDS = re.compile(
    r"\b(?:DDE|DDEAUTO|LINK|IMPORT|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON|DATABASE|EMBED|CONTROL|RD)\b",
    re.IGNORECASE,
)
CLICKED_FIELD = re.compile(r"\s*HYPERLINK\s", re.IGNORECASE)
"""A field that does nothing until somebody clicks it, whatever words its address has."""
FIELD_CODES, TEXTS, FIELD, FIELD_MARK, PARAGRAPH = (
    {"instrText", "delInstrText"},
    {"t", "delText"},
    "fldSimple",
    "fldChar",
    "p",
)
LINKS = ".rels"
DRAWN, ELSEWHERE = {"imagedata", "fill", "stroke"}, re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
"""Elements of VML that load a picture from where their `src` says; pictures of the document have a link of the part."""
TOLD_BY_ELEMENTS = (b"nstrText", FIELD.encode(), FIELD_MARK.encode(), b"src", b"\0")
"""What a part has in it whose elements are looked at; in UTF-16, with its zeros, the words would not be found."""


@dataclass(frozen=True, slots=True)
class Active:
    """Something in a document that acts, calls or carries: its kind, the part that has it, and what it says."""

    kind: str  # "macro", "embedded", "link" or "field"
    part: str
    said: str = ""


def rebuilt(data: bytes) -> bytes:
    """Return a new archive of the parts of a document, if it is whole, open and passive."""
    return packed(parts_of(data))


def parts_of(data: bytes, most_written: int = MAX_UNPACKED) -> dict[str, bytes]:
    """Return the parts of a document by name, if it is whole, open and passive, and has no more XML than this."""
    parts, active = examined(data, most_written)
    if active:
        raise ImageRefused("active_scan", format=NAME)
    return parts


def examined(data: bytes, most_written: int = MAX_UNPACKED) -> tuple[dict[str, bytes], list[Active]]:
    """Return the parts of a whole and open document but those that act, and everything in it that acts."""
    active = list[Active]()
    try:
        parts = dict(_parts(data, active))
    except (BadZipFile, EOFError, NotImplementedError) as broken:
        raise _broken("unreadable") from broken
    types = parts.get(TYPES, b"")
    if f'"{MAIN}"' not in types.decode(errors="replace"):
        if b"macroEnabled" not in types and not active:
            raise _broken("unreadable")
        active.append(Active("macro", TYPES))
    written = {name: content for name, content in parts.items() if WRITTEN.search(name)}
    if sum(map(len, written.values())) > most_written:
        raise _broken("too_large")
    for name, content in written.items():
        active += _Part(name).read(content)
    return parts, [*dict.fromkeys(active)]


def _parts(data: bytes, active: list[Active]) -> Iterator[tuple[str, bytes]]:
    """Yield the parts by name, within the limits of their number and size; those that act are told instead."""
    known, unpacked = set[str](), 0
    with ZipFile(BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MAX_PARTS:
            raise _broken("too_large")
        for entry in entries:
            name = entry.filename
            if CARRYING.search(name) or not (WRITTEN.search(name) or SHOWN.search(name)):
                active.append(Active("macro" if "vba" in name.casefold() else "embedded", name))
                continue
            content = _content(archive, entry)
            unpacked += len(content)
            if unpacked > MAX_UNPACKED or name.casefold() in known:
                raise _broken("too_large" if unpacked > MAX_UNPACKED else "unreadable")
            known.add(name.casefold())
            yield name, content


def _content(archive: ZipFile, entry: ZipInfo) -> bytes:
    if entry.flag_bits & 1:
        raise ImageRefused("locked_scan", format=NAME)
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise _broken("unreadable")
    with archive.open(entry) as source:
        content = source.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise _broken("too_large")
    return content


@dataclass(slots=True)
class _Field:
    """An open field: its code so far, and whether that still goes on."""

    is_code: bool = False
    code: list[str] = field(default_factory=list)


class _Part:
    """The reading of a part of XML: no document type; links that load and fields that act are told."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._has_links = name.casefold().endswith(LINKS)
        self._tag = ""
        self._fields = [_Field(code=["{"])]  # codes outside every field, and after them the fields that are open
        self._active: list[Active] = []

    def read(self, content: bytes) -> list[Active]:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        if self._may_act(content):
            parser.StartElementHandler = self._begin
            parser.EndElementHandler = self._end
            parser.CharacterDataHandler = self._say
        try:
            parser.Parse(content, True)
        except expat.ExpatError as broken:
            raise _broken("unreadable") from broken
        while self._fields:
            self._close()
        return self._active

    def _may_act(self, content: bytes) -> bool:
        """Return true if elements of a part can act: styles of half a megabyte, without a field, cannot."""
        return self._name == TYPES or self._has_links or any(each in content for each in TOLD_BY_ELEMENTS)

    @staticmethod
    def _doctype(*_: Any) -> None:
        raise _broken("unreadable")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._tag = local_name(tag)
        named = {local_name(name): value for name, value in attributes.items()}
        if self._tag == FIELD:
            self._judge(named.get("instr", ""))
        elif self._tag == FIELD_MARK:
            self._mark(named.get("fldCharType"))
        elif self._tag in DRAWN and ELSEWHERE.match(named.get("src", "")):
            self._active.append(Active("link", self._name, named["src"][:200]))
        content_type = attributes.get("ContentType", "")
        if self._name == TYPES and ACTIVE_TYPES.search(content_type):
            kind = "macro" if re.search("macro|vba", content_type, re.IGNORECASE) else "embedded"
            self._active.append(Active(kind, attributes.get("PartName", TYPES).lstrip("/")))
        if self._has_links:
            self._follow(attributes)

    def _end(self, tag: str) -> None:
        self._tag = ""
        if local_name(tag) == PARAGRAPH:
            self._fields[-1].code.append(" ")

    def _say(self, text: str) -> None:
        """Between the first mark of a field and its second any text is its code, as readers have it."""
        within = next((each for each in reversed(self._fields) if each.is_code), None)
        if self._tag in FIELD_CODES or (self._tag in TEXTS and within):
            (within or self._fields[0]).code.append(text)

    def _mark(self, kind: str | None) -> None:
        """Open a field, begin its result, or close it."""
        if kind == "begin":
            self._fields[-1].code.append("{")
            self._fields.append(_Field(is_code=True))
        elif kind == "separate":
            self._fields[-1].is_code = False
        elif kind == "end" and len(self._fields) > 1:
            self._close()

    def _close(self) -> None:
        self._judge("".join(self._fields.pop().code))  # Word splits a code as it likes

    def _judge(self, code: str) -> None:
        if not CLICKED_FIELD.match(code):
            self._active += [Active("field", self._name, found[0]) for found in ACTIVE_FIELDS.finditer(code)]

    def _follow(self, attributes: dict[str, str]) -> None:
        """A link that a reader clicks may lead out; nothing that is loaded by itself may."""
        kind = attributes.get("Type", "")
        loaded = attributes.get("TargetMode") == "External" and not kind.endswith("/hyperlink")
        if loaded or ACTIVE_LINKS.search(kind):
            self._active.append(Active("link", self._name, attributes.get("Target", "")[:200]))


def packed(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these parts: the same parts are the same bytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = ZipInfo(name, MADE_ON)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _broken(reason: str) -> ImageRefused:
    return ImageRefused("broken_attachment", reason=reason)
