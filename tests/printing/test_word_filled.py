"""Templates of the office, filled: every value in its place, in the look that the template gives it."""

from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import RGBColor

from app.printing.filled import CODE, PICTURE
from tests.imaging.corpus import jpeg
from tests.world.templates import filled, lines_of, of_lines, of_rows, rows_of, template

CASES = {"cases": [{"name": "甲", "unit": "一校"}, {"name": "乙", "unit": "二校"}]}


def split(document: Document) -> None:
    paragraph = document.add_paragraph()
    for text in ("前{", "{na", "me}", "}后"):
        paragraph.add_run(text)
    paragraph.runs[1].font.color.rgb = RGBColor(255, 0, 0)
    paragraph.runs[0].bold = True


def test_a_placeholder_in_several_runs_keeps_the_look_of_its_first_character() -> None:
    paragraph = filled(template(split), {"name": "鼓楼社区"}).paragraphs[0]
    assert [(run.text, run.bold) for run in paragraph.runs] == [
        ("前鼓楼社区", True),
        ("", None),
        ("", None),
        ("后", None),
    ]


@pytest.mark.parametrize("said", ["{{name}}", "{{ Name }}", "｛｛name｝｝", "{{ｎａｍｅ}}", "{{na me}}"])
def test_width_case_and_blanks_of_a_placeholder_do_not_matter(said: str) -> None:
    assert lines_of(filled(of_lines(f"单位：{said}。"), {"name": "甲"})) == ["单位：甲。"]


def test_a_text_of_several_lines_is_as_many_paragraphs_where_it_stands_alone_and_lines_elsewhere() -> None:
    document = filled(of_lines("{{name}}", "见{{name}}"), {"name": "一\n二"})
    assert lines_of(document) == ["一", "二", "见一\n二"]


def test_a_value_is_never_taken_for_a_placeholder() -> None:
    values = {"name": "{{other}}", "other": "秘密", "cases": [{"unit": "{{#cases}}"}]}
    data = of_lines("{{name}}", "{{#cases}}{{unit}}{{/cases}}")
    assert lines_of(filled(data, values)) == ["{{other}}", "{{#cases}}"]


@pytest.mark.parametrize(
    "lines",
    [("{{#cases}}", "{{name}}（{{unit}}）", "{{/cases}}"), ("{{#cases}}{{name}}（{{unit}}）{{/cases}}",)],
    ids=["marks on lines of their own", "marks in the line"],
)
def test_paragraphs_are_repeated(lines: tuple[str, ...]) -> None:
    assert lines_of(filled(of_lines("头", *lines, "尾"), CASES)) == ["头", "甲（一校）", "乙（二校）", "尾"]


def test_rows_are_repeated_and_an_empty_list_leaves_none() -> None:
    data = of_rows(("案例", "单位"), ("{{#cases}}{{name}}", "{{unit}}{{/cases}}"), ("共", ""))
    assert rows_of(filled(data, CASES)) == [["案例", "单位"], ["甲", "一校"], ["乙", "二校"], ["共", ""]]
    assert rows_of(filled(data, {"cases": [], "name": "", "unit": ""})) == [["案例", "单位"], ["共", ""]]


def test_a_table_without_rows_goes_away_and_a_cell_keeps_a_paragraph() -> None:
    data = of_rows(("{{#cases}}{{name}}", "{{unit}}{{/cases}}"))
    assert filled(data, {"cases": []}).tables == []
    assert rows_of(filled(of_rows(("{{#cases}}{{name}}{{/cases}}", "尾")), {"cases": []})) == [["", "尾"]]


def test_blocks_are_in_blocks_and_see_what_is_around_them() -> None:
    lists = [{"title": "一等", "rows": [{"name": "甲"}]}, {"title": "二等", "rows": [{"name": "乙"}, {"name": "丙"}]}]
    lines = ("{{#lists}}", "{{title}}", "{{#rows}}", "{{name}} {{title}} {{year}}", "{{/rows}}", "{{/lists}}")
    said = lines_of(filled(of_lines(*lines), {"year": "2015", "lists": lists}))
    assert said == ["一等", "甲 一等 2015", "二等", "乙 二等 2015", "丙 二等 2015"]


def test_headers_text_boxes_and_controls_are_filled() -> None:
    def lay(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "{{name}}"
        box = "<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>{{name}}</w:t></w:r></w:p>"
        ends = "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        names = f'{nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"'
        document.element.body.insert(0, parse_xml(f"<w:p {names}>{box}{ends}</w:p>"))
        bound = '<w:sdtPr><w:dataBinding w:xpath="/x" w:storeItemID="{}"/></w:sdtPr>'
        inner = "<w:sdtContent><w:p><w:r><w:t>{{name}}</w:t></w:r></w:p></w:sdtContent>"
        document.element.body.insert(1, parse_xml(f"<w:sdt {nsdecls('w')}>{bound}{inner}</w:sdt>"))

    document = filled(template(lay), {"name": "甲"})
    assert document.sections[0].header.paragraphs[0].text == "甲"
    assert [each.text for each in document.element.body.iter(qn("w:t"))] == ["甲", "甲"]
    assert not [*document.element.body.iter(qn("w:sdt"))]


def test_codes_and_pictures_stand_where_their_placeholders_stood() -> None:
    values = {"code": "7K4M", "figures": [{"picture": "0", "caption": "图1"}, {"picture": "1", "caption": "图2"}]}
    data = of_lines("{{code}}", "{{#figures}}", "{{picture}}", "{{caption}}", "{{/figures}}")
    pictures = [jpeg(), jpeg(quality=50)]
    document = filled(data, values, pictures, {"code": CODE, "picture": PICTURE})
    assert len(document.inline_shapes) == 3
    assert lines_of(document) == ["", "", "图1", "", "图2"]
    assert pictures[0] in [part.blob for part in document.part.package.iter_parts()]
    assert [each.get("id") for each in document.element.body.iter(qn("wp:docPr"))] == ["1", "2", "3"]


def test_a_code_that_there_is_not_leaves_an_empty_line() -> None:
    document = filled(of_lines("{{code}}"), {"code": ""}, drawn={"code": CODE})
    assert (lines_of(document), len(document.inline_shapes)) == ([""], 0)


def test_the_whole_text_is_repeated_each_time_on_a_new_page() -> None:
    certificates = {"items": [{"name": "甲"}, {"name": "乙"}, {"name": "丙"}]}
    document = filled(of_lines("证书", "{{name}}"), certificates, whole="items")
    assert lines_of(document) == ["证书", "甲", "证书", "乙", "证书", "丙"]
    breaks = [bool(each.paragraph_format.page_break_before) for each in document.paragraphs]
    assert breaks == [False, False, True, False, True, False]


def test_the_same_values_are_the_same_bytes() -> None:
    def saved() -> str:
        file = BytesIO()
        filled(of_lines("{{#cases}}{{name}}{{/cases}}"), CASES).save(file)
        return str(docx.Document(file).element.xml)

    assert saved() == saved()


def test_what_xml_cannot_say_is_left_out() -> None:
    assert lines_of(filled(of_lines("{{name}}"), {"name": "甲\x0b乙"})) == ["甲乙"]
