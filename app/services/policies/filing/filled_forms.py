"""A filled 附件2 that comes as a Word document: what its cells say, what was not understood, and what has no place.

Nothing is guessed unseen: whatever was not read word for word is a finding at its cell, and what was put nowhere is
returned as it was written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from app.comparable import comparable, is_blank
from app.findings import Finding, Rule
from app.models.enums import CellControl, Severity
from app.services.policies.filing import prints
from app.services.policies.filing.controls import SHOWN
from app.services.policies.filing.endorsements import CODE
from app.services.policies.filing.filled_blocks import (
    HIDDEN,
    NOTES,
    Block,
    Line,
    Place,
    Shown,
    Table,
)
from app.services.policies.filing.filled_tables import Entry, Labels, Loose, Reading
from app.services.policies.filing.filled_values import (
    UNDERSTOOD,
    ReadCell,
    chosen,
    named,
    period,
    pointer_of,
    tidied,
    unstamped,
)
from app.services.policies.filing.forms import LONGEST_CAPTION, NARRATIVE
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import Value

NOT_THE_FORM = Rule(
    "not_the_form",
    "文件中没有找到申报表的栏目（如“{first}”“{second}”）。请确认上传的是本活动的申报表。",
    "The file has none of the form's cells (such as “{first}” and “{second}”): make sure that it is the form of this "
    "campaign.",
)
LABEL_MISSING = Rule(
    "label_missing",
    "文件中没有找到“{label}”一栏。",
    "The file has no cell “{label}”.",
    Severity.ADVICE,
)
LABEL_READ_AS = Rule(
    "label_read_as",
    "{place}“{written}”一栏读作“{label}”。",
    "{place_en}: the cell “{written}” was taken for “{label}”.",
    Severity.ADVICE,
)
LABEL_REPEATED = Rule(
    "label_repeated",
    "“{label}”填了不止一处，采用了最先的一处；{place}写的是“{written}”，未采用。",
    "“{label}” is filled in more than once, and the first counts; {place_en} says “{written}”, which was left out.",
    Severity.ADVICE,
)
LABEL_CONTINUED = Rule(
    "label_continued",
    "“{label}”分写在几处，已按先后合并；接续处在{place}。",
    "“{label}” is written in parts, which were put together in their order; one goes on at {place_en}.",
    Severity.ADVICE,
)
NOT_PICTURES = Rule(
    "not_pictures",
    "文件中有 {count} 个图形、图表或公式对象不是图片，没有取出。需要的请另存为图片后上传。",
    "The file has {count} drawings, charts or objects that are no pictures, and were left: save those that are needed "
    "as pictures, and send them.",
    Severity.ADVICE,
)
PICTURE_LEFT_OUT = Rule(
    "picture_left_out",
    "图片最多 {maximum} 幅，这一幅没有取用。",
    "At most {maximum} pictures are allowed: this one was left out.",
    Severity.ADVICE,
)
CAPTION_CUT = Rule(
    "caption_cut",
    "图片说明有 {count} 个字符，最多 {maximum} 个，没有填入；原文：“{written}”。",
    "The caption has {count} characters, of which {maximum} are taken: it was not filled in. It says “{written}”.",
    Severity.ADVICE,
)
PRINTED_HERE = Rule(
    "printed_here",
    "这是本系统印出的 {number} 的申报表（{version}），按文件现有内容另建了一份申报。",
    "This is the form of {number} as printed here ({version_en}): another application was made of what the file says "
    "now.",
    Severity.ADVICE,
)
VARIANTS: Mapping[str, Sequence[str]] = {
    "recommender": ("推荐单位", "推荐党委", "推荐党工委", "主管单位"),
    "applicant": ("申报单位", "申报单位名称", "单位名称", "创建单位"),
    "brand_name": ("品牌名称", "工作品牌名称", "创新品牌名称", "创新工作品牌名称", "案例名称", "项目名称"),
    "leader_name": ("申报单位负责人", "单位负责人", "负责人", "负责人姓名", "项目负责人"),
    "leader_title": ("职务", "负责人职务", "职务职称", "职务/职称"),
    "phone": ("联系电话", "电话", "联系方式", "联系人电话", "手机", "手机号", "手机号码", "电话号码"),
    "category": ("内容分类", "分类", "类别", "品牌类别", "申报类别", "所属类别"),
    "topic": ("子项", "分类子项", "子类", "小类"),
    "period": ("实施时间", "起止时间", "实施起止时间", "开展时间", "实施周期", "起止年月", "实施日期"),
    "innovation": ("创新特点", "创新点", "特点", "主要特点", "创新之处"),
    "practices": ("主要做法", "做法", "具体做法", "主要措施"),
    "effects": ("社会效果", "社会效益", "成效", "工作成效", "取得成效", "取得的成效", "实施效果", "主要成效"),
    "images": ("相关图片", "附相关图片", "图片", "附图", "活动图片", "图片资料"),
}
"""Other words for the cells, which a label is taken for only where the form's own word is nowhere in the file."""
LISTS = frozenset({CellControl.PERSONS, CellControl.LINKS})
NAMES = frozenset({"recommender", "applicant"})
"""Cells that say whose form it is, which the draft knows from the organisations."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the limited process reads it; the blocks are lines, pictures and tables."""

    blocks: Sequence[Block]
    notes: Sequence[str] = ()
    hidden: Sequence[str] = ()
    drawings: int = 0
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A cell of the file: what stands there, what it was understood as, and what is to be said about that."""

    name: str
    label: str
    place: Place
    text: str
    value: Value
    findings: Sequence[Finding] = ()

    @property
    def members(self) -> dict[str, Value]:
        """The members of an application that the cell fills."""
        if self.value is None or self.name in NAMES:
            return {}
        if self.name == "period":
            return dict(self.value) if isinstance(self.value, dict) else {"started_on": self.value}
        return {self.name: self.value}


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it was understood: its cells, its pictures, what has no place, and what concerns all of it."""

    cells: Sequence[Understood]
    pictures: Sequence[Shown]
    unplaced: Sequence[Loose]
    findings: Sequence[Finding]

    @property
    def form(self) -> dict[str, Value]:
        """The cells as an application is begun with them, the campaign's own under `cells`."""
        members = {name: value for cell in self.cells for name, value in cell.members.items()}
        own = {name.removeprefix(OWN): value for name, value in members.items() if name.startswith(OWN)}
        return {name: value for name, value in members.items() if not name.startswith(OWN)} | {"cells": own}

    def pointed(self, at: Callable[[Finding], Finding]) -> "FilledForm":
        """The same form whose findings point elsewhere."""
        cells = [replace(each, findings=[*map(at, each.findings)]) for each in self.cells]
        return replace(self, cells=cells, findings=[*map(at, self.findings)])


OWN = "cells/"


def read(settings: CampaignSettings, document: Document, names: Mapping[str, str]) -> FilledForm:
    """Read a document as the form of a campaign; `names` are those of the cells `NAMES` as the draft knows them."""
    exact = _exact(settings)
    labels = Labels(_with_variants(exact, document.blocks), _lists(settings))
    reading = Reading.of(document.blocks, labels, _furniture(settings))
    unplaced = [*reading.loose, *(Loose(each, NOTES) for each in document.notes)]
    unplaced += [Loose(each, HIDDEN) for each in document.hidden]
    understood: list[Understood] = []
    for name, cell in _merged(settings, reading.entries, exact, unplaced):
        value = _value(settings, name, cell, understood, names)
        said = Understood(name, cell.label, cell.entry.place, cell.text, value, cell.findings)
        understood.append(said)
        unplaced += cell.unplaced
    pictures = [each for each in reading.pictures if not CODE.fullmatch(_code(document, each))]
    findings = [*_missing(settings, understood), *_of_document(document, reading.pictures)]
    return FilledForm(understood, sorted(pictures, key=lambda each: each.number), unplaced, findings)


def refusal_findings(settings: CampaignSettings, form: FilledForm) -> list[Finding]:
    """Refuse a document in which nothing of the form was found."""
    found = {cell.name for cell in form.cells} - NAMES
    first, second = settings.label("brand_name"), settings.label("practices")
    return [] if found else [NOT_THE_FORM("/file", first=first, second=second)]


def is_too_long(picture: Shown) -> bool:
    """Return true if a caption is longer than one may be."""
    return len(picture.caption) > LONGEST_CAPTION


def caption_findings(index: int, picture: Shown) -> list[Finding]:
    """Return a caption that is too long as what was not filled in."""
    if not is_too_long(picture):
        return []
    said = {"count": len(picture.caption), "maximum": LONGEST_CAPTION, "written": picture.caption}
    return [CAPTION_CUT(f"/pictures/{index}/caption", **said)]


def _exact(settings: CampaignSettings) -> dict[str, str]:
    """Return the form's own labels, as they are compared, with the names of their cells."""
    named = {settings.label(name): name for name in VARIANTS if name != "topic"} | {settings.topic_label: "topic"}
    named |= {cell.name: f"{OWN}{cell.code}" for cell in settings.cells}
    return {comparable(label): name for label, name in named.items()}


def _with_variants(exact: Mapping[str, str], blocks: Sequence[Block]) -> dict[str, str]:
    """Add other words for the cells whose own label is nowhere in the document."""
    plain = Labels(exact, frozenset())
    found = {plain.name(text) for text in _texts(blocks)}
    other = {comparable(label): name for name, labels in VARIANTS.items() if name not in found for label in labels}
    return other | dict(exact)


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield all that may be a label: whole cells, lines, and lines to their colon."""
    for block in blocks:
        if isinstance(block, Line):
            yield block.text
            yield block.text.replace("：", ":").partition(":")[0]
        for cell in (cell for row in (block.rows if isinstance(block, Table) else ()) for cell in row):
            yield cell.text
            yield from _texts(cell.blocks)


def _lists(settings: CampaignSettings) -> frozenset[str]:
    return frozenset(f"{OWN}{cell.code}" for cell in settings.cells if cell.control in LISTS)


def _furniture(settings: CampaignSettings) -> frozenset[str]:
    """Return the words of the empty form."""
    paper = prints.blank_paper(settings, prints.FormKind.APPLICATION)
    words = {paper.title, paper.annex, paper.below, settings.label("images"), f"（{settings.forms.stamp}）"}
    words |= {cell.text for table in paper.tables for row in table.rows for cell in row.cells}
    return frozenset(map(comparable, words - {""}))


def _merged(
    settings: CampaignSettings, entries: Sequence[Entry], exact: Mapping[str, str], unplaced: list[Loose]
) -> Iterator[tuple[str, ReadCell]]:
    """Yield each cell once, in the order of the form, whatever it was found as and however often."""
    order = [*VARIANTS, *(f"{OWN}{cell.code}" for cell in settings.cells)]
    texts = {f"{OWN}{cell.code}" for cell in settings.cells if cell.control is CellControl.TEXT} | {*NARRATIVE}
    plain = Labels(exact, frozenset())
    for name, group in groupby(sorted(entries, key=lambda each: order.index(each.name)), key=lambda each: each.name):
        found = [*group]
        first, *others = [each for each in found if not is_blank(each.text) or each.rows] or found[:1]
        cell = ReadCell(first, _label(settings, name))
        if plain.name(first.label) is None:
            cell.say(LABEL_READ_AS, written=first.label)
        for each in others:
            if name in texts:
                first.lines += each.lines
                cell.say(LABEL_CONTINUED, **each.place.words)
            elif comparable(each.text) != comparable(first.text):
                cell.say(LABEL_REPEATED, written=each.text[:SHOWN], **each.place.words)
                unplaced.append(Loose(each.text, each.place))
        if name == "images":
            unplaced += [Loose(each.text, each.place) for each in found if each.text]
        else:
            yield name, cell


def _label(settings: CampaignSettings, name: str) -> str:
    own = {f"{OWN}{cell.code}": cell.name for cell in settings.cells}
    return own.get(name) or (settings.topic_label if name == "topic" else settings.label(name))


def _value(
    settings: CampaignSettings, name: str, cell: ReadCell, before: Sequence[Understood], names: Mapping[str, str]
) -> Value:
    """Understand a cell by its control."""
    own = {f"{OWN}{each.code}": each for each in settings.cells}
    if name in NAMES:
        return named(cell, names[name], settings.forms.stamp)
    if name in own and (stamp := own[name].stamp):
        cell.entry.lines = unstamped(cell.text, stamp).splitlines()
    if is_blank(cell.text) and not cell.entry.rows:
        return None
    if name == "topic":
        category = next((each.value for each in before if each.name == "category"), None)
        return chosen(cell, _topics(settings, category))
    if name == "category":
        return chosen(cell, {each.name: each.code for each in settings.categories})
    if name in own:
        return UNDERSTOOD.get(own[name].control, tidied)(own[name], cell)
    if name == "period":
        return period(cell)
    return cell.prose() if name in NARRATIVE else cell.line()


def _topics(settings: CampaignSettings, category: Value) -> dict[str, str]:
    """Return the topics of the chosen category, or all where none was understood."""
    of_it = [each for each in settings.categories if each.code == category] or settings.categories
    return {topic.name: topic.code for each in of_it for topic in each.topics}


def _missing(settings: CampaignSettings, understood: Sequence[Understood]) -> list[Finding]:
    """Name the cells that the file does not have."""
    found = {each.name for each in understood}
    asked = [name for name in VARIANTS if name != "images" and (name != "topic" or settings.topic_required)]
    asked += [f"{OWN}{cell.code}" for cell in settings.cells]
    return [LABEL_MISSING(pointer_of(name), label=_label(settings, name)) for name in asked if name not in found]


def _of_document(document: Document, pictures: Sequence[Shown]) -> Iterator[Finding]:
    if document.drawings:
        yield NOT_PICTURES("/pictures", count=document.drawings)
    for each in pictures:
        if printed := CODE.fullmatch(_code(document, each)):
            said = {"version": f"第{printed[2]}版", "version_en": f"version {printed[2]}"}
            draft = {"version": "草稿", "version_en": "a draft"}
            yield PRINTED_HERE("/file", number=printed[1], **(said if printed[2] != "0" else draft))


def _code(document: Document, picture: Shown) -> str:
    return document.codes[picture.number] if picture.number < len(document.codes) else ""
