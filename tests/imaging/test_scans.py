from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from app.imaging import ImageRefused, ImagingPool, check_scan
from tests.imaging import corpus
from tests.imaging.corpus import encoded, jpeg, pdf, pdf_of, scene


def rewritten(data: bytes, **options: Any) -> bytes:
    """The same document as another program saves it: objects packed into streams, or locked."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    if options:
        writer.encrypt(**options)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("pages", [1, 2, 20])
async def test_a_pdf_is_kept_byte_for_byte(pool: ImagingPool, pages: int) -> None:
    data = pdf(pages)
    scan = await check_scan(pool, data)
    assert (scan.content, scan.media_type, scan.pages) == (data, "application/pdf", pages)
    assert scan.sha256 == scan.source_sha256 == sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photograph_of_the_form_is_made_clean(pool: ImagingPool, kind: str) -> None:
    data = encoded(scene(), kind, exif=corpus.telling_exif())
    scan = await check_scan(pool, data)
    assert (scan.media_type, scan.pages) == ("image/jpeg", 1)
    assert corpus.SECRET not in scan.content
    assert (scan.sha256, scan.source_sha256) == (sha256(scan.content).hexdigest(), sha256(data).hexdigest())


async def test_ordinary_documents_pass(pool: ImagingPool) -> None:
    link = "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.org) >> >>"
    for data in (pdf_of(), rewritten(pdf()), pdf_of("/OpenAction [3 0 R /Fit]"), pdf_of("", link)):
        assert (await check_scan(pool, data)).content == data


LAUNCH = "<< /S /Launch /F (cmd.exe) >>"
SCRIPT = "<< /S /JavaScript /JS (app.alert(1)) >>"

REFUSED = {
    "nothing": (b"", "unsupported_scan", None),
    "word": (corpus.archive(), "unsupported_scan", None),
    "gif": (encoded(scene(), "GIF"), "unsupported_scan", None),
    "truncated picture": (jpeg()[:-9000], "broken_scan", "unreadable"),
    "animated": (corpus.animated("WEBP"), "broken_image", "animated"),
    "truncated": (pdf()[:-4000], "broken_scan", "truncated"),
    "end alone": (b"%PDF-1.7\n%%EOF", "broken_scan", "unreadable"),
    "locked": (rewritten(pdf(), user_password="x", algorithm="RC4-128"), "broken_scan", "encrypted"),
    "no page": (pdf_of().replace(b"/Kids [3 0 R] /Count 1", b"/Kids []      /Count 0"), "broken_scan", "pages"),
    "21 pages": (pdf(21), "broken_scan", "pages"),
    "script at opening": (pdf_of(f"/OpenAction {SCRIPT}"), "broken_scan", "active_content"),
    "script behind a number": (pdf_of("/OpenAction 4 0 R", SCRIPT), "broken_scan", "active_content"),
    "script nobody names": (pdf_of("", SCRIPT), "broken_scan", "active_content"),
    "script deep inside": (pdf_of("", f"[[<< /A [ {SCRIPT} ] >>]]"), "broken_scan", "active_content"),
    "script spelt with escapes": (
        pdf_of("/OpenAction << /S /Java#53cript /#4aS (x) >>"),
        "broken_scan",
        "active_content",
    ),
    "action named elsewhere": (
        pdf_of("/OpenAction << /S 4 0 R /F (x) >>", "/Launc#68"),
        "broken_scan",
        "active_content",
    ),
    "launch": (pdf_of(f"/OpenAction {LAUNCH}"), "broken_scan", "active_content"),
    "launch in the trailer": (pdf_of(trailer=f"/X {LAUNCH}"), "broken_scan", "active_content"),
    "attachment": (pdf_of("/Names << /EmbeddedFiles << /Names [] >> >>"), "broken_scan", "active_content"),
    "attachment by name": (pdf_of("", "<< /Type /Filespec /EF << /F 3 0 R >> >>"), "broken_scan", "active_content"),
    "form of scripts": (pdf_of("/AcroForm << /XFA (x) >>"), "broken_scan", "active_content"),
    "script in a packed stream": (rewritten(pdf_of(f"/OpenAction {SCRIPT}")), "broken_scan", "active_content"),
    "script in a comment": (pdf_of().replace(b"%PDF-1.7\n", b"%PDF-1.7\n%/JavaScript\n"), "broken_scan", None),
    "deep nesting": (pdf_of("", "[" * 20_000 + "]" * 20_000), "broken_scan", None),
}


@pytest.mark.parametrize(("data", "code", "reason"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_refusal_names_the_rule(pool: ImagingPool, data: bytes, code: str, reason: str | None) -> None:
    with pytest.raises(ImageRefused) as refused:
        await check_scan(pool, data)
    assert refused.value.code == code
    assert reason in {None, refused.value.params.get("reason")}
