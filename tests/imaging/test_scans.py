import re
import zlib
from collections.abc import Callable
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


def with_page(page: str, *objects: str) -> bytes:
    """A document of one page that has more to it."""
    return pdf_of("", *objects).replace(b"/MediaBox", page.encode() + b" /MediaBox")


def pages_of(data: bytes) -> list[Any]:
    """Pages as they are written: pypdf's types are those of any object."""
    return list(PdfReader(BytesIO(data)).pages)


@pytest.mark.parametrize("pages", [1, 2, 20])
async def test_a_pdf_keeps_what_its_pages_show(pool: ImagingPool, pages: int) -> None:
    data = pdf(pages)
    scan = await check_scan(pool, data)
    assert (scan.media_type, scan.pages) == ("application/pdf", pages)
    assert (scan.sha256, scan.source_sha256) == (sha256(scan.content).hexdigest(), sha256(data).hexdigest())
    before, after = (pages_of(each) for each in (data, scan.content))
    assert [page.images[0].data for page in before] == [page.images[0].data for page in after]
    assert [(page.mediabox, page.get_contents().get_data()) for page in before] == [
        (page.mediabox, page.get_contents().get_data()) for page in after
    ]
    assert (await check_scan(pool, scan.content)).content == scan.content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
async def test_a_photograph_of_the_form_is_made_clean(pool: ImagingPool, kind: str) -> None:
    data = corpus.heic() if kind == "HEIC" else encoded(scene(), kind, exif=corpus.telling_exif())
    scan = await check_scan(pool, data)
    assert (scan.media_type, scan.pages) == ("image/jpeg", 1)
    assert corpus.SECRET not in scan.content
    assert (scan.sha256, scan.source_sha256) == (sha256(scan.content).hexdigest(), sha256(data).hexdigest())
    assert not scan.damaged


async def test_ordinary_documents_pass(pool: ImagingPool) -> None:
    link = "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.org) >> >>"
    for data in (pdf_of(), rewritten(pdf()), pdf_of("/OpenAction [3 0 R /Fit]"), pdf_of("", link)):
        scan = await check_scan(pool, data)
        assert scan.pages == len(PdfReader(BytesIO(data)).pages)
        assert not CALLS.search(scan.content)


CALLS = re.compile(
    rb"/(?:URI|OpenAction|AA|A|F|FS|FFilter|Ref|Thread|Threads|B|OnInstantiate|JS|Sound|Names|Metadata)\b"
)
URI = "<< /S /URI /URI (http://192.0.2.1/x) >>"
CALLING = {
    "opening calls": pdf_of(f"/OpenAction {URI}"),
    "the page's opening calls": with_page(f"/AA << /O {URI} >>"),
    "stream from a share": with_page("/Contents 4 0 R", "<< /Length 0 /F (\\\\host\\share) >> stream\n\nendstream"),
    "drawing of another file": with_page(
        "/Resources << /XObject << /X 4 0 R >> >>",
        "<< /Subtype /Form /BBox [0 0 9 9] /Ref << /F (\\\\host\\x.pdf) /Page 0 >> /Length 0 >> stream\n\nendstream",
    ),
    "thread of another file": pdf_of("/OpenAction << /S /Thread /F (http://192.0.2.1/x.pdf) /D 0 >>"),
    "sound of another place": pdf_of("/OpenAction << /S /Sound /Sound 4 0 R >>", "<< /R 8000 /F (x.wav) >>"),
    "a model that runs": with_page(
        "/Annots [<< /Subtype /3D /Rect [0 0 9 9] /3DD 4 0 R >>]",
        "<< /Type /3D /Subtype /U3D /OnInstantiate 5 0 R /Length 0 >> stream\n\nendstream",
        "<< /Length 12 >> stream\napp.alert(1)\nendstream",
    ),
    "words no table names": pdf().replace(b"%%EOF", b"9 0 obj << /S /Java#53cript /J#53 (app.alert) >> endobj\n%%EOF"),
}


@pytest.mark.parametrize("data", CALLING.values(), ids=CALLING.keys())
async def test_what_is_kept_of_a_document_calls_nowhere(pool: ImagingPool, data: bytes) -> None:
    scan = await check_scan(pool, data)
    assert scan.pages >= 1
    assert not CALLS.search(scan.content)
    assert b"192.0.2.1" not in scan.content
    assert b"host" not in scan.content
    assert b"alert" not in scan.content


async def test_a_seal_laid_on_the_page_stays_and_does_nothing(pool: ImagingPool) -> None:
    look = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 >> stream\n0 0 9 9 re f \nendstream"
    data = with_page(f"/Annots [<< /Subtype /Widget /Rect [1 1 9 9] /AP << /N 4 0 R >> /A {URI} >>]", look)
    (page,) = pages_of((await check_scan(pool, data)).content)
    (seal,) = page["/Annots"]
    assert seal["/Subtype"] == "/Stamp"
    assert seal["/AP"]["/N"].get_data() == b"0 0 9 9 re f "[:12]
    assert set(seal) == {"/Type", "/Subtype", "/Rect", "/AP"}


async def test_a_small_file_that_unpacks_to_a_large_one_is_refused(pool: ImagingPool) -> None:
    bomb = zlib.compress(bytes(200 * 2**20), 9)
    stream = f"<< /Filter /FlateDecode /Length {len(bomb)} >> stream\n".encode() + bomb + b"\nendstream"
    data = with_page("/Contents 4 0 R", "@@").replace(b"@@", stream)
    with pytest.raises(ImageRefused) as refused:
        await check_scan(pool, data)
    assert (refused.value.code, refused.value.params["reason"]) == ("broken_scan", "too_large")


async def test_a_bomb_inside_another_is_refused(pool: ImagingPool) -> None:
    bomb = zlib.compress(zlib.compress(bytes(200 * 2**20), 9), 9)
    stream = f"<< /Filter [/FlateDecode /FlateDecode] /Length {len(bomb)} >> stream\n".encode() + bomb
    data = with_page("/Contents 4 0 R", "@@").replace(b"@@", stream + b"\nendstream")
    with pytest.raises(ImageRefused):
        await check_scan(pool, data)


OFFICE = {
    "byte order mark": b"\xef\xbb\xbf" + pdf(),
    "empty line before": b"\r\n" + pdf(),
    "no end mark": pdf()[: pdf().rindex(b"%%EOF")],
    "two kilobytes after": pdf() + b"\0" * 2048,
}


@pytest.mark.parametrize("data", OFFICE.values(), ids=OFFICE.keys())
async def test_what_office_machines_make_is_taken_and_made_regular(pool: ImagingPool, data: bytes) -> None:
    scan = await check_scan(pool, data)
    assert scan.pages == 2
    assert scan.content.startswith(b"%PDF-1.7\n")
    assert scan.content.endswith(b"%%EOF\n")
    assert len(PdfReader(BytesIO(scan.content), strict=True).pages[1].images) == 1


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
async def test_a_document_locked_against_changes_only_is_taken_and_open(pool: ImagingPool, algorithm: str) -> None:
    data = rewritten(pdf(1), user_password="", owner_password="x", algorithm=algorithm)
    kept = PdfReader(BytesIO((await check_scan(pool, data)).content))
    assert not kept.is_encrypted
    assert kept.pages[0].images[0].data == PdfReader(BytesIO(pdf(1))).pages[0].images[0].data


LAUNCH = "<< /S /Launch /F (cmd.exe) >>"
SCRIPT = "<< /S /JavaScript /JS (app.alert(1)) >>"

REFUSED: dict[str, tuple[Callable[[], bytes], str, str | None]] = {
    "nothing": (lambda: b"", "empty_file", None),
    "archive": (corpus.archive, "unsupported_scan", None),
    "gif": (lambda: encoded(scene(), "GIF"), "unsupported_scan", None),
    "truncated picture": (lambda: jpeg()[:-9000], "broken_scan", "unreadable"),
    "animated": (lambda: corpus.animated("WEBP"), "animated_image", None),
    "truncated": (lambda: pdf()[:-4000], "broken_scan", "truncated"),
    "end alone": (lambda: b"%PDF-1.7\n%%EOF", "broken_scan", "truncated"),
    "locked": (lambda: rewritten(pdf(), user_password="x", algorithm="RC4-128"), "locked_scan", None),
    "no page": (lambda: pdf_of().replace(b"/Kids [3 0 R] /Count 1", b"/Kids []      /Count 0"), "page_count", None),
    "21 pages": (lambda: pdf(21), "page_count", None),
    "script at opening": (lambda: pdf_of(f"/OpenAction {SCRIPT}"), "active_scan", None),
    "script behind a number": (lambda: pdf_of("/OpenAction 4 0 R", SCRIPT), "active_scan", None),
    "script nobody names": (lambda: pdf_of("", SCRIPT), "active_scan", None),
    "script deep inside": (lambda: pdf_of("", f"[[<< /A [ {SCRIPT} ] >>]]"), "active_scan", None),
    "script spelt with escapes": (
        lambda: pdf_of("/OpenAction << /S /Java#53cript /#4aS (x) >>"),
        "active_scan",
        None,
    ),
    "action named elsewhere": (
        lambda: pdf_of("/OpenAction << /S 4 0 R /F (x) >>", "/Launc#68"),
        "active_scan",
        None,
    ),
    "launch": (lambda: pdf_of(f"/OpenAction {LAUNCH}"), "active_scan", None),
    "launch in the trailer": (lambda: pdf_of(trailer=f"/X {LAUNCH}"), "active_scan", None),
    "attachment": (lambda: pdf_of("/Names << /EmbeddedFiles << /Names [] >> >>"), "active_scan", None),
    "attachment by name": (lambda: pdf_of("", "<< /Type /Filespec /EF << /F 3 0 R >> >>"), "active_scan", None),
    "form of scripts": (lambda: pdf_of("/AcroForm << /XFA (x) >>"), "active_scan", None),
    "script in a packed stream": (lambda: rewritten(pdf_of(f"/OpenAction {SCRIPT}")), "active_scan", None),
    "script in a comment": (lambda: pdf_of().replace(b"%PDF-1.7\n", b"%PDF-1.7\n%/JavaScript\n"), "active_scan", None),
    "deep nesting": (lambda: pdf_of("", "[" * 20_000 + "]" * 20_000), "broken_scan", None),
}
"""Files that are made when their test runs: to make them all takes half a second of every process."""


@pytest.mark.parametrize(("made", "code", "reason"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_refusal_names_the_rule(
    pool: ImagingPool, made: Callable[[], bytes], code: str, reason: str | None
) -> None:
    with pytest.raises(ImageRefused) as refused:
        await check_scan(pool, made())
    assert refused.value.code == code
    assert reason in {None, refused.value.params.get("reason")}
