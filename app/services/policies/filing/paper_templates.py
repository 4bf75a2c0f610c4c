"""The office's own templates of papers: what is wrong with one, all at once and with its place; and which is used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Self
from uuid import UUID

from app.file_names import Part, year_part
from app.findings import Finding, Rule
from app.models.enums import Labelled, PaperKind
from app.printing.filled import MOST_MARKS, spelled
from app.services.policies import Event
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.placeholders import CERTIFICATES, Placeholder, PlaceholderSort, names, placeholders

PLACED = Event("paper_template.placed", "启用文书模板", "Put a template of a paper in force")
REMOVED = Event("paper_template.removed", "恢复系统版式", "Went back to the built-in layout of a paper")
COPIED = Event("paper_template.copied", "沿用文书模板", "Took over a template of a paper from an earlier campaign")


class PaperLayout(Labelled):
    """Layout of a paper."""

    IN_FORCE = "in_force", "主办单位的模板，没有模板的用系统版式"
    BUILT_IN = "built_in", "系统版式"


UNKNOWN_PLACEHOLDER = Rule(
    "unknown_placeholder",
    "{place}：没有占位符“{said}”。",
    "{place_en}: there is no placeholder “{said}”.",
)
MISSPELLED_PLACEHOLDER = Rule(
    "unknown_placeholder",
    "{place}：没有占位符“{said}”，是否应为“{nearest}”？",
    "{place_en}: there is no placeholder “{said}”; did you mean “{nearest}”?",
)
MISSING_PLACEHOLDER = Rule(
    "missing_placeholder", "模板中缺少占位符“{said}”。", "The template lacks the placeholder “{said}”."
)
BROKEN_PLACEHOLDER = Rule(
    "broken_placeholder",
    "{place}：“{said}”处的花括号不成占位符；占位符写作两个左花括号、名称、两个右花括号，写在正文、页眉、页脚或文本框中。",
    "{place_en}: the braces at “{said}” make no placeholder. A placeholder is two braces, its name, and two braces, in "
    "the text, a header, a footer or a text box.",
)
UNBALANCED_BLOCK = Rule(
    "unbalanced_block",
    "{place}：“{said}”没有与之配对的开始或结束标记。两个标记须在同一处正文、同一单元格或同一表格内，并且不与其他块交叉。",
    "{place_en}: “{said}” has no partner. Both marks of a block are in one text, one cell or one table, and cross no "
    "other block.",
)
NOT_A_BLOCK = Rule(
    "not_a_block",
    "{place}：“{said}”不是重复块，不能用 # 和 /。",
    "{place_en}: “{said}” is no block.",
)
IS_A_BLOCK = Rule(
    "is_a_block",
    "{place}：“{said}”是重复块，须有以 # 开始和以 / 结束的两个标记。",
    "{place_en}: “{said}” is a block: it has a first mark with # and a last one with /.",
)
WITHIN_ITSELF = Rule(
    "within_itself",
    "{place}：“{said}”写在同名的重复块内，会成倍重复；请去掉一层。",
    "{place_en}: “{said}” is within a block of the same name, and would multiply: take one of them out.",
)
OUTSIDE_BLOCK = Rule(
    "outside_block",
    "{place}：“{said}”只能写在“{block}”块内。",
    "{place_en}: “{said}” belongs into the block “{block}”.",
)
NOT_ALONE = Rule(
    "not_alone",
    "{place}：“{said}”须独占一段，或独占一个单元格。",
    "{place_en}: “{said}” stands alone in a paragraph or a cell.",
)
ACTIVE_TEMPLATE = Rule(
    "active_template",
    "{place}：含有{what}（{said}），不能接收。请删去后另存为不含宏的 .docx，再上传。",
    "{place_en}: it has {what_en} ({said}). Take that out, and save it as .docx without macros.",
)
TOO_MANY_PLACEHOLDERS = Rule(
    "too_many_placeholders", "模板中的占位符超过 {maximum} 个。", "The template has more than {maximum} placeholders."
)
TEMPLATE_IS_WORD = Rule(
    "template_is_word",
    "主办单位为本文书设置了 Word 模板，只能下载 Word 文档（format=docx）；需要系统版式的，请加 layout=built_in。",
    "The office laid this paper out by a template of Word: take it with `format=docx`, or the built-in layout with "
    "`layout=built_in`.",
)
NO_TEMPLATE = Rule(
    "no_template",
    "本文书没有模板，现用系统版式；请随试填一并上传模板。",
    "The paper has no template, and the built-in layout is used: send a template to be tried.",
)
SUBJECT_REQUIRED = Rule("required", "请指定用哪一件试填。", "Name what the template is to be tried on.")
TEMPLATE, STARTER = Part("模板", "template"), Part("起始模板", "starter")
_NEAR = 0.5
_ACTIVE = {
    "macro": ("宏", "a macro"),
    "embedded": ("嵌入的对象或程序", "an embedded object or program"),
    "link": ("自动载入的外部链接", "a link that is loaded by itself"),
    "field": ("会自动执行的域", "a field that acts"),
}
_STORIES = {"body": ("正文", "Text"), "header": ("页眉", "Header"), "footer": ("页脚", "Footer")}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a template, as far as it is known: its story, and there a paragraph or a cell, counted from one."""

    story: str
    paragraph: int = 0
    table: int = 0
    row: int = 0
    cell: int = 0
    box: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a template has at a place: a placeholder, some other braces, or something that acts."""

    said: str
    place: Place
    name: str = ""
    sort: str = ""
    alone: bool = False
    within: Sequence[str] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A template as the limited process found it: placeholders, marks without a partner, other braces, what acts."""

    marks: Sequence[Found]
    lone: Sequence[Found]
    strays: Sequence[Found]
    active: Sequence[Found]
    content: bytes
    sha256: str

    @classmethod
    def of(cls, content: bytes, sha256: str, **found: Sequence[Mapping[str, Any]]) -> Self:
        """Take what the process answers."""
        told = {name: [_found(**each) for each in those] for name, those in found.items()}
        return cls(content=content, sha256=sha256, **told)


def _found(place: Mapping[str, Any], **said: Any) -> Found:
    return Found(place=Place(**place), **said)


def template_findings(paper: PaperKind, settings: CampaignSettings, looked: Looked) -> list[Finding]:
    """Return everything that is wrong with a template, by its place, and what it lacks."""
    known = {each.name: each for each in placeholders(paper, settings)}
    return [
        *(ACTIVE_TEMPLATE("/file", said=each.said or each.kind, **_what(each)) for each in looked.active),
        *(UNBALANCED_BLOCK("/file", said=each.said, **place_words(each.place)) for each in looked.lone),
        *(BROKEN_PLACEHOLDER("/file", said=each.said, **place_words(each.place)) for each in looked.strays),
        *(finding for each in looked.marks for finding in _mark_findings(paper, known, each)),
        *([TOO_MANY_PLACEHOLDERS("/file", maximum=MOST_MARKS)] if len(looked.marks) > MOST_MARKS else []),
        *missing_findings(paper, settings, used(paper, looked)),
    ]


def missing_findings(paper: PaperKind, settings: CampaignSettings, present: Sequence[str]) -> list[Finding]:
    """Require the placeholders that the paper must have."""
    wanted = (each for each in placeholders(paper, settings) if each.required and each.name not in present)
    return [MISSING_PLACEHOLDER("/file", said=each.said) for each in wanted]


def used(paper: PaperKind, looked: Looked) -> list[str]:
    """Return the names of the placeholders that a template has, each once."""
    known = names(paper)
    told = (known.get(spelled(each.name)) for each in looked.marks)
    return sorted({name for name in told if name})


def template_name(settings: CampaignSettings, campaign_id: UUID, paper: PaperKind, which: Part) -> list[str | Part]:
    """Name the file of a template by its year and its paper."""
    named = Part(f"{paper.label}-{which.said}", f"{paper.replace('_', '-')}-{which.plain}")
    return [year_part(settings.year, campaign_id), named]


def subject_findings(paper: PaperKind) -> list[Finding]:
    """Require what the template is tried on, unless the paper can be had without."""
    return [] if paper in WITHOUT_SUBJECT else [SUBJECT_REQUIRED("/subject_id")]


WITHOUT_SUBJECT = frozenset({PaperKind.PLAN_FORM, PaperKind.APPLICATION_FORM, PaperKind.SUMMARY})
"""Papers that a template is tried on for nobody: the forms empty, and the list of all."""


def _mark_findings(paper: PaperKind, known: Mapping[str, Placeholder], mark: Found) -> Iterator[Finding]:
    name = names(paper).get(spelled(mark.name))
    told = {"said": mark.said, **place_words(mark.place)}
    if name is None:
        yield _unknown(known, mark, told)
        return
    placeholder = known[name]
    is_block = placeholder.sort is PlaceholderSort.BLOCK
    if is_block != bool(mark.sort):
        yield (IS_A_BLOCK if is_block else NOT_A_BLOCK)("/file", **told)
        return
    if is_block and name in {names(paper).get(each) for each in mark.within}:
        yield WITHIN_ITSELF("/file", **told)
    if placeholder.within and not _is_within(paper, placeholder, mark):
        blocks = [known[each].label if each in known else "证书" for each in placeholder.within]
        yield OUTSIDE_BLOCK("/file", block="”或“".join(blocks), **told)
    if placeholder.sort in {PlaceholderSort.CODE, PlaceholderSort.PICTURE} and not mark.alone:
        yield NOT_ALONE("/file", **told)


def _is_within(paper: PaperKind, placeholder: Placeholder, mark: Found) -> bool:
    """Return true if a placeholder is in a block that has its value; of a certificate the whole text is one."""
    around = {names(paper).get(each) for each in mark.within}
    if mark.place.story == "body":
        around.add(CERTIFICATES)
    return not around.isdisjoint(placeholder.within)


def _unknown(known: Mapping[str, Placeholder], mark: Found, told: Mapping[str, str]) -> Finding:
    spellings = [spelling for each in known.values() for spelling in (each.label, each.name)]
    nearest = get_close_matches(spelled(mark.name), spellings, 1, _NEAR)
    if nearest:
        return MISSPELLED_PLACEHOLDER("/file", nearest=nearest[0], **told)
    return UNKNOWN_PLACEHOLDER("/file", **told)


def _what(active: Found) -> dict[str, str]:
    what, what_en = _ACTIVE[active.kind]
    return {"what": what, "what_en": what_en, **place_words(active.place)}


def place_words(place: Place) -> dict[str, str]:
    """Say a place in both languages: of the text by paragraph or cell, of others after their names."""
    story, story_en = _STORIES.get(place.story, (place.story, place.story))
    inside = [(f"表{place.table}", "Table", place.table), (f"第{place.row}行", "row", place.row)]
    inside += [(f"第{place.cell}格", "cell", place.cell)] if place.table else []
    inside += [] if place.table else [(f"第{place.paragraph}段", "Paragraph", place.paragraph)]
    parts = [("" if place.story == "body" else story, story_en if place.story != "body" else "")]
    parts += [(said, f"{said_en} {number}") for said, said_en, number in inside if number]
    parts += [("的文本框", "text box")] if place.box else []
    said, said_en = "".join(each for each, _ in parts), ", ".join(each for _, each in parts if each)
    return {"place": said or story, "place_en": said_en or story_en}
