"""Word documents in which something acts: a link that is loaded, a field that runs."""

from tests.world.uploads import word

FAR = b'Target="http://192.0.2.1/x" TargetMode="External"'
LINK = (
    b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" %s/></Relat'
)
FIELD = b"<w:p><w:r><w:instrText>%s</w:instrText></w:r><w:r><w:instrText>%s</w:instrText></w:r></w:p><w:sectPr"


def linked(kind: bytes, target: bytes) -> bytes:
    return word(links=(b"</Relat", LINK % (kind, target)))


def field(*codes: bytes) -> bytes:
    return word(text=(b"<w:sectPr", FIELD % codes))
