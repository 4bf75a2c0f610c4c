"""Templates as they are uploaded: what is found in them, where, and which are no templates at all."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document

from app.equipment import printing
from app.imaging import ImageRefused
from app.imaging.pool import ImagingPool
from app.printing.word_checks import check
from app.settings import Settings
from tests.imaging import corpus
from tests.world.acting import FAR, field, linked
from tests.world.templates import of_lines, of_rows, template
from tests.world.uploads import word


def found(data: bytes) -> list[tuple[str, list[str], dict[str, Any]]]:
    return [(each["sort"] + each["name"], each["within"], each["place"]) for each in check(data)["marks"]]


def test_placeholders_are_told_with_their_places() -> None:
    def lay(document: Document) -> None:
        document.add_paragraph("题")
        document.add_paragraph("编号：{{number}}")
        table = document.add_table(2, 2)
        table.cell(1, 0).text, table.cell(1, 1).text = "{{#cases}}{{name}}", "{{unit}}{{/cases}}"
        document.sections[0].footer.paragraphs[0].text = "{{foot}}"

    assert found(template(lay)) == [
        ("number", [], {"story": "body", "paragraph": 2}),
        ("#cases", [], {"story": "body", "table": 1, "row": 2}),
        ("name", ["cases"], {"story": "body", "table": 1, "row": 2, "cell": 1}),
        ("unit", ["cases"], {"story": "body", "table": 1, "row": 2, "cell": 2}),
        ("foot", [], {"story": "footer", "paragraph": 1}),
    ]


@pytest.mark.parametrize(
    ("data", "lone"),
    [
        (of_lines("{{#a}}", "x"), ["{{#a}}"]),
        (of_lines("{{/a}}"), ["{{/a}}"]),
        (of_lines("{{#a}}", "{{#b}}", "{{/a}}", "{{/b}}"), ["{{#b}}", "{{/b}}"]),
        (of_rows(("{{#a}}", "x")), ["{{#a}}"]),
        (of_lines("{{#a}}", "{{#a}}", "{{/a}}", "{{/a}}"), []),
    ],
    ids=["not closed", "not opened", "crossed", "not closed in a table", "in each other"],
)
def test_marks_without_a_partner_are_told(data: bytes, lone: list[str]) -> None:
    assert [each["said"] for each in check(data)["lone"]] == lone


def test_a_block_does_not_go_out_of_its_table() -> None:
    def lay(document: Document) -> None:
        document.add_table(1, 1).cell(0, 0).text = "{{#a}}"
        document.add_paragraph("{{/a}}")

    assert [each["said"] for each in check(template(lay))["lone"]] == ["{{/a}}", "{{#a}}"]


def test_placeholders_are_found_behind_the_colour_of_the_page() -> None:
    said = b'<w:background w:color="FFF8E7"/><w:body><w:p><w:r><w:t>{{name}}</w:t></w:r></w:p>'
    assert found(word(text=(b"<w:body>", said))) == [("name", [], {"story": "body", "paragraph": 1})]


def test_braces_that_make_no_placeholder_are_told_with_what_is_around_them() -> None:
    strays = check(of_lines("单位：{{name}", "好{{a}}", "}}"))["strays"]
    assert [each["said"] for each in strays] == ["单位：{{name", "}}"]
    assert strays[1]["place"] == {"story": "body", "paragraph": 3}


def test_a_passive_template_comes_back_as_it_was_part_by_part() -> None:
    data = of_lines("{{name}}")
    with ZipFile(BytesIO(data)) as sent, ZipFile(BytesIO(check(data)["content"])) as kept:
        assert {name: sent.read(name) for name in sent.namelist()} == {
            name: kept.read(name) for name in kept.namelist()
        }


ACTIVE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "macros": (lambda: word(part=("word/vbaProject.bin", b"x")), "macro", "word/vbaProject.bin"),
    "macros by type": (
        lambda: word(types=(b"document.main+xml", b"document.macroEnabled.main+xml")),
        "macro",
        "word/document.xml",
    ),
    "embedded": (
        lambda: word(part=("word/embeddings/oleObject1.bin", b"x")),
        "embedded",
        "word/embeddings/oleObject1.bin",
    ),
    "template elsewhere": (lambda: linked(b"attachedTemplate", FAR), "link", "body"),
    "picture elsewhere": (lambda: linked(b"image", FAR), "link", "body"),
    "field that runs": (lambda: field(b"DD", b"EAUTO c:\\\\cmd.exe"), "field", "body"),
}


@pytest.mark.parametrize(("made", "kind", "place"), ACTIVE.values(), ids=ACTIVE.keys())
def test_what_acts_is_told_with_its_place_and_never_kept(made: Callable[[], bytes], kind: str, place: str) -> None:
    told = check(made())
    assert kind in {each["kind"] for each in told["active"]}
    assert place.removeprefix("word/document.xml") in {each["place"]["story"] for each in told["active"]} | {""}
    assert told["content"] == b""


def test_placeholders_are_told_beside_what_acts() -> None:
    data = word(
        text=(b"<w:sectPr", b"<w:p><w:r><w:t>{{x}}</w:t></w:r></w:p><w:sectPr"), part=("word/vbaData.xml", b"<x/>")
    )
    told = check(data)
    assert ([each["name"] for each in told["marks"]], [each["kind"] for each in told["active"]]) == (["x"], ["macro"])


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty_file"),
    "PDF": (corpus.pdf, "unsupported_template"),
    "truncated": (lambda: word()[:-4000], "broken_template"),
    "document type": (
        lambda: word(text=(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document')),
        "broken_template",
    ),
    "bomb": (lambda: word(part=("word/more.xml", bytes(2**26 + 1))), "broken_template"),
    "elements in elements": (
        lambda: word(part=("word/more.xml", b"<x>" * 5000 + b"</x>" * 5000)),
        "broken_template",
    ),
    "text without end": (
        lambda: word(text=(b"<w:sectPr", b"<w:p><w:r><w:t>{{</w:t></w:r></w:p>" * 300_000 + b"<w:sectPr")),
        "broken_template",
    ),
}


@pytest.mark.parametrize(("made", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_no_template_is_refused_and_the_next_is_read(made: Callable[[], bytes], code: str) -> None:
    data = made()
    async with printing(Settings()) as papers:
        await papers.run("paper_template", of_lines("{{a}}"))  # its process is up
        with pytest.raises(ImageRefused) as refused:
            await papers.run("paper_template", data)
        assert refused.value.code == code
        assert await _names(papers) == ["a"]


async def _names(papers: ImagingPool) -> list[str]:
    told = await papers.run("paper_template", of_lines("{{a}}"))
    assert docx.Document(BytesIO(told["content"])).paragraphs[0].text == "{{a}}"
    return [each["name"] for each in told["marks"]]
