from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from app.api.http.sentences import MISTAKES, PYTHONS_OWN, SENTENCES, detail
from app.api.http.validation import rejected_parts
from app.inputs import Code, Day, Input, Moment, Name, Reason
from app.models.enums import Language, Role
from app.services.filing.campaigns import template
from tests.world.attachments import MEDIA
from tests.world.figures import VOTES, table, voted


class Body(Input):
    name: Name
    reason: Reason | None = None
    day: Day | None = None
    moment: Moment | None = None
    role: Role | None = None
    items: Annotated[list[int], Field(max_length=2)] | None = None
    figures: dict[Code, int] | None = None


def rejected(body: Any, language: Language = Language.ZH) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Body).validate_python(body)
    errors = [error | {"loc": ("body", *error["loc"])} for error in caught.value.errors()]
    return [(part.pointer, part.code, part.detail) for part in rejected_parts(errors, language)]


NO_SUCH = "请求中没有“{}”这一项：写错了，或只供读取，请去掉。"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("/name", "missing", "必须填写。")),
        ({"name": 1}, ("/name", "string_type", "应为文字。")),
        ({"name": " "}, ("/name", "string_too_short", "至少 1 个字符。")),
        ({"name": "名" * 101}, ("/name", "string_too_long", "不能超过 100 个字符。")),
        ({"name": "a", "reason": "b"}, ("/reason", "string_too_short", "至少 2 个字符。")),
        ({"name": "a\ud800"}, ("/name", "forbidden_character", "第 2 个字符（U+D800）无法保存，请删去。")),
        ({"name": "a", "items": [1, 2, 3]}, ("/items", "too_long", "不能超过 2 项。")),
        ({"name": "a", "items": [1, "x"]}, ("/items/1", "int_parsing", "应为整数。")),
        ({"name": "a", "day": 5}, ("/day", "date_parsing", "应为日期，如 2015-09-14。")),
        ({"name": "a", "day": "2200-01-01"}, ("/day", "out_of_reach", "年份须在 1900 与 2200 之间。")),
        ({"name": "a", "moment": "x"}, ("/moment", "datetime_parsing", "应为时刻，如 2015-09-14T23:59:59+08:00。")),
        ({"name": "a", "nmae": "b"}, ("/nmae", "extra_forbidden", NO_SUCH.format("nmae"))),
        ({"name": "a", "a/b~c": "b"}, ("/a~1b~0c", "extra_forbidden", NO_SUCH.format("a~1b~0c"))),
        ({"name": "a", "figures": {"": 1}}, ("/figures/", "string_too_short", "至少 1 个字符。")),
        ({"name": "a", "[key]": "b"}, ("/[key]", "extra_forbidden", NO_SUCH.format("[key]"))),
        ({"name": "a", "\ud800": "b"}, ("", "string_unicode", "含有不完整的字符。")),
    ],
)
def test_a_rejected_part_is_named_and_explained(body: Any, expected: tuple[str, str, str]) -> None:
    assert rejected(body) == [expected]


def test_all_rejected_parts_are_listed() -> None:
    assert [pointer for pointer, _, _ in rejected({"items": ["x", "y"], "role": "king"})] == [
        "/name",
        "/role",
        "/items/0",
        "/items/1",
    ]


def test_the_detail_is_in_the_callers_language() -> None:
    assert rejected({"name": "名" * 101}, Language.EN) == [("/name", "string_too_long", "At most 100 characters.")]


def test_of_very_many_only_a_hundred_are_told() -> None:
    assert len(rejected({"name": "a", "figures": {str(number): "x" for number in range(1000)}})) == 100


def test_the_alternative_that_a_body_chose_is_no_member_of_it() -> None:
    error = {"type": "missing", "loc": ("body", "count", "count")}
    bodies: list[Any] = [{"basis": "count"}, {"basis": "score"}, {}, None]
    found = [rejected_parts([error], Language.ZH, body)[0].pointer for body in bodies]
    assert found == ["/count", "/count/count", "/count/count", "/count/count"]


ERRORS: dict[str, dict[str, Any]] = {each["type"]: each["example_context"] or {} for each in list_all_errors()} | {
    "file_type": {},
    "unknown_cursor": {},
    "repeated_part": {},
}


def test_every_kind_of_error_has_a_chinese_sentence() -> None:
    assert SENTENCES.keys() | PYTHONS_OWN | {"value_error"} >= ERRORS.keys()
    assert SENTENCES.keys().isdisjoint(PYTHONS_OWN)
    for code, context in ERRORS.items():
        assert any("\u4e00" <= character for character in detail(code, {"name": "x"} | context, Language.ZH)), code


@pytest.mark.parametrize(
    ("code", "context", "chinese", "english"),
    [
        ("file_type", {}, "应为文件，而不是文字。", "It must be a file, not text."),
        ("value_error", {"error": ValueError("<class 'str'>")}, "内容无效。", "It is not valid."),
        (
            "value_error",
            {"error": ValueError("a code occurs twice")},
            "内容无效：代码有重复。",
            "It is not valid: a code occurs twice.",
        ),
        ("enum", {"expected": "'a', 'b' or 'c'"}, "应为以下之一：a、b、c。", "It must be one of a, b, c."),
    ],
)
def test_no_words_of_python_are_in_an_answer(code: str, context: dict[str, Any], chinese: str, english: str) -> None:
    assert [detail(code, context, language) for language in (Language.ZH, Language.EN)] == [chinese, english]


ID, OTHER_ID = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071", "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6072"
GRANT: dict[str, Any] = {"campaign_id": ID, "reason": "理由充分。"}
TOLD = {"campaign_id": ID, "title": "通知", "text": "请补报。"}
NOTICE = template("lubei-2015")
CRITERION, WINDOW, COMMENDATION = NOTICE["criteria"][0], NOTICE["plans"], NOTICE["commendation"]
TOWNSHIPS = {"kind": "township_subdistrict", "minimum": 2, "maximum": 1}
Contradictory = tuple[str, Mapping[str, Any], str, str]
"""A model, a body whose members contradict each other, the pointer to the one that must change, and the words."""


def one_of(model: str, *names: str, **rest: Any) -> list[Contradictory]:
    """Give none of the members, and the first two."""
    words = f"exactly one of {', '.join(names[:-1])} and {names[-1]} is needed"
    both = {name: [ID] if name.endswith("s") else ID for name in names[:2]}
    return [(model, rest, f"/{names[0]}", words), (model, rest | both, f"/{names[1]}", words)]


def notice(words: str, pointer: str, **changes: Any) -> Contradictory:
    return "CampaignSettings", NOTICE | changes, pointer, words


def own_cell(words: str, pointer: str, **changes: Any) -> Contradictory:
    return "OwnCell", CELL | changes, pointer, words


TERMS = {name: value for name, value in table([]).items() if name != "figures"}
CELL = {"code": "team", "name": "团队", "control": "line", "need": "optional", "blind": True, "public": False}
COVER = {"code": "cover", "name": "封面", "minimum": 1, "maximum": 1}
IMAGES = NOTICE["images"]
CHOICE = {"code": "yes", "name": "是"}
CONTRADICTORY: list[Contradictory] = [
    *one_of("ReadingsCreate", "notification_ids", "up_to"),
    *one_of("RecusalCreate", "application_id", "unit_id", "committee_id", reviewer_id=ID, reason="近亲属。"),
    *one_of("NominationCreate", "application_id", "award_id", position=1, reason="做法成熟，可以推广。"),
    *one_of(
        *("ByHand", "application_ids", "committee_ids", "unit_ids", "persons"),
        kind="a",
        basis="by_hand",
        reason="带动面广。",
    ),
    *one_of("AwardedPerson", "unit_id", "committee_id", name="王芳"),
    *one_of("RankedChoice", "round_id", "composite_id", kind="a"),
    *one_of("SourceOfPart", "round_id", "figure_table_id", part="live"),
    *one_of("FigureEntry", "application_id", "application_number", figure=1),
    ("FigureTerms", TERMS | {"ends_on": "2015-10-07"}, "/ends_on", "a period ends before it starts"),
    *(
        (
            "FigureSource",
            VOTES | {"scale": scale, "full_marks": full},
            "/full_marks",
            "a linear scale has full_marks, and no other has it",
        )
        for scale, full in (("linear", None), ("points", 100))
    ),
    notice("there is no such source of figures", "/composites/0/parts/2/figures", **voted() | {"figures": []}),
    notice("a code occurs twice", "/figures/1/code", figures=[VOTES, VOTES]),
    *one_of("Beneficiary", "committee_id", "application_id", campaign_id=ID),
    *one_of("SeatCreate", "committee_id", "unit_id", "reviewer_id", reason="来函要求。"),
    *one_of("PartnerNamed", "unit_id", "name"),
    ("CampaignSource", {}, "/template", "exactly one of template and copy_of is needed"),
    (
        "ProgrammeArrangement",
        {"campaigns": [{"campaign_id": ID}, {"campaign_id": ID}]},
        "/campaigns/1/campaign_id",
        "a campaign occurs twice",
    ),
    (
        "ProgrammeSettings",
        {"title": "通知", "year": 2015, "organizer": "区文明办", "minimum_filed": 3, "maximum_filed": 2},
        "/maximum_filed",
        "cases filed: maximum is below minimum",
    ),
    ("VetoAnswer", {"code": "a", "found": True}, "/reason", "what was found needs its reason"),
    (
        "VetoAnswers",
        {"answers": [{"code": "a", "found": False}, {"code": "a", "found": False}]},
        "/answers/1/code",
        "an item is answered twice",
    ),
    ("OrganisationImport", {}, "/committees", "committees or units are needed"),
    *(
        (
            "VocabularyReplacement",
            {"words": [{"code": "campus", "label": "文明校园"}, {"code": "village", "label": "文明村镇"} | same]},
            f"/words/1/{member}",
            f"a {member} occurs twice",
        )
        for member, same in (("code", {"code": "campus"}), ("label", {"label": "文明校园"}))
    ),
    *(
        (
            "AnnouncementCreate",
            TOLD | {"audience": audience, "committee_ids": chosen},
            "/committee_ids",
            "committee_ids are needed for the audience `chosen`, and for no other",
        )
        for audience, chosen in (("chosen", []), ("all", [ID]))
    ),
    *(
        (
            "ExemptionCreate",
            GRANT | {"application_id": ID, "limit": limit, "value": 1},
            "/limit",
            "an application has no number of cases to be filed",
        )
        for limit in ("minimum_filed", "maximum_filed")
    ),
    (
        "ExtensionCreate",
        GRANT | {"application_id": ID, "deadline": "plan", "due_on": "2015-09-18"},
        "/deadline",
        "an application has no plan deadline",
    ),
    (
        "ReviewerProfile",
        {"organisation": "师范学院", "minimum_load": 9, "maximum_load": 3},
        "/minimum_load",
        "minimum_load is above maximum_load",
    ),
    ("ProposalCreate", {"kind": "wave"}, "/budget", "a wave has a budget, a full distribution has none"),
    ("CampaignSettings", NOTICE | {"timezone": "Mars/Base"}, "/timezone", "not an IANA time zone"),
    notice(
        "a phase ends before it starts",
        "/phases/0/ends_on",
        phases=[NOTICE["phases"][0] | {"ends_on": "2015-04-01"}],
    ),
    notice("the lowest score is not below the highest", "/criteria/0/minimum", criteria=[CRITERION | {"minimum": 100}]),
    notice(
        "an anchor lies outside the scores", "/criteria/0/anchors/0/from_score", criteria=[CRITERION | {"maximum": 80}]
    ),
    notice("a date is far from the campaign's year", "/plans/opens_on", plans=WINDOW | {"opens_on": "1999-04-10"}),
    notice("a date is far from the campaign's year", "/issued_on", issued_on="1999-04-10"),
    notice("a window closes before it opens", "/plans/due_on", plans=WINDOW | {"due_on": "2015-04-01"}),
    (
        "CampaignReplacement",
        NOTICE | {"applications": NOTICE["applications"] | {"enforced_at": "2015-09-13T23:59:00+08:00"}},
        "/applications/enforced_at",
        "a window closes before its last day",
    ),
    (
        "CampaignReplacement",
        NOTICE | {"maximum_filed": 4, "filed_by_kind": []},
        "/commendation/indicators/3/full_measure",
        "a full measure is more cases than may be filed",
    ),
    notice("reminders: one occurs twice", "/reminders/2", reminders=["P7D", "P1D", "PT24H"]),
    notice("images: maximum is below minimum", "/images/maximum", images={"minimum": 5, "maximum": 4}),
    notice(
        "images: the roles need more than the maximum",
        "/images/roles",
        images=IMAGES | {"roles": [COVER | {"code": code, "minimum": 5, "maximum": 5} for code in ("cover", "scene")]},
    ),
    notice(
        "images: the short side is longer than the long one",
        "/images/short_side",
        images=IMAGES | {"long_side": 800, "short_side": 900},
    ),
    ("ImageRole", COVER | {"minimum": 2}, "/maximum", "images: maximum is below minimum"),
    ("AttachmentKind", MEDIA | {"minimum": 3}, "/maximum", "attachments: maximum is below minimum"),
    ("AttachmentKind", MEDIA | {"formats": ["pdf", "pdf"]}, "/formats", "a format occurs twice"),
    (
        "AttachmentKind",
        MEDIA | {"formats": ["word"]},
        "/blind",
        "a Word document names its author: the kind must be blind",
    ),
    notice("a code occurs twice", "/attachments/1/code", attachments=[MEDIA, MEDIA]),
    notice("a code occurs twice", "/images/roles/1/code", images=IMAGES | {"roles": [COVER, COVER]}),
    notice(
        "narrative: the bounds are not in order", "/narrative/target", narrative=NOTICE["narrative"] | {"target": 1}
    ),
    notice(
        "commendation: a day is both off and worked",
        "/commendation/days_worked/1",
        commendation=COMMENDATION | {"days_off": ["2015-05-01"], "days_worked": ["2015-05-02", "2015-05-01"]},
    ),
    own_cell("a cell's minimum is above its maximum", "/maximum", minimum=2, maximum=1),
    own_cell("a cell of this kind has no such limit", "/minimum", minimum=-1),
    own_cell("a cell of this kind has no such limit", "/maximum", maximum=0),
    own_cell("a cell of this kind has no options", "/options", options=[CHOICE]),
    own_cell("a choice needs options", "/options", control="choice"),
    own_cell("a code occurs twice", "/options/1/code", control="choice", options=[CHOICE, CHOICE]),
    own_cell(
        "two options have the same name",
        "/options/1/name",
        control="persons",
        options=[CHOICE, {"code": "y", "name": " 是"}],
    ),
    notice("the form has a cell of this name already", "/cells/0/name", cells=[CELL | {"name": "品牌 名称"}]),
    notice("the form has a cell of this name already", "/cells/1/name", cells=[CELL, CELL | {"code": "other"}]),
    own_cell("a telephone number is not public", "/public", control="phone", public=True),
    own_cell("a cell of this kind is not stamped", "/stamp", control="date", stamp="村（社区）盖章"),
    own_cell("an opinion is blind, and not public", "/blind", stamp="村（社区）盖章", blind=False),
    own_cell("an opinion is blind, and not public", "/public", stamp="村（社区）盖章", blind=True, public=True),
    (
        "AwardKind",
        NOTICE["award_kinds"][1] | {"grades": [{"code": "first", "name": "一等奖"}], "places": 3},
        "/places",
        "a kind with grades has its places there",
    ),
    (
        "AwardKind",
        NOTICE["award_kinds"][1] | {"recipient": "unit", "tie_break": "recommended_order"},
        "/tie_break",
        "only cases have a recommended order",
    ),
    notice(
        "no recommended order is asked for",
        "/award_kinds/0/tie_break",
        award_kinds=[NOTICE["award_kinds"][0] | {"tie_break": "recommended_order"}],
    ),
    notice("cases filed: maximum is below minimum", "/maximum_filed", maximum_filed=1),
    notice("cases filed: maximum is below minimum", "/filed_by_kind/0/maximum", filed_by_kind=[TOWNSHIPS]),
    notice("a kind occurs twice", "/filed_by_kind/1/kind", filed_by_kind=[TOWNSHIPS | {"maximum": None}] * 2),
    notice("an indicator measures plans, and none are asked for", "/commendation/indicators/0/code", plans=None),
    notice("a code occurs twice", "/criteria/1/code", criteria=[CRITERION, CRITERION]),
    notice(
        "a code occurs twice",
        "/award_kinds/1/grades/1/code",
        award_kinds=[
            NOTICE["award_kinds"][0],
            NOTICE["award_kinds"][1] | {"grades": [{"code": "first", "name": "一等奖"}] * 2},
        ],
    ),
]


def inputs(base: type[Input] = Input) -> Iterator[type[Input]]:
    for model in base.__subclasses__():
        yield model
        yield from inputs(model)


def chosen_among(annotation: Any) -> Iterator[Any]:
    """The literals of a type, at whatever depth."""
    if get_origin(annotation) is Literal:
        yield annotation
    for part in get_args(annotation):
        yield from chosen_among(part)


def test_what_must_be_one_of_some_words_is_told_them_as_they_are_sent() -> None:
    literals = [
        (model, each) for model in inputs() for f in model.model_fields.values() for each in chosen_among(f.annotation)
    ]
    assert [model.__name__ for model, each in literals if isinstance(get_args(each)[0], Enum)].count("OwnCell") == 1
    for model, each in literals:
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(each).validate_python("?")
        (error,) = caught.value.errors()
        told = detail(error["type"], error["ctx"], Language.EN)
        assert told == f"It must be one of {', '.join(map(str, get_args(each)))}.", model.__name__


@pytest.mark.parametrize(("model", "body", "pointer", "words"), CONTRADICTORY)
def test_a_contradiction_points_at_the_member_that_must_change(
    model: str, body: Mapping[str, Any], pointer: str, words: str
) -> None:
    (judge,) = {each for each in inputs() if each.__name__ == model}
    with pytest.raises(ValidationError) as caught:
        judge.model_validate(body)
    errors = [error | {"loc": ("body", *error["loc"])} for error in caught.value.errors()]
    found = [(part.pointer, part.detail) for part in rejected_parts(errors, Language.EN)]
    assert found == [(pointer, f"It is not valid: {words}.")]


def test_every_contradiction_is_tried_and_has_a_chinese_sentence() -> None:
    assert {words for *_, words in CONTRADICTORY} == MISTAKES.keys()


OF_SETTINGS = {"Phase", "Criterion", "CompositeSettings"}
"""Models that are tried as parts of a campaign's settings."""


def test_every_model_that_compares_its_members_is_tried() -> None:
    comparing = {
        model.__name__
        for model in inputs()
        if model.__pydantic_decorators__.model_validators.keys() & vars(model).keys()
    }
    assert comparing == {model for model, *_ in CONTRADICTORY} | OF_SETTINGS
