"""附件1 and 附件2 as the notice lays them out, filled or empty: one description, which is drawn as PDF and for Word."""

from collections.abc import Sequence
from itertools import chain, repeat

from app.file_names import Part
from app.findings import Finding, Rule
from app.models.enums import CellControl, DeadlineKind, Labelled, PlanStatus
from app.periods import lasting
from app.printing.chart import Chart
from app.printing.packing import Printable
from app.printing.paper import LINE_HEIGHT, Cell, CellKind, Figures, Paper, Row, Table
from app.printing.report import Report
from app.services.policies.filing.attachments import FORMATS, Stored, attached_to
from app.services.policies.filing.cells import text_of
from app.services.policies.filing.forms import NARRATIVE, Content, Form
from app.services.policies.filing.images import said_of
from app.services.policies.filing.notice import CampaignSettings, Window
from app.services.policies.filing.own_cells import PERIOD, OwnCell, Value, Values


class FormKind(Labelled):
    """Form of the notice."""

    PLAN = "plan", "实施计划登记表（附件1）"
    APPLICATION = "application", "申报表（附件2）"


class PrintFormat(Labelled):
    """Format of a printed form."""

    PDF = "pdf", "PDF 文件"
    DOCX = "docx", "Word 文档"


class PrintedPictures(Labelled):
    """Size in which the pictures follow the form."""

    NONE = "none", "不附图片"
    THUMBNAILS = "thumbnails", "小图，每页八幅"
    FULL = "full", "原图，每页两幅"


NO_GLYPH = Rule(
    "no_glyph",
    "字库中没有“{characters}”，无法排印为 PDF。请管理员加装有这些字的字体，或下载 Word 文档。",
    "No font has “{characters}”, so it cannot be set as PDF: ask the operator for a font that has them, or take the "
    "Word document.",
)
NO_GLYPH_IN_ROW = Rule(
    NO_GLYPH.code,
    "“{row}”一行中有字库没有的“{characters}”，无法排印为 PDF。请改正该行，由管理员加装字体，或下载 Word 文档。",
    "The row “{row}” has “{characters}”, which no font has, so the list cannot be set as PDF: correct the row, ask the "
    "operator for a font that has them, or take the Word document.",
)
"""The same of a list, whose reader has to find the row."""
NO_GLYPH_IN_CHART = Rule(
    NO_GLYPH.code,
    "“{row}”中有字库没有的“{characters}”，无法绘制图表。请改正，或由管理员加装有这些字的字体。",
    "“{row}” has “{characters}”, which no font has, so no chart can be drawn: correct it, or ask the operator for "
    "a font that has them.",
)
"""The same of a chart, which is a picture in a document of Word, too."""
UNPRINTABLE = Rule(
    "unprintable",
    "表格过大，无法排印。请稍后再试，或不附图片。",
    "The form is too large to be set. Try again in a while, or without pictures.",
)
PICTURES_TOO_LARGE = Rule(
    "pictures_too_large",
    "图片原图共 {size} MB，最多可附 {maximum} MB。请改附小图。",
    "The pictures have {size} MB in full size, of which at most {maximum} MB are printed: choose thumbnails.",
)
MOST_PICTURES = 40
"""Megabytes of pictures in one file."""
SHORT_DIGEST = 16
"""Characters of a digest that a person compares."""
SIDE, ATTACHMENTS = "品牌简介", "佐证材料"
APPLICATION_COLUMNS = (12, 28, 56, 24, 40)
PLAN_COLUMNS = (100, 60)
PLAN_ROWS = 16
LOW, HIGH, STAMPED = 20, 60, 26
"""Least heights in millimetres: of a text that is there, of one that is to be written, of the cell for the stamp."""
WRITTEN = 110
"""Height of each of the two texts on the second page of the empty form, where nothing comes after them."""
TO_WRITE = {CellControl.TEXT: 40, CellControl.PERSONS: 30, CellControl.LINKS: 24}
"""Least heights of the campaign's own cells that are to be written by hand."""
OWN_KINDS = {CellControl.TEXT: CellKind.PROSE} | dict.fromkeys(
    (CellControl.CONSENT, CellControl.LINKS, CellControl.PERSONS), CellKind.LINE
)
TICKED, UNTICKED = "■", "□"
"""The packaged fonts have no box with a tick."""
NAMED = {PrintedPictures.NONE: Part("不附图片", "no-pictures"), PrintedPictures.FULL: Part("原图", "full")}
"""The words for a file with other pictures than the usual ones."""
BESIDE = {PrintedPictures.THUMBNAILS: 2, PrintedPictures.FULL: 1}


def application_paper(
    settings: CampaignSettings, cells: Form, foot: str, figures: Figures | None = None, code: str = ""
) -> Paper:
    """Lay out 附件2; one without any cell has the page break of the notice, inside 主要做法."""
    head = settings.forms.of_application
    return Paper(
        title=head.title,
        annex=head.annex,
        above="",
        tables=[_form(settings, cells)] if cells else _empty_form(settings),
        below=f"注：此表{_due(settings.applications)}前由{settings.forms.senders}审核加盖公章后上报。",
        foot=foot,
        figures=figures,
        code=code,
    )


def plan_paper(settings: CampaignSettings, committee: str, cases: Sequence[tuple[str, str]], foot: str) -> Paper:
    """Lay out 附件1: at least as many rows as the notice has."""
    head = settings.forms.of_plan(settings.name)
    labels = Row([Cell("计划申报创新案例名称", CellKind.LABEL), Cell("实施单位", CellKind.LABEL)])
    padded = enumerate(chain(cases, repeat(("", ""), PLAN_ROWS - len(cases))))
    rows = [
        Row([Cell(name, CellKind.LINE, name=f"cases/{place}/name"), Cell(unit, name=f"cases/{place}/unit_name")], 11)
        for place, (name, unit) in padded
    ]
    return Paper(
        title=head.title,
        annex=head.annex,
        above=f"{settings.recommender}：{committee}",
        tables=[Table(PLAN_COLUMNS, [labels, *rows], heads=1)],
        below=f"注：此表{_due(settings.window(DeadlineKind.PLAN))}前报送{settings.organizer.short_name}",
        foot=foot,
    )


def cells_of(content: Content, topic: str | None) -> Form:
    """Return all that the form shows of a content, by the names of its cells; the topic (子项) stands beside it."""
    return {**content, **content.get("form", {}), "topic": topic}


def figures_of(settings: CampaignSettings, content: Content, pictures: PrintedPictures) -> Figures | None:
    """Number the pictures, with their captions."""
    images = content.get("images", ())
    if pictures is PrintedPictures.NONE or not images:
        return None
    captions = [f"图{number}　{said_of(settings.images, each)}".rstrip() for number, each in enumerate(images, 1)]
    return Figures(settings.label("images"), captions, BESIDE[pictures])


def blank_paper(settings: CampaignSettings, kind: FormKind) -> Paper:
    """Lay out an empty form."""
    if kind is FormKind.PLAN:
        return plan_paper(settings, "", [], "")
    return application_paper(settings, {}, "")


def plan_foot(status: PlanStatus, digest: str) -> str:
    """Tell in which state the plan is printed, and what it says."""
    return f"状态：{status.label}　内容摘要：{digest[:SHORT_DIGEST]}"


def application_foot(number: str, version: int | None, digest: str) -> str:
    """Tell which application, in which version, is printed."""
    return f"申报编号：{number}　{f'第{version}版' if version else '草稿'}　内容摘要：{digest[:SHORT_DIGEST]}"


def name_of(version: int | None, pictures: PrintedPictures) -> list[Part]:
    """Name the file of an application's form, so that each version and choice of pictures has a name of its own."""
    which = [Part(f"第{version}版", f"v{version}")] if version else []
    return [Part("申报表", "form"), *which, *([NAMED[pictures]] if pictures in NAMED else [])]


def glyph_findings(paper: Printable, characters: str) -> list[Finding]:
    """Name the characters that no font has, at the cells or the rows that have them."""
    in_rows, in_cells = (
        {place: named for place, text in texts.items() if (named := lacking_in(characters, text))}
        for texts in (paper.rows, paper.cells)
    )
    at_cells = [NO_GLYPH(f"/{name}", characters=named) for name, named in in_cells.items()]
    drawn = _drawn(paper)
    at_rows = [
        (NO_GLYPH_IN_CHART if row in drawn else NO_GLYPH_IN_ROW)(row=row, characters=named)
        for row, named in in_rows.items()
    ]
    return at_cells or at_rows or [NO_GLYPH(characters=lacking_in(characters, characters))]


def _drawn(paper: Printable) -> set[str]:
    """Return the rows of a paper that are bars of its charts."""
    charts = [paper] if isinstance(paper, Chart) else paper.charts if isinstance(paper, Report) else []
    return {row for chart in charts for row in chart.rows}


def lacking_in(characters: str, text: str) -> list[str]:
    """Name those of the characters that a text has."""
    return [f"{each}（U+{ord(each):04X}）" for each in characters if each in text]


def picture_findings(sizes: Sequence[int]) -> list[Finding]:
    """Refuse more pictures in full size than a file may have."""
    size = sum(sizes) // 10**6
    return [PICTURES_TOO_LARGE("/pictures", size=size, maximum=MOST_PICTURES)] if size > MOST_PICTURES else []


def _form(settings: CampaignSettings, cells: Form) -> Table:
    texts = [_narrative(settings, name, cells, LOW if cells.get(name) else HIGH) for name in NARRATIVE]
    below = [*_own(settings, cells.get("cells", {})), *_attached(settings, attached_to(cells))]
    return Table(APPLICATION_COLUMNS, [*_about(settings, cells), *_brand(settings, cells, texts), *below])


def _empty_form(settings: CampaignSettings) -> list[Table]:
    """The two parts in which the notice has the form: the page ends within the second of the three texts."""
    innovation, practices, effects = NARRATIVE
    first = [_narrative(settings, innovation, {}, HIGH), _narrative(settings, practices, {}, 50)]
    below = [*_own(settings, None), *_attached(settings, ())]
    height = max(HIGH, WRITTEN - sum(row.height for row in below) // 2)
    second = [_narrative(settings, name, {}, height) for name in (practices, effects)]
    return [
        Table(APPLICATION_COLUMNS, [*_about(settings, {}), *_brand(settings, {}, first)]),
        Table(APPLICATION_COLUMNS, [*_beside(second), *below]),
    ]


def _about(settings: CampaignSettings, cells: Form) -> list[Row]:
    """The rows above 品牌简介: who recommends, who applies, with what, who leads, and their telephone."""
    committee, words = cells.get("committee_name"), settings.forms.stamp
    stamp = stamped(committee, words) if committee else words
    leader = [_value(cells, "leader_name"), _label(settings, "leader_title"), _value(cells, "leader_title")]
    return [
        Row([_label(settings, "recommender", 2), Cell(stamp, columns=3, name="committee_name")], STAMPED),
        Row([_label(settings, "applicant", 2), _value(cells, "unit_name", 3)]),
        Row([_label(settings, "brand_name", 2), _value(cells, "brand_name", 3)]),
        Row([_label(settings, "leader_name", 2), *leader]),
        Row([_label(settings, "phone", 2), _value(cells, "phone", 3)]),
    ]


def _brand(settings: CampaignSettings, cells: Form, texts: Sequence[Row]) -> list[Row]:
    """The rows of 品牌简介."""
    names = {each.code: each.name for each in settings.categories}
    category = cells.get("category") or ""
    chosen = Row([_label(settings, "category"), Cell(names.get(category, category), columns=3, name="category")])
    dates = lasting(*(cells.get(name) for name in PERIOD))
    period = Row([_label(settings, "period"), Cell(dates, columns=3, name="started_on")])
    return _beside([chosen, *_topic(settings, cells), period, *texts])


def _topic(settings: CampaignSettings, cells: Form) -> list[Row]:
    """The row of 子项, where the campaign asks for one or one is chosen."""
    topic = cells.get("topic") or ""
    if not (topic or settings.topic_required):
        return []
    shown = Cell(settings.topic_name(topic), columns=3, name="topic")
    return [Row([Cell(settings.topic_label, CellKind.LABEL), shown])]


def _own(settings: CampaignSettings, values: Values | None) -> list[Row]:
    """The campaign's own cells below the others, in their order; without values they are to be written by hand."""
    return [_own_row(cell, values) for cell in settings.cells]


def stamped(text: str, words: str | None) -> str:
    """Put the words beside a stamp below what is stamped; without words nothing is."""
    return "\n".join(filter(None, [text, words and f"（{words}）"]))


def _own_row(cell: OwnCell, values: Values | None) -> Row:
    written = _to_write(cell) if values is None else _on_paper(cell, values.get(cell.code))
    kind = OWN_KINDS.get(cell.control, CellKind.LINE if cell.stamp else CellKind.VALUE)
    shown = Cell(stamped(written, cell.stamp), kind, columns=3, name=f"cells/{cell.code}")
    least = STAMPED if cell.stamp else LINE_HEIGHT
    height = max(least, TO_WRITE.get(cell.control, LINE_HEIGHT)) if values is None else least
    return Row([Cell(cell.name, CellKind.LABEL, 2), shown], height)


def _to_write(cell: OwnCell) -> str:
    """The boxes that are ticked by hand, of which a choice has one for each option."""
    choices = [f"{UNTICKED} {option.name}" for option in cell.options if cell.control is CellControl.CHOICE]
    return _on_paper(cell, None) or "　".join(choices)


def _on_paper(cell: OwnCell, value: Value) -> str:
    """Word a value as the other cells are: a 承诺 is a box beside its words."""
    if cell.control is CellControl.CONSENT and isinstance(value, bool | None):
        return f"{TICKED if value else UNTICKED} {cell.help or cell.name}"
    return "" if value is None else text_of(value, cell)


def _attached(settings: CampaignSettings, attached: Sequence[Stored]) -> list[Row]:
    """The supporting documents in their order; without any, the kinds that are to be ticked by hand."""
    if not (settings.attachments or attached):
        return []
    kinds = {each.code: each.name for each in settings.attachments}
    lines = [
        f"{place}．{kinds.get(each.kind, each.kind)}：{each.title}（{_file_of(each)}）"
        for place, each in enumerate(attached, 1)
    ]
    boxes = "　".join(f"{UNTICKED} {name}" for name in kinds.values())
    shown = Cell("\n".join(lines) or boxes, CellKind.LINE, columns=3, name="attachments")
    return [Row([Cell(ATTACHMENTS, CellKind.LABEL, 2), shown])]


def _file_of(attached: Stored) -> str:
    """Tell the format and the size of a file, in whole kilobytes."""
    return f"{FORMATS[attached.media_type].label}，{-(-attached.size // 1024)} KB"


def _beside(rows: Sequence[Row]) -> list[Row]:
    """Put these rows beside 品牌简介."""
    first, *others = rows
    return [Row([Cell(SIDE, CellKind.SIDE, rows=len(rows)), *first.cells], first.height), *others]


def _narrative(settings: CampaignSettings, name: str, cells: Form, height: int) -> Row:
    return Row([_label(settings, name), Cell(cells.get(name) or "", CellKind.PROSE, columns=3, name=name)], height)


def _label(settings: CampaignSettings, name: str, columns: int = 1) -> Cell:
    return Cell(settings.label(name), CellKind.LABEL, columns)


def _value(cells: Form, name: str, columns: int = 1) -> Cell:
    return Cell(cells.get(name) or "", columns=columns, name=name)


def _due(window: Window) -> str:
    return f"{window.due_on.month}月{window.due_on.day}日"
