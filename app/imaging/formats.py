"""Detection of file types by their first bytes; file names and declared types prove nothing."""

import re

PICTURES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "HEIC": "HEIF"}
"""The formats taken, and Pillow's names for them."""

SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"%PDF-", "PDF"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"8BPS", "PSD"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"%!PS", "PostScript"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
)
ARCHIVE = b"PK\x03\x04"
DOCUMENTS = {
    b"OFD.xml": "OFD",
    b"word/": "Word (DOCX)",
    b"xl/": "Excel (XLSX)",
    b"ppt/": "PowerPoint (PPTX)",
    b"application/vnd.oasis.opendocument": "OpenDocument",
}
"""Names of a member by which a document is told from other archives: they lie there unpacked."""
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = {
    "WordDocument".encode("utf-16-le"): "Word/WPS (DOC)",
    "Workbook".encode("utf-16-le"): "Excel/ET (XLS)",
    "PowerPoint Document".encode("utf-16-le"): "PowerPoint/DPS (PPT)",
}
"""Names of a stream by which the older documents of office programs are told from each other."""
BRANDS = {b"avif": "AVIF", b"avis": "AVIF"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"), "HEIC"
)
MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!doctype|html|svg)", re.IGNORECASE)


def format_of(data: bytes) -> str:
    """The name people know the format by; "unknown" where there is none."""
    for signature, name in SIGNATURES:
        if data.startswith(signature):
            return name
    if data.startswith(ARCHIVE):
        return next((name for member, name in DOCUMENTS.items() if member in data), "ZIP")
    if data.startswith(COMPOUND):
        return next((name for stream, name in STREAMS.items() if stream in data), "Office")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return BRANDS.get(data[8:12], "MP4")
    if MARKUP.match(data):
        return "SVG" if b"<svg" in data[:4096].lower() else "HTML"
    return "unknown"
