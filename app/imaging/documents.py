"""A PDF written anew from the visible content of its pages: a table lists what is copied, and nothing else is.

Whatever acts, calls, opens, plays or carries something has no line in the table, under whatever name and wherever it
hid; an object that no page shows is not in the new file. Streams are taken as they lie in the file, never from outside.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from app.imaging.refusals import ImageRefused

PLAIN = "plain"
PLAINLY = (BooleanObject, ByteStringObject, FloatObject, NameObject, NullObject, NumberObject, TextStringObject)
MAX_OBJECTS = 20_000
MAX_PIXELS = 2**26  # A4 at 600 points an inch has 35 million
MAX_STREAM = 2**25
MAX_DOCUMENT = 2**29
CHUNK = 2**20
FLATE = "/FlateDecode"
CODECS = frozenset({"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode"})


def _plain(*names: str) -> dict[str, str]:
    return {f"/{name}": PLAIN for name in names}


STREAM = {"/DecodeParms": "parameters"}
COLOUR = _plain(
    *("N", "Range", "WhitePoint", "BlackPoint", "Gamma", "Matrix", "FunctionType", "Domain", "C0", "C1", "Size"),
    *("BitsPerSample", "Order", "Encode", "Decode", "Bounds"),
) | {"/Alternate": "colour", "/Functions": "colour"}
FONT = _plain(
    *("Type", "Subtype", "BaseFont", "FirstChar", "LastChar", "Widths", "DW", "W", "DW2", "W2", "FontMatrix"),
    *("FontBBox", "Name"),
)
TAKEN: dict[str, dict[str, str]] = {
    "page": _plain("Type", "MediaBox", "CropBox", "Rotate", "UserUnit")
    | {"/Contents": "bytes", "/Resources": "resources", "/Group": "group"},
    "bytes": STREAM
    | _plain("Length1", "Length2", "Length3", "Subtype", "CMapName", "WMode", "Type")
    | {"/CIDSystemInfo": "system", "/UseCMap": "bytes"},
    "resources": _plain("ProcSet")
    | {
        "/Font": "fonts",
        "/XObject": "drawings",
        "/ColorSpace": "colours",
        "/ExtGState": "states",
        "/Pattern": "patterns",
        "/Shading": "shadings",
    },
    "fonts": {"*": "font"},
    "drawings": {"*": "drawing"},
    "colours": {"*": "colour"},
    "states": {"*": "state"},
    "patterns": {"*": "pattern"},
    "shadings": {"*": "shading"},
    "glyphs": {"*": "bytes"},
    "font": FONT
    | {
        "/Encoding": "encoding",
        "/FontDescriptor": "descriptor",
        "/ToUnicode": "bytes",
        "/DescendantFonts": "font",
        "/CIDSystemInfo": "system",
        "/CIDToGIDMap": "bytes",
        "/CharProcs": "glyphs",
        "/Resources": "resources",
    },
    "system": _plain("Registry", "Ordering", "Supplement"),
    "encoding": STREAM
    | _plain("Type", "BaseEncoding", "Differences", "CMapName", "WMode")
    | {"/CIDSystemInfo": "system", "/UseCMap": "bytes"},
    "descriptor": _plain(
        *("Type", "FontName", "FontFamily", "FontStretch", "FontWeight", "Flags", "FontBBox", "ItalicAngle", "Ascent"),
        *("Descent", "Leading", "CapHeight", "XHeight", "StemV", "StemH", "AvgWidth", "MaxWidth", "MissingWidth"),
    )
    | {"/FontFile": "bytes", "/FontFile2": "bytes", "/FontFile3": "bytes", "/CIDSet": "bytes"},
    "drawing": STREAM
    | _plain(
        *("Type", "Subtype", "Width", "Height", "BitsPerComponent", "Decode", "ImageMask", "Intent", "Interpolate"),
        *("Matte", "SMaskInData", "BBox", "Matrix", "FormType"),
    )
    | {
        "/ColorSpace": "colour",
        "/Mask": "drawing",
        "/SMask": "drawing",
        "/Resources": "resources",
        "/Group": "group",
    },
    "colour": STREAM | COLOUR,
    "state": _plain("Type", "LW", "LC", "LJ", "ML", "D", "RI", "CA", "ca", "BM", "AIS", "OP", "op", "OPM", "SA", "TK")
    | {"/SMask": "mask"},
    "mask": _plain("Type", "S", "BC") | {"/G": "drawing"},
    "group": _plain("Type", "S", "I", "K") | {"/CS": "colour"},
    "pattern": STREAM
    | _plain("Type", "PatternType", "PaintType", "TilingType", "BBox", "XStep", "YStep", "Matrix")
    | {"/Resources": "resources", "/Shading": "shading", "/ExtGState": "state"},
    "shading": STREAM
    | _plain(
        *("ShadingType", "Background", "BBox", "AntiAlias", "Coords", "Domain", "Extend", "Matrix"),
        *("BitsPerCoordinate", "BitsPerComponent", "BitsPerFlag", "Decode", "VerticesPerRow"),
    )
    | {"/ColorSpace": "colour", "/Function": "colour"},
    "parameters": _plain(
        *("Predictor", "Colors", "BitsPerComponent", "Columns", "EarlyChange", "K", "EndOfLine", "EncodedByteAlign"),
        *("Rows", "EndOfBlock", "BlackIs1", "DamagedRowsBeforeError", "ColorTransform"),
    )
    | {"/JBIG2Globals": "bytes"},
    "annotation": _plain("Rect", "F") | {"/AP": "appearance"},
    "appearance": {"/N": "drawing"},
}
"""Members copied of an object of each kind, and their kinds; `*` matches names of the file's own."""


def rebuilt(pages: list[PageObject]) -> bytes:
    """A new file that shows these pages."""
    return Copy().of(pages)


class Copy:
    """The objects of one new file, numbered as they are met."""

    def __init__(self) -> None:
        self._objects: list[PdfObject] = []
        self._known: dict[tuple[int, int, str], IndirectObject] = {}
        self._unpacked = 0

    def of(self, pages: list[PageObject]) -> bytes:
        root, tree = self._place(), self._place()
        kids = ArrayObject([self._page(page, tree) for page in pages])
        self._put(tree, _dictionary(Type=NameObject("/Pages"), Kids=kids, Count=NumberObject(len(kids))))
        self._put(root, _dictionary(Type=NameObject("/Catalog"), Pages=tree))
        return b"".join(self._written())

    def _page(self, page: PageObject, tree: IndirectObject) -> IndirectObject:
        place, made = self._place(), self._dictionary(page, "page")
        made[NameObject("/Parent")] = tree
        if stamps := ArrayObject(self._stamps(page)):
            made[NameObject("/Annots")] = stamps
        self._put(place, made)
        return place

    def _stamps(self, page: PageObject) -> Iterator[PdfObject]:
        """Annotations on the page, such as a seal: only their appearance, as the one kind that does nothing."""
        for each in _plainly(page.get("/Annots")) or ():
            note = _plainly(each)
            look = _plainly(note.get("/AP")) if isinstance(note, DictionaryObject) else None
            if isinstance(look, DictionaryObject) and isinstance(_plainly(look.get("/N")), StreamObject):
                kind = _dictionary(Type=NameObject("/Annot"), Subtype=NameObject("/Stamp"))
                yield DictionaryObject(kind | self._dictionary(note, "annotation"))

    def _taken(self, thing: Any, kind: str) -> PdfObject:
        """A copy of an object, as far as its kind allows; null where it is of another."""
        if isinstance(thing, IndirectObject):
            return self._referred(thing, kind)
        if isinstance(thing, ArrayObject):
            return ArrayObject([self._taken(each, kind) for each in list.__iter__(thing)])
        if isinstance(thing, PLAINLY):
            return thing
        if kind == PLAIN or not isinstance(thing, DictionaryObject):
            return NullObject()
        return self._stream(thing, kind) if isinstance(thing, StreamObject) else self._dictionary(thing, kind)

    def _referred(self, reference: IndirectObject, kind: str) -> PdfObject:
        """Objects it refers to: each once for each kind, so that a cycle ends."""
        key = (reference.idnum, reference.generation, kind)
        if key not in self._known:
            self._known[key] = place = self._place()
            self._put(place, self._taken(reference.get_object(), kind))
        return self._known[key]

    def _dictionary(self, source: DictionaryObject, kind: str) -> DictionaryObject:
        taken = TAKEN[kind]
        kept = {key: taken.get(key, taken.get("*")) for key in dict.keys(source)}
        return DictionaryObject(
            {NameObject(key): self._taken(dict.__getitem__(source, key), of) for key, of in kept.items() if of}
        )

    def _stream(self, source: StreamObject, kind: str) -> StreamObject:
        made, data, filters = StreamObject(), _raw(source), _filters(source)
        made.update(self._dictionary(source, kind))
        if filters[:1] == [FLATE]:
            self._count(data, _limit(source))
        if filters and not _is_understood(filters):  # old or nested: unpacked under pypdf's limits, packed in one way
            data, filters = zlib.compress(source.get_data()), [FLATE]
            made.pop("/DecodeParms", None)
        if filters:
            made[NameObject("/Filter")] = ArrayObject(map(NameObject, filters))
        made._data = data  # noqa: SLF001  # packed already; pypdf has no public name for it
        return made

    def _count(self, packed: bytes, limit: int) -> None:
        """Unpack without keeping anything, to see that it stays within its limit and the document within its own."""
        unpacking = zlib.decompressobj()
        size, rest = 0, packed
        while rest and not unpacking.eof:
            size += len(unpacking.decompress(rest, CHUNK))
            rest = unpacking.unconsumed_tail
            if size > limit or self._unpacked + size > MAX_DOCUMENT:
                raise ImageRefused("broken_scan", reason="too_large")
        self._unpacked += size

    def _place(self) -> IndirectObject:
        if len(self._objects) >= MAX_OBJECTS:
            raise ImageRefused("broken_scan", reason="too_large")
        self._objects.append(NullObject())
        return IndirectObject(len(self._objects), 0, None)

    def _put(self, place: IndirectObject, thing: PdfObject) -> None:
        self._objects[place.idnum - 1] = thing

    def _written(self) -> Iterator[bytes]:
        yield (head := b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        at, places = len(head), []
        for number, thing in enumerate(self._objects, 1):
            body = BytesIO()
            thing.write_to_stream(body)
            places.append(at)
            yield (line := b"%d 0 obj\n%b\nendobj\n" % (number, body.getvalue()))
            at += len(line)
        rows = "".join(f"{place:010} 00000 n \n" for place in places)
        size = len(places) + 1
        yield f"xref\n0 {size}\n0000000000 65535 f \n{rows}".encode()
        yield f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n".encode()


def _dictionary(**values: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def _plainly(thing: Any) -> Any:
    return thing.get_object() if isinstance(thing, IndirectObject) else thing


def _raw(stream: StreamObject) -> bytes:
    return stream._data  # noqa: SLF001  # the same


def _filters(stream: StreamObject) -> list[str]:
    given = _plainly(stream.get("/Filter"))
    named = given if isinstance(given, ArrayObject) else [] if given in (None, NullObject()) else [given]
    return [str(_plainly(each)) for each in named]


def _is_understood(filters: list[str]) -> bool:
    """One packing, or a picture's own inside the plain one."""
    return filters == [FLATE] or (CODECS.issuperset(filters[-1:]) and filters[:-1] in ([], [FLATE]))


def _limit(stream: StreamObject) -> int:
    """Limit of a stream's unpacked size: for a picture the size of its pixels, in four colours of two bytes."""
    if stream.get("/Subtype") != "/Image":
        return MAX_STREAM
    width, height = (_plainly(stream.get(side)) for side in ("/Width", "/Height"))
    if not (isinstance(width, int) and isinstance(height, int) and 0 < width * height <= MAX_PIXELS):
        raise ImageRefused("broken_scan", reason="too_large")
    return 8 * width * height + height + CHUNK
