"""A form that was printed here reads back as exactly what went out; others as they are understood."""

from functools import cache
from typing import Any

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
from tests.world.uploads import photo

NOTICE = CampaignSettings.model_validate(template("lubei-2015") | {"cells": OWN})
NAMES = {"unit_name": "龙华社区", "committee_name": "乔屯街道党工委"}


def _says(text: str) -> bool:
    """Return true if it is kept as it is, and is no label."""
    return bool(null_if_blank(text)) and one_line(text) == text


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
