"""Word documents in which something acts: a link that is loaded, a field that runs."""

from tests.world.uploads import word

FAR = b'Target="http://192.0.2.1/x" TargetMode="External"'
LINK = (
    b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" %s/></Relat'
)
FIELD = b"<w:p><w:r><w:instrText>%s</w:instrText></w:r><w:r><w:instrText>%s</w:instrText></w:r></w:p><w:sectPr"
LINKING = (b"ui/extensibility", b"keyMapCustomizations")
"""Kinds of links to parts that call macros, here or elsewhere."""
RUNNING = {
    "in a text": b"<w:t> DDEAUTO c:\\\\cmd.exe</w:t>",
    "half in a text": b"<w:instrText> DDE</w:instrText></w:r><w:r><w:t>AUTO c:\\\\cmd.exe</w:t>",
    "deleted, until that is refused": b"<w:delInstrText> DDEAUTO c:\\\\cmd.exe</w:delInstrText>",
    "from a database": b"<w:instrText> DATABASE \\d x</w:instrText>",
    "from elsewhere": b"<w:instrText> INCLUDE x</w:instrText>",
    "within a link": b'<w:instrText> HYPERLINK </w:instrText><w:fldChar w:fldCharType="begin"/>'
    b"<w:instrText> DDE x</w:instrText>",
    "before the name of a link": b'<w:fldChar w:fldCharType="begin"/><w:instrText>DDE</w:instrText>'
    b'<w:fldChar w:fldCharType="end"/><w:instrText> HYPERLINK x</w:instrText>',
}
"""Codes of fields that act, as a writer of documents may hide them."""


def linked(kind: bytes, target: bytes) -> bytes:
    return word(links=(b"</Relat", LINK % (kind, target)))


def field(*codes: bytes) -> bytes:
    return word(text=(b"<w:sectPr", FIELD % codes))


def marked(code: bytes) -> bytes:
    """Make a document with a field between its marks."""
    mark = b'<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
    run = b"<w:r>%s</w:r>" % code
    return word(text=(b"<w:sectPr", b"<w:p>%s</w:p><w:sectPr" % (mark % b"begin" + run + mark % b"end")))
