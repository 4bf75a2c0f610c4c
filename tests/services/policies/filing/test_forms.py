"""The form as it is drawn and as it is judged: the same cells, words and limits."""

import jsonschema_rs
import pytest

from app.models.enums import CellControl, DeadlineKind, Language
from app.periods import ONGOING
from app.services.filing.campaigns import template
from app.services.policies.filing import forms
from app.services.policies.filing.deadlines import effective
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import PERIOD
from tests.world import FORM
from tests.world.attachments import ROLES

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
DATES = ["2015", "2015-03", "2015-03-01", "2015-02-30", "2015-13", "1900", "3月", ONGOING]
FILLED = FORM | {"topic": "community_volunteering"}


def test_the_cells_are_those_of_the_printed_form_in_its_order() -> None:
    drawn = [(cell.name, cell.label, cell.control.value, cell.maximum) for cell in forms.cells(SETTINGS)]
    assert drawn == [
        ("brand_name", "品牌名称", "line", 60),
        ("leader_name", "申报单位负责人", "line", 30),
        ("leader_title", "职务", "line", 60),
        ("phone", "联系电话", "phone", 30),
        ("category", "内容分类", "choice", None),
        ("topic", "子项", "choice", None),
        ("started_on", "实施时间", "date", None),
        ("ended_on", "实施时间", "date", None),
        ("innovation", "创新特点", "text", 3000),
        ("practices", "主要做法", "text", 5000),
        ("effects", "社会效果", "text", 3000),
        ("images", "相关图片", "pictures", 8),
    ]


@pytest.mark.parametrize(
    ("language", "ends", "missing"),
    [
        (Language.ZH, ("开始时间", "结束时间"), ["请填写“实施时间”的开始时间。", "请填写“实施时间”的结束时间。"]),
        (Language.EN, ("start", "end"), ["Fill in the start of “实施时间”.", "Fill in the end of “实施时间”."]),
    ],
)
def test_cells_of_one_label_are_told_apart(language: Language, ends: tuple[str, str], missing: list[str]) -> None:
    """In the form, in its schema, where a generator of forms shows nothing else, and where they are missed."""
    parts = {cell.name: cell.part.say(language) for cell in forms.cells(SETTINGS) if cell.part}
    assert parts == dict(zip(PERIOD, ends, strict=True))
    titles = {name: each["title"] for name, each in forms.schema(SETTINGS, language)["properties"].items()}
    assert [titles[name] for name in PERIOD] == [f"实施时间（{end}）" for end in ends]
    assert len(set(titles.values())) == len(titles)
    found = forms.required_findings(SETTINGS, FILLED | dict.fromkeys(PERIOD))
    assert [finding.worded(language).message for finding in found] == missing


@pytest.mark.parametrize("topic_required", [False, True])
@pytest.mark.parametrize("cell", [cell.name for cell in forms.cells(SETTINGS) if cell.control != CellControl.PICTURES])
def test_the_schema_refuses_a_cell_exactly_where_the_rules_do(cell: str, topic_required: bool) -> None:
    """With every other cell filled; a choice that is not made is left out, not empty."""
    settings = SETTINGS.model_copy(update={"topic_required": topic_required})
    schema = forms.schema(settings, Language.ZH)
    longest = settings.field_lengths.get(cell, 7)
    empty = [""] if cell in schema["required"] else []
    dates = DATES if cell in PERIOD else []
    for value in [*empty, *dates, None, "x" * longest, "x" * (longest + 1), FILLED[cell]]:
        form = FILLED | {cell: value}
        judged = [*forms.required_findings(settings, form), *forms.field_findings(settings, form)]
        judged += forms.date_findings(settings, form)
        judged += forms.topic_findings(settings, form) if cell != "category" else []  # to which the schema binds none
        sent = {name: each for name, each in form.items() if each is not None}
        errors = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(sent)
        refused = {str(error.instance_path[0]) if error.instance_path else cell for error in errors}
        assert refused == {finding.pointer[1:] for finding in judged if finding.pointer}, value


@pytest.mark.parametrize("name", sorted(forms.TEXTS | {forms.CAPTION}))
def test_every_length_that_a_campaign_sets_is_judged_when_it_is_submitted(name: str) -> None:
    settings = SETTINGS.model_copy(update={"field_lengths": {name: 3}})
    words = {name: "四个字了"}
    captions = {2: words.get(forms.CAPTION, "义诊"), 5: ""}
    deadline = effective(settings, DeadlineKind.APPLICATION, None)
    found = forms.form_findings(
        settings, FILLED | words, deadline, narrative_length=2000, image_count=6, captions=captions
    )
    too_long = [(each.pointer, each.params["maximum"]) for each in found if "count" in each.params]
    assert too_long == [("/images/0/caption" if name == forms.CAPTION else f"/{name}", 3)]


def test_a_form_without_limits_has_none() -> None:
    bare = SETTINGS.model_copy(update={"field_lengths": {}, "field_labels": {}})
    assert [(cell.label, cell.maximum) for cell in forms.cells(bare)][:1] == [("brand_name", None)]
    assert "maxLength" not in forms.schema(bare, Language.EN)["properties"]["brand_name"]


@pytest.mark.parametrize(
    ("roles", "codes"),
    [
        ([], ["too_few_of_role"]),
        (["cover"], []),
        (["cover", "team", "team"], []),
        (["cover", "cover"], ["too_many_of_role"]),
        (["team"], ["too_few_of_role"]),
        (["team", "team", "team"], ["too_few_of_role", "too_many_of_role"]),
    ],
)
def test_a_submission_has_as_many_pictures_of_each_role_as_the_notice_asks_for(
    roles: list[str], codes: list[str]
) -> None:
    asked = template("lubei-2015") | {"images": template("lubei-2015")["images"] | {"roles": ROLES}}
    found = forms.role_findings(CampaignSettings.model_validate(asked), roles)
    assert [(each.rule.code, each.pointer) for each in found] == [(code, "/images") for code in codes]
    assert forms.role_findings(SETTINGS, []) == []
