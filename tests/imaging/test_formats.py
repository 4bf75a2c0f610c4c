import pytest

from app.imaging.formats import COMPOUND, format_of


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
        (b"PK\x03\x04[Content_Types].xmlPK\x03\x04word/document.xml", "Word (DOCX)"),
        (b"PK\x03\x04xl/workbook.xml", "Excel (XLSX)"),
        (b"PK\x03\x04OFD.xml", "OFD"),
        (b"PK\x03\x04ppt/slides", "PowerPoint (PPTX)"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument"),
        (COMPOUND + "WordDocument".encode("utf-16-le"), "Word/WPS (DOC)"),
        (COMPOUND + "Workbook".encode("utf-16-le"), "Excel/ET (XLS)"),
        (COMPOUND + "PowerPoint Document".encode("utf-16-le"), "PowerPoint/DPS (PPT)"),
        (COMPOUND, "Office"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7-Zip"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\\rtf1", "RTF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- drawn --><SVG/>", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        ("你好".encode(), "unknown"),
    ],
)
def test_format(data: bytes, name: str) -> None:
    assert format_of(data) == name
