import pytest

from app.imaging.formats import format_of


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "unknown"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP"),
        (b"RIFF\0\0\0\0WAVE", "unknown"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypavif", "AVIF"),
        (b"\0\0\0\x18ftypqt  ", "MP4"),
        (b"GIF89a", "GIF"),
        (b"BM\0\0", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"%PDF-1.7", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"PK\x03\x04run.php", "ZIP"),
        (b"PK\x03\x04[Content_Types].xmlPK\x03\x04word/document.xml", "Word"),
        (b"PK\x03\x04xl/workbook.xml", "Excel"),
        (b"PK\x03\x04OFD.xml", "OFD"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- drawn --><SVG/>", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        ("你好".encode(), "unknown"),
    ],
)
def test_format(data: bytes, name: str) -> None:
    assert format_of(data) == name
