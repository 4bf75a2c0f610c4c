"""Tables as they are written, read back."""

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from app.tables import sheets
from app.tables.sheets import SHEETS, TooManyRowsError, Value
from tests.world.tables import MAIN, of_csv, of_xlsx, sheet_of

HEADINGS = ["名称", "日期", "时间", "数"]
ROW: list[Value] = ["“红马甲”<&>", date(2015, 9, 14), datetime(2015, 9, 14, 12, 0, tzinfo=UTC), 1.5]
WORDS = ["=1+1", "+86", "-", "@x", "\tx", "a\x07b", "_x0041_", "两\n行", "", "0123", "x" * 40_000]


def written(form: str, rows: list[list[Value]], headings: list[str]) -> bytes:
    out = BytesIO()
    sheet = SHEETS[form](out, "申报表[1]/2", headings)
    sheet.add(rows)
    sheet.end()
    out.flush()
    return out.getvalue()


def test_days_times_and_numbers_are_what_they_are_and_the_head_stands_and_filters() -> None:
    data = written("xlsx", [ROW, [None] * 4], HEADINGS)
    assert of_xlsx(data) == [
        HEADINGS,
        ["“红马甲”<&>", ("day", 42261.0), ("time", 42261.5), ("number", 1.5)],
        ["", "", "", ""],
    ]
    sheet = sheet_of(data)
    pane, reach = sheet.find(f".//{MAIN}pane"), sheet.find(f"{MAIN}autoFilter")
    assert pane is not None
    assert reach is not None
    assert (pane.attrib["state"], pane.attrib["topLeftCell"], reach.attrib["ref"]) == ("frozen", "A2", "A1:D3")
    assert [float(each.attrib["width"]) for each in sheet.iter(f"{MAIN}col")] == [14, 13, 22, 8]
    assert of_csv(written("csv", [ROW], HEADINGS))[1] == ["“红马甲”<&>", "2015-09-14", "2015-09-14 12:00:00", "1.5"]


def test_text_stays_text_whatever_it_begins_with() -> None:
    data = written("xlsx", [[word] for word in WORDS], ["词"])
    found = [row[0] for row in of_xlsx(data)[1:]]
    assert found[:6] == ["=1+1", "+86", "-", "@x", "\tx", "ab"]
    assert found[6] == "_x005F_x0041_", "as Excel writes what it is not to take for a letter"
    assert found[7:10] == ["两\n行", "", "0123"]
    assert len(found[10]) == sheets.LONGEST
    assert not [*sheet_of(data).iter(f"{MAIN}f")], "no formula"
    in_csv = [row[0] if row else "" for row in of_csv(written("csv", [[word] for word in WORDS], ["词"]))]
    assert in_csv[1:6] == ["'=1+1", "'+86", "'-", "'@x", "'\tx"]


def test_an_empty_table_has_its_head_and_a_sheet_of_excel_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(BytesIO(written("xlsx", [], HEADINGS))) as book:
        assert "'申报表_1__2'!$A$1:$D$1<" in book.read("xl/workbook.xml").decode()
    assert of_xlsx(written("xlsx", [], HEADINGS)) == of_csv(written("csv", [], HEADINGS)) == [HEADINGS]
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(TooManyRowsError):
        written("xlsx", [ROW, ROW], HEADINGS)


def test_the_columns_of_a_sheet_are_named_as_excel_does() -> None:
    data = written("xlsx", [[*map(str, range(60))]], [*map(str, range(60))])
    assert of_xlsx(data)[1] == [*map(str, range(60))]
