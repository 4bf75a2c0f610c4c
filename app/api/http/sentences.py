"""The sentences of rejected parts: one for every kind of error that Pydantic knows, and for mistakes of our own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.findings import Sentence
from app.models.enums import Language

OTHER = Sentence("内容无效。", "It is not valid.")
"""For errors of the program's own wiring, which no request causes."""
_REQUIRED = Sentence("必须填写。", "It is required.")
_UNKNOWN = Sentence(
    "请求中没有“{name}”这一项：写错了，或只供读取，请去掉。",
    "“{name}” is no member of this request: it is mistyped, or only read. Leave it out.",
)
_NUMBER, _INTEGER = Sentence("应为数字。", "It must be a number."), Sentence("应为整数。", "It must be an integer.")
_BOOLEAN = Sentence("应为 true 或 false。", "It must be true or false.")
_TEXT, _UUID = Sentence("应为文字。", "It must be a string."), Sentence("应为 UUID。", "It must be a UUID.")
_OBJECT, _ARRAY = Sentence("应为对象。", "It must be an object."), Sentence("应为数组。", "It must be an array.")
_DATE = Sentence("应为日期，如 2015-09-14。", "It must be a date like 2015-09-14.")
_INSTANT = Sentence("应为时刻，如 2015-09-14T23:59:59+08:00。", "It must be an instant like 2015-09-14T23:59:59+08:00.")
_TIME, _DURATION = (
    Sentence("应为时间，如 09:14。", "It must be a time like 09:14."),
    Sentence("应为时长，如 P1D。", "It must be a duration like P1D."),
)
_PAST, _FUTURE = (
    Sentence("应早于现在。", "It must be in the past."),
    Sentence("应晚于现在。", "It must be in the future."),
)
_URL = Sentence("应为网址，如 https://example.org/。", "It must be an address like https://example.org/.")
_ONE_OF = Sentence("应为以下之一：{expected}。", "It must be one of {expected}.")
_ONCE = Sentence("同一项目只能提交一次。", "It may be sent once only.")
_DIGITS = Sentence("数字位数过多。", "It has too many digits.")

_KINDS: tuple[tuple[str, Sentence], ...] = (
    ("missing missing_argument missing_keyword_only_argument missing_positional_only_argument", _REQUIRED),
    ("extra_forbidden unexpected_keyword_argument unexpected_positional_argument", _UNKNOWN),
    ("repeated_part multiple_argument_values", _ONCE),
    ("float_type float_parsing finite_number decimal_type decimal_parsing fraction_type fraction_parsing", _NUMBER),
    ("complex_type complex_str_parsing", _NUMBER),
    ("int_type int_parsing int_parsing_size int_from_float", _INTEGER),
    ("decimal_max_digits decimal_max_places decimal_whole_digits", _DIGITS),
    ("bool_type bool_parsing", _BOOLEAN),
    ("string_type string_sub_type bytes_type", _TEXT),
    ("model_type dataclass_type dataclass_exact_type named_tuple_type dict_type mapping_type", _OBJECT),
    ("frozen_dict_type ordered_dict_type counter_type arguments_type", _OBJECT),
    ("list_type iterable_type iteration_error deque_type tuple_type set_type frozen_set_type", _ARRAY),
    ("date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact", _DATE),
    ("datetime_type datetime_parsing datetime_object_invalid datetime_from_date_parsing", _INSTANT),
    ("time_type time_parsing", _TIME),
    ("time_delta_type time_delta_parsing", _DURATION),
    ("date_past datetime_past", _PAST),
    ("date_future datetime_future", _FUTURE),
    ("url_type url_parsing url_syntax_violation url_scheme", _URL),
    ("uuid_type uuid_parsing uuid_version", _UUID),
    ("enum literal_error", _ONE_OF),
)
PYTHONS_OWN = frozenset(
    {
        *("no_such_attribute", "get_attribute_error", "invalid_key", "needs_python_object", "callable_type"),
        *("recursion_loop", "recursion_depth_exceeded", "frozen_field", "frozen_instance", "assertion_error"),
        *("default_factory_not_called", "missing_sentinel_error", "ellipsis_error"),
        *("is_instance_of", "is_subclass_of"),
    }
)
"""Kinds of errors that no member of ours can have."""

SENTENCES = {code: sentence for codes, sentence in _KINDS for code in codes.split()} | {
    "json_invalid": Sentence("不是有效的 JSON。", "It is not valid JSON."),
    "json_type": Sentence("不是有效的 JSON。", "It is not valid JSON."),
    "model_attributes_type": Sentence("应为 JSON 对象。", "It must be a JSON object."),
    "none_required": Sentence("应为 null。", "It must be null."),
    "string_too_short": Sentence("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": Sentence("不能超过 {max_length} 个字符。", "At most {max_length} characters."),
    "url_too_long": Sentence("不能超过 {max_length} 个字符。", "At most {max_length} characters."),
    "bytes_too_short": Sentence("至少 {min_length} 字节。", "At least {min_length} bytes."),
    "bytes_too_long": Sentence("不能超过 {max_length} 字节。", "At most {max_length} bytes."),
    "bytes_invalid_encoding": Sentence("应为 UTF-8 文字。", "It must be text in UTF-8."),
    "string_unicode": Sentence("含有不完整的字符。", "It contains half a character."),
    "string_not_ascii": Sentence("只能用英文字母、数字和半角符号。", "It may have ASCII characters only."),
    "string_pattern_mismatch": Sentence("格式不正确。", "It does not have the right form."),
    "not_a_file": Sentence("这不是可凭票下载的文件地址。", "It is not the address of a file that takes a ticket."),
    "malformed_etag": Sentence(
        '应为读取时得到的 ETag，连同双引号，如 "3"。', 'It must be the ETag that was read, in its quotation marks: "3".'
    ),
    "forbidden_character": Sentence(
        "第 {position} 个字符（{code}）无法保存，请删去。",
        "Character {position} ({code}) cannot be stored: delete it.",
    ),
    "invalid_phone": Sentence(
        "没有电话号码；请写成 0315-3724062 或 13900000000，多个号码用“、”隔开。",
        "There is no number in it: write it like 0315-3724062 or 13900000000, several with “、” between.",
    ),
    "invalid_credit_code": Sentence(
        "不是统一社会信用代码：应为 18 位数字和大写字母。",
        "It is not a unified social credit code: 18 letters and figures.",
    ),
    "invalid_verification_code": Sentence(
        "不是回执或证书上的验证码：应为 16 位数字和字母，如 7K4M-Q2XA-9TCE-H5WP，其中没有 I、O、0、1。",
        "It is not the code of a receipt or a certificate: 16 letters and figures such as 7K4M-Q2XA-9TCE-H5WP, without "
        "I, O, 0 and 1.",
    ),
    "greater_than": Sentence("须大于 {gt}。", "It must be more than {gt}."),
    "less_than": Sentence("须小于 {lt}。", "It must be less than {lt}."),
    "greater_than_equal": Sentence("不能小于 {ge}。", "It must be at least {ge}."),
    "less_than_equal": Sentence("不能大于 {le}。", "It must be at most {le}."),
    "multiple_of": Sentence("须为 {multiple_of} 的倍数。", "It must be a multiple of {multiple_of}."),
    "too_short": Sentence("至少 {min_length} 项。", "At least {min_length} items."),
    "too_long": Sentence("不能超过 {max_length} 项。", "At most {max_length} items."),
    "not_unique": Sentence("同一项不得重复。", "No item may occur twice."),
    "set_item_not_hashable": Sentence("同一项不得重复。", "No item may occur twice."),
    "file_type": Sentence("应为文件，而不是文字。", "It must be a file, not text."),
    "unknown_cursor": Sentence("游标无效。", "It is not a cursor of this list."),
    "too_many_units": Sentence(
        "各党（工）委的单位和直属单位合计不能超过 {limit} 个。", "At most {limit} units in all."
    ),
    "out_of_reach": Sentence("年份须在 {first} 与 {last} 之间。", "Its year must lie between {first} and {last}."),
    "timezone_aware": Sentence("时间须带时区，如 +08:00。", "The time needs an offset like +08:00."),
    "timezone_naive": Sentence("时间不得带时区。", "The time must have no offset."),
    "timezone_offset": Sentence("时间的时区不对。", "The time has another offset than it must have."),
    "union_tag_not_found": Sentence("缺少 {discriminator}。", "It needs {discriminator}."),
    "union_tag_invalid": Sentence(
        "{discriminator} 应为以下之一：{expected_tags}。", "{discriminator} must be one of {expected_tags}."
    ),
}
MISTAKES = {
    "exactly one of notification_ids and up_to is needed": "notification_ids 与 up_to 须填且只填一项。",
    "exactly one of application_id, unit_id and committee_id is needed": (
        "application_id、unit_id 与 committee_id 须填且只填一项。"
    ),
    "exactly one of application_id and award_id is needed": "application_id 与 award_id 须填且只填一项。",
    "exactly one of round_id and composite_id is needed": "round_id 与 composite_id 须填且只填一项。",
    "exactly one of application_ids, committee_ids, unit_ids and persons is needed": (
        "application_ids、committee_ids、unit_ids 与 persons 须填且只填一项。"
    ),
    "exactly one of unit_id and committee_id is needed": "unit_id 与 committee_id 须填且只填一项。",
    "exactly one of committee_id and application_id is needed": "committee_id 与 application_id 须填且只填一项。",
    "exactly one of committee_id, unit_id and reviewer_id is needed": (
        "committee_id、unit_id 与 reviewer_id 须填且只填一项。"
    ),
    "exactly one of round_id and figure_table_id is needed": "round_id 与 figure_table_id 须填且只填一项。",
    "exactly one of application_id and application_number is needed": (
        "application_id 与 application_number 须填且只填一项。"
    ),
    "a period ends before it starts": "起止时间的结束日期早于开始日期。",
    "a linear scale has full_marks, and no other has it": "按满分数折算的须填 full_marks，其他折算方式不填。",
    "there is no such source of figures": "没有这一外部得分来源。",
    "committees or units are needed": "committees 与 units 至少填一项。",
    "committee_ids are needed for the audience `chosen`, and for no other": (
        "committee_ids 仅在 audience 为 chosen 时填写，且必须填写。"
    ),
    "an application has no number of cases to be filed": "单件申报没有上报件数的限制。",
    "exactly one of unit_id and name is needed": "unit_id 与 name 须填且只填一项。",
    "exactly one of template and copy_of is needed": "template 与 copy_of 须填且只填一项。",
    "an application has no plan deadline": "申报表没有实施计划的截止时间。",
    "minimum_load is above maximum_load": "最少件数大于最多件数。",
    "a wave has a budget, a full distribution has none": "补评须填评审件数，全面分配不填。",
    "not an IANA time zone": "不是 IANA 时区名，如 Asia/Shanghai。",
    "a phase ends before it starts": "阶段的结束日期早于开始日期。",
    "the lowest score is not below the highest": "最低分不低于最高分。",
    "a kind with grades has its places there": "分等次的奖项，名额填在各等次中。",
    "only cases have a recommended order": "只有授予申报案例的奖项可按推荐排序。",
    "no recommended order is asked for": "活动未设推荐排序，奖项不能按推荐排序区分。",
    "an anchor lies outside the scores": "评分参照超出了分值范围。",
    "a date is far from the campaign's year": "有日期与活动年度相差过远。",
    "reminders: one occurs twice": "提醒时间有重复。",
    "cases filed: maximum is below minimum": "最高上报件数少于最低上报件数。",
    "a kind occurs twice": "同一类党（工）委不得重复。",
    "images: maximum is below minimum": "图片最多幅数少于最少幅数。",
    "images: the roles need more than the maximum": "各用途图片的最少幅数之和超过图片最多幅数。",
    "images: the short side is longer than the long one": "图片短边的最少像素大于长边。",
    "attachments: maximum is below minimum": "佐证材料最多份数少于最少份数。",
    "a format occurs twice": "同一格式不得重复。",
    "a Word document names its author: the kind must be blind": "Word 文档会显示作者，这一类须对盲评评委隐藏。",
    "commendation: a day is both off and worked": "同一天既放假又上班。",
    "narrative: the bounds are not in order": "文字篇幅的各项限度顺序不对。",
    "a window closes before it opens": "截止时间不晚于开始时间。",
    "a full measure is more cases than may be filed": "计满分的件数超过最高上报件数，无法得满分。",
    "a window closes before its last day": "截止时间早于公布的最后一天。",
    "an indicator measures plans, and none are asked for": "评价指标涉及实施计划，而活动不要求报送实施计划。",
    "a code occurs twice": "代码有重复。",
    "a label occurs twice": "名称有重复。",
    "a campaign occurs twice": "同一活动不得重复。",
    "an item is answered twice": "同一项不得重复核查。",
    "what was found needs its reason": "认定存在的，须写明依据。",
    "a cell's minimum is above its maximum": "栏目的最少值大于最多值。",
    "a cell of this kind has no such limit": "这一类栏目没有这样的限度，或超出了可填的范围。",
    "a cell of this kind has no options": "这一类栏目没有选项。",
    "a choice needs options": "单项选择须有选项。",
    "two options have the same name": "两个选项的名称相同。",
    "the form has a cell of this name already": "申报表已有同名的栏目。",
    "a telephone number is not public": "电话号码不能公开。",
    "a cell of this kind is not stamped": "该类栏目不能盖章。",
    "an opinion is blind, and not public": "推荐意见盲评时须隐去，也不能公开。",
}
"""What members contradict each other in: the English words are those of the `ValueError`."""


def detail(code: str, context: Mapping[str, Any], language: Language) -> str:
    """Put an error into words, none of which are Python's."""
    if code == "value_error":
        return _mistake(str(context.get("error", ""))).say(language)
    return SENTENCES.get(code, OTHER).say(language, **dict(_plain(context, language)))


def _mistake(words: str) -> Sentence:
    chinese = MISTAKES.get(words)
    return Sentence(f"内容无效：{chinese}", f"It is not valid: {words}.") if chinese else OTHER


def _plain(context: Mapping[str, Any], language: Language) -> Iterator[tuple[str, Any]]:
    """Write Pydantic's lists of words without its quotation marks and Python's names: 'a', <Kind.B: 'b'> or 'c'."""
    comma = "、" if language is Language.ZH else ", "
    for name, value in context.items():
        listed = isinstance(value, str) and name in {"expected", "expected_tags", "discriminator"}
        yield name, re.sub(r", | or ", comma, _NAMED.sub(r"\1", value)).replace("'", "") if listed else value


_NAMED = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""A member of an enumeration as Python writes it."""
