from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest

from app.imaging import ImageRefused, ImagingPool, check_attachment
from app.imaging.word import MEDIA_TYPE
from tests.imaging import corpus
from tests.imaging.corpus import jpeg, pdf
from tests.world.acting import FAR, LINKING, RUNNING, field, linked, marked
from tests.world.uploads import word


async def test_each_format_is_written_anew_under_its_type(pool: ImagingPool) -> None:
    sent = {"application/pdf": pdf(), "image/jpeg": jpeg(), MEDIA_TYPE: word()}
    found = {media_type: await check_attachment(pool, data) for media_type, data in sent.items()}
    assert {media_type: each.media_type for media_type, each in found.items()} == {name: name for name in sent}
    assert not any(each.content == sent[name] for name, each in found.items())


async def test_a_word_document_says_what_it_said_and_nothing_lies_beside_its_parts(pool: ImagingPool) -> None:
    data = word()
    found = await check_attachment(pool, data + b"what follows the archive")
    assert found == await check_attachment(pool, data)
    assert [each.text for each in docx.Document(BytesIO(found.content)).paragraphs] == ["申报表电子版"]
    with ZipFile(BytesIO(data)) as before, ZipFile(BytesIO(found.content)) as after:
        assert {name: before.read(name) for name in before.namelist()} == {
            name: after.read(name) for name in after.namelist()
        }


async def test_a_link_that_is_clicked_and_a_plain_field_are_taken(pool: ImagingPool) -> None:
    clicked = b'<w:instrText> HYPERLINK "https://example.org/link/import" </w:instrText>'
    link = linked(b"hyperlink", b'Target="https://example.org" TargetMode="External"')
    for data in (link, field(b"PA", b"GE"), marked(clicked)):
        assert (await check_attachment(pool, data)).media_type == MEDIA_TYPE


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty_file"),
    "spreadsheet": (lambda: b"PK\x03\x04 xl/workbook.xml", "unsupported_attachment"),
    "archive": (corpus.archive, "unsupported_attachment"),
    "old Word": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
        "unsupported_attachment",
    ),
    "truncated": (lambda: word()[:-4000], "broken_attachment"),
    "not XML": (lambda: word(text=(b"<w:body", b"<w:body <")), "broken_attachment"),
    "document type": (lambda: word(text=(b"<w:document", b"<!DOCTYPE x []><w:document")), "broken_attachment"),
    "entities": (
        lambda: word(part=("word/more.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')),
        "broken_attachment",
    ),
    "bomb": (lambda: word(part=("word/more.xml", bytes(2**26 + 1))), "broken_attachment"),
    "macros": (lambda: word(part=("word/vbaProject.bin", b"x")), "active_scan"),
    "macros by type": (lambda: word(types=(b"document.main+xml", b"document.macroEnabled.main+xml")), "active_scan"),
    "embedded": (lambda: word(part=("word/embeddings/oleObject1.xml", b"<x/>")), "active_scan"),
    "program": (lambda: word(part=("word/media/run.exe", b"MZ")), "active_scan"),
    "template elsewhere": (lambda: linked(b"attachedTemplate", FAR), "active_scan"),
    "picture elsewhere": (lambda: linked(b"image", FAR), "active_scan"),
    **{
        f"VML: {src}": (
            partial(word, part=("word/more.xml", f'<v:imagedata xmlns:v="v" src="{src}"/>'.encode())),
            "active_scan",
        )
        for src in ("http://example.org/x.png", "//example.org/x", "\\\\example.org\\x", "file:///etc/passwd")
    },
    **{f"field: {name}": (partial(marked, code), "active_scan") for name, code in RUNNING.items()},
    **{f"link: {kind.decode()}": (partial(linked, kind, b'Target="x.xml"'), "active_scan") for kind in LINKING},
    "chunk": (lambda: linked(b"aFChunk", b'Target="x.xml"'), "active_scan"),
    "field that runs": (lambda: field(b"DD", b"EAUTO c:\\\\cmd.exe"), "active_scan"),
    "simple field": (
        lambda: word(text=(b"<w:sectPr", b'<w:p><w:fldSimple w:instr="INCLUDETEXT x"/></w:p><w:sectPr')),
        "active_scan",
    ),
    "simple field in UTF-16": (
        lambda: word(part=("word/more.xml", '<w:x xmlns:w="w"><w:fldSimple w:instr="DDE x"/></w:x>'.encode("utf-16"))),
        "active_scan",
    ),
    "field code without a prefix": (
        lambda: word(part=("word/more.xml", b'<p xmlns="w"><r><instrText>DDE</instrText></r></p>')),
        "active_scan",
    ),
    "simple field without a prefix": (
        lambda: word(part=("word/more.xml", b'<p xmlns="w" xmlns:w="w"><fldSimple w:instr="DDE x"/></p>')),
        "active_scan",
    ),
    "links in capitals": (
        lambda: word(
            part=("word/_rels/more.xml.RELS", b"<Relationships><Relationship Type='x/image' %s/></Relationships>" % FAR)
        ),
        "active_scan",
    ),
}
"""What is refused, made when its test runs: to draw them all takes as long as many tests."""


@pytest.mark.parametrize(("made", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_acts_or_is_broken_is_refused(pool: ImagingPool, made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        await check_attachment(pool, made())
    assert refused.value.code == code
