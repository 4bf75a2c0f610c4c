"""A form that was printed here reads back as exactly what went out; others as they are understood."""

from functools import cache
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imaging import forms as reader
from app.inputs import null_if_blank, one_line
from app.printing.word import Writer
from app.services.filing.campaigns import template
from app.services.policies.filing import filled_forms, prints
from app.services.policies.filing.cells import patched
from app.services.policies.filing.filled_blocks import blocks_of
from app.services.policies.filing.filled_forms import Document, FilledForm
from app.services.policies.filing.notice import CampaignSettings
from tests.world.cells import DEFINED, OWN
from tests.world.filled_forms import filled, paragraph, saved, text_box
from tests.world.uploads import photo

NOTICE = CampaignSettings.model_validate(template("lubei-2015") | {"cells": OWN})
NAMES = {"unit_name": "龙华社区", "committee_name": "乔屯街道党工委"}


def _says(text: str) -> bool:
    """Return true if it is kept as it is, and is no label."""
    return bool(null_if_blank(text)) and one_line(text) == text


def _is_filled(text: str) -> bool:
    return bool(null_if_blank(text))


letter = st.characters(codec="utf-8", exclude_categories=("C", "Z", "M")) | st.sampled_from(
    "，。“”（）一二三图1、：0 　"
)
line = st.text(letter, min_size=1, max_size=30).map(str.strip).filter(_says)
prose = st.lists(line | st.just(""), min_size=1, max_size=4).map("\n".join).map(str.strip)
word = st.text(st.sampled_from("张王李赵建国文博志愿服务队"), min_size=2, max_size=6)
date = st.sampled_from(["2014", "2015-03", "2015-03-01", "2015-12-31"])
end = date | st.just("ongoing")
person = st.fixed_dictionaries(
    {"name": word},
    optional={"role": st.sampled_from(["author", "contact"]), "title": word, "phone": st.just("13900000000")},
)
link = st.fixed_dictionaries({"url": st.just("https://example.org/a,b?c=1")}, optional={"name": word})
OF_CELLS: dict[str, st.SearchStrategy[Any]] = {
    "slogan": line,
    "outlook": prose.filter(bool),
    "people": st.integers(-(10**6), 10**6) | st.just(1200.5),
    "since": date,
    "run": st.fixed_dictionaries({"started_on": date, "ended_on": end}),
    "scale": st.sampled_from(["town", "district"]),
    "hotline": st.just("0315-3724062、13900000000"),
    "pledge": st.just(True),
    "team": st.lists(person, min_size=1, max_size=3),
    "video": st.lists(link, min_size=1, max_size=2),
    "village": prose.filter(bool),
}
contents = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("brand_name", "leader_name", "leader_title", "phone"), line),
        **dict.fromkeys(("innovation", "practices", "effects"), prose),
        "category": st.sampled_from(["meiliang", "qingman", "no_more"]),
        "started_on": date,
        "ended_on": end,
        "cells": st.fixed_dictionaries({}, optional=OF_CELLS),
    },
)


@cache
def writer() -> Writer:
    return Writer()


def understood(data: bytes, notice: CampaignSettings = NOTICE) -> FilledForm:
    found = reader.read(data)
    plain = {name: found[name] for name in ("notes", "hidden", "drawings", "codes")}
    document = Document(blocks_of(found["blocks"]), **plain)
    return filled_forms.read(notice, document, {"applicant": "龙华社区", "recommender": "乔屯街道党工委"})


@settings(max_examples=8, deadline=None)
@given(contents, st.lists(line | st.just(""), max_size=3))
def test_our_own_printed_form_reads_back_as_exactly_what_went_out(form: dict[str, Any], captions: list[str]) -> None:
    content = {**NAMES, "form": form, "images": [{"caption": caption} for caption in captions]}
    cells = prints.cells_of({**content, **form}, None)
    figures = prints.figures_of(NOTICE, content, prints.PrintedPictures.THUMBNAILS)
    paper = prints.application_paper(NOTICE, cells, "", figures, "PP:2015-QT-001:1:" + "A" * 32)
    read = understood(writer().write(paper, [photo()] * len(captions)))
    out = {name: value for name, value in form.items() if value}
    assert read.form | {"cells": patched(DEFINED, {}, read.form["cells"])} == {"cells": {}} | out
    assert [each.caption for each in read.pictures] == captions
    assert (list(read.unplaced), [each.rule for each in read.findings]) == ([], [filled_forms.PRINTED_HERE])


BLANKS = st.sampled_from(["", " ", "　　", "\u2003", "\xa0"])
EMOJI = st.sampled_from(["👍", "👨‍👩‍👧", "🇨🇳", "❤️", "①", "℃", "𬱖", "á", "“，”", "……", "——", "《》", "(1)", "图1 "])
said = st.lists(letter | EMOJI, min_size=1, max_size=12).map("".join).map(str.strip).filter(_says)
indented = st.tuples(BLANKS, said, BLANKS).map("".join)
paragraphs = st.lists(indented | st.just(""), min_size=1, max_size=5).map("\n".join).map(str.strip).filter(_is_filled)


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys(("brand_name", "leader_name", "leader_title"), said)),
    st.fixed_dictionaries(dict.fromkeys(("innovation", "practices", "effects"), paragraphs)),
)
def test_every_sign_and_every_blank_of_a_text_reads_back(lines: dict[str, str], texts: dict[str, str]) -> None:
    form = {**lines, **texts}
    cells = prints.cells_of({**NAMES, "form": form, **form}, None)
    read = understood(writer().write(prints.application_paper(NOTICE, cells, ""), ()))
    assert read.form == {"cells": {}} | form
    assert (list(read.unplaced), list(read.findings)) == ([], [])


def table(*rows: list[str]) -> bytes:
    return filled(rows)


def values(form: FilledForm) -> dict[str, Any]:
    return {each.name: each.value for each in form.cells if each.name not in filled_forms.NAMES}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [["品 牌　名 称：", "红马甲"], ["一、联系电话", "0315-3724062"]],
            {"brand_name": "红马甲", "phone": "0315-3724062"},
        ),
        ([["品牌名称", "职务"], ["红马甲", "书记"]], {"brand_name": "红马甲", "leader_title": "书记"}),
        (
            [["品牌名称：红马甲"], ["主要做法\n甲。\n乙。"]],
            {"brand_name": "红马甲", "practices": "甲。\n乙。"},
        ),
        ([["申报单位负责人", "李文博", "职务", "负责人"]], {"leader_name": "李文博", "leader_title": "负责人"}),
        ([["主要做法（800字以内）", "甲"], ["主要做法", "乙"]], {"practices": "甲\n乙"}),
        ([["*品牌名称", ""], ["职务", "　"]], {"brand_name": None, "leader_title": None}),
        ([["内容分类", "情满路北√　诚铸路北□"]], {"category": "qingman"}),
        ([["内容分类", "□情满路北 □诚铸路北"]], {"category": None}),
        ([["内容分类", "情满路北类"]], {"category": "qingman"}),
        ([["内容分类", "☑情满路北 ☑诚铸路北"]], {"category": "☑情满路北 ☑诚铸路北"}),
        ([["实施时间", "2015.3—2015.8"]], {"period": {"started_on": "2015-03", "ended_on": "2015-08"}}),
        ([["实施时间", "2015年起"]], {"period": {"started_on": "2015", "ended_on": "ongoing"}}),
    ],
)
def test_labels_are_found_wherever_they_stand_and_however_they_are_written(
    rows: list[list[str]], expected: dict[str, Any]
) -> None:
    assert values(understood(table(*rows))) == expected


def test_a_form_within_a_table_within_a_text_box_is_read_and_a_table_of_figures_is_text() -> None:
    def make(document: Any) -> None:
        outer = document.add_table(1, 1).cell(0, 0)
        form = outer.add_table(2, 2)
        form.cell(0, 0).text, form.cell(0, 1).text = "品牌名称", "红马甲"
        form.cell(1, 0).text = "社会效果"
        figures = form.cell(1, 1).add_table(2, 2)
        for place, text in enumerate(("年份", "人次", "2014", "300")):
            figures.cell(place // 2, place % 2).text = text
        document.element.body.insert_element_before(
            paragraph(text_box("联系电话：0315-3724062", "另有附件")), "w:sectPr"
        )

    form = understood(saved(make))
    assert values(form) == {"brand_name": "红马甲", "effects": "年份\t人次\n2014\t300", "phone": "0315-3724062"}
    assert [each.text for each in form.unplaced] == ["另有附件"]


def test_captions_are_found_below_pictures_above_them_and_in_the_cells_below() -> None:
    def above(document: Any) -> None:
        for number in (1, 2):
            document.add_paragraph(f"图{number}：说明{number}")
            document.add_picture(BytesIO(photo(number)))

    def in_cells(document: Any) -> None:
        grid = document.add_table(2, 2)
        for number in (0, 1):
            grid.cell(0, number).paragraphs[0].add_run().add_picture(BytesIO(photo(number)))
            grid.cell(1, number).text = f"说明{number + 1}"

    def in_a_text(document: Any) -> None:
        label, value = document.add_table(1, 2).rows[0].cells
        label.text, value.text = "社会效果", "甲"
        for number in (1, 2):
            value.add_paragraph().add_run().add_picture(BytesIO(photo(number)))
            value.add_paragraph(f"图{number} 说明{number}")
        value.add_paragraph("乙")

    found = [understood(saved(make)) for make in (above, in_cells, in_a_text)]
    assert [[each.caption for each in form.pictures] for form in found] == [["说明1", "说明2"]] * 3
    assert [list(form.unplaced) for form in found] == [[]] * 3
    assert values(found[2]) == {"effects": "甲\n乙"}


def test_what_is_too_long_is_not_filled_in_and_is_not_lost() -> None:
    form = understood(table(["品牌名称", "红" * 201], ["职务", "书记"]))
    assert values(form) == {"brand_name": None, "leader_title": "书记"}
    assert [finding.rule.code for each in form.cells for finding in each.findings] == ["not_placed"]
    assert [each.text for each in form.unplaced] == ["红" * 201]
