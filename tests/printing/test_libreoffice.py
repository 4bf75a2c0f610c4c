"""LibreOffice opens what is written for Word and Excel, and reads in it what was written."""

import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from app.printing.booklet import Booklet, Case, Text
from app.printing.certificates import Certificate, Certificates
from app.printing.notice import Annex, Grade, Notice
from app.printing.packing import Printable
from app.printing.paper import BROAD, Cell, Paper, Row, Table
from app.printing.report import Report, Section
from app.printing.word import Writer
from app.tables import marking, templates
from app.tables.sheets import XlsxSheet
from tests.world.papers import pages_of
from tests.world.templates import filled, of_rows

OFFICE = shutil.which("soffice")
CALC = Path(OFFICE).resolve().with_name("libsclo.so") if OFFICE else Path("libsclo.so")
PAPER = Paper(
    title="汇总表",
    annex="",
    above="编号：1",
    tables=[Table((100, 147), [Row([Cell("名称"), Cell("原因")]), Row([Cell("A-1"), Cell("B-2")])], heads=1)],
    below="",
    foot="foot",
    code="7K4M-Q2XA-9TCE-H5WP",
    opening=["To whom", "Opening-3"],
    lines=["Line-4"],
    signature=["Signed-5", "2015"],
    width=BROAD,
)

pytestmark = pytest.mark.thorough


def opened(folder: Path, name: str, data: bytes, form: str) -> bytes:
    """Let LibreOffice open a file, and return it in another form."""
    assert OFFICE is not None
    (folder / name).write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, "--headless", profile, "--convert-to", form, "--outdir", str(folder / "out"), str(folder / name)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    written = (folder / "out" / name).with_suffix(f".{form}")
    assert written.exists(), done.stderr
    return written.read_bytes()


CERTIFICATE = Certificate("Title-1", ["To whom:", "Said-2"], "No-3", "7K4M", "Proof-4", ["Signed-5", "2015"])
NOTICE = Notice(
    head="Head-1",
    number="No-2",
    title="Title-3",
    addressees="To-4",
    paragraphs=["Said-5"],
    annexes=[Annex("List-6", [("A", 16), ("B", 140)], [Grade("Grade-7", [["1", "Row-8"]])])],
    signature=["Signed-9", "2015"],
    copies="Copies-10",
    printed_by="By-11",
    printed_on="On-12",
)
BOOKLET = Booklet(
    cover=["Cover-1", "Title-2"],
    occasion="Occasion-3",
    issuer=["By-4", "2015"],
    contents="Contents-5",
    cases=[Case(f"Case-{each}", [f"Award-{each}"], [["A", "B-7"]], [Text("Head-8", "Said-9")], []) for each in "xyz"],
)
REPORT = Report(
    "Title-1",
    "To-2",
    ["Opening-3"],
    [Section("Head-4", ["Said-5"], [], [("A", 70), ("B", 70)], [["1", "Row-6"]])],
    ["By-7"],
)
CERTIFICATES = Certificates("Certificates", [CERTIFICATE, CERTIFICATE])


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (libreoffice-writer-nogui) is not installed")
@pytest.mark.parametrize(
    ("paper", "pages", "words"),
    [
        (PAPER, 1, "A-1 B-2 Opening-3 Line-4 Signed-5 foot"),
        (CERTIFICATES, 2, "Title-1 Towhom Said-2 No-3 Proof-4 Signed-5"),
        (BOOKLET, 5, "Cover-1 Title-2 Occasion-3 By-4 Contents-5 Case-x Award-y B-7 Head-8 Said-9 Case-z"),
        (REPORT, 1, "Title-1 To-2 Opening-3 Head-4 Said-5 Row-6 By-7"),
        (NOTICE, 2, "Head-1 No-2 Title-3 To-4 Said-5 List-6 Grade-7 Row-8 Signed-9 Copies-10 By-11 On-12"),
    ],
)
def test_a_document_of_word_is_opened_with_all_its_words(
    tmp_path: Path, paper: Printable, pages: int, words: str
) -> None:
    found = pages_of(opened(tmp_path, "paper.docx", Writer().write(paper, ()), "pdf"))
    assert len(found) == pages
    assert [word for word in words.split() if word not in "".join(found)] == []


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (libreoffice-writer-nogui) is not installed")
def test_a_filled_template_is_opened_with_all_its_words(tmp_path: Path) -> None:
    values = {"name": "Name-1", "cases": [{"unit": "Unit-2"}, {"unit": "Unit-3"}]}
    data = of_rows(("{{name}}", "Label-4"), ("{{#cases}}{{unit}}", "{{/cases}}"))
    out = BytesIO()
    filled(data, values).save(out)
    found = "".join(pages_of(opened(tmp_path, "paper.docx", out.getvalue(), "pdf")))
    assert [word for word in ("Name-1", "Unit-2", "Unit-3", "Label-4") if word not in found] == []


@pytest.mark.skipif(not CALC.exists(), reason="LibreOffice Calc (libreoffice-calc-nogui) is not installed")
def test_a_workbook_is_opened_with_all_its_rows(tmp_path: Path) -> None:
    out = BytesIO()
    sheet = XlsxSheet(out, "List", ["Name", "Count"])
    sheet.add([["=1+1", 12], ["x", None]])
    sheet.end()
    rows = opened(tmp_path, "table.xlsx", out.getvalue(), "csv").decode().splitlines()
    assert rows == ["Name,Count", "=1+1,12", "x,"]


@pytest.mark.skipif(not CALC.exists(), reason="LibreOffice Calc (libreoffice-calc-nogui) is not installed")
def test_a_list_to_fill_in_and_a_marked_one_are_opened(tmp_path: Path) -> None:
    column = {"label": "Name", "note": "Note", "width": 20, "example": "Example", "choices": ["One", "Two"]}
    told = {"sheets": [{"name": "List", "columns": [column]}], "notes": {"name": "Notes", "lines": ["Line"]}}
    empty = templates.draw(json.dumps(told).encode())["content"]
    marks = json.dumps([{"sheet": "List", "cell": "A2", "text": "Wrong", "refuses": True}]).encode()
    marked = marking.mark(len(marks).to_bytes(marking.LENGTH, "big") + marks + empty)["content"]
    assert [opened(tmp_path, "list.xlsx", each, "csv").decode().splitlines()[:2] for each in (empty, marked)] == [
        ["Name", "Example"],
        ["Name", "Example"],
    ]
