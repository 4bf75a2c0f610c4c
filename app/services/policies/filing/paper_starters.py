"""Templates to begin from: each built-in paper with placeholders where its values stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.models.enums import PaperKind
from app.printing.certificates import Certificate, Certificates
from app.printing.notice import Annex, Grade, Notice
from app.printing.packing import Printable
from app.printing.paper import BROAD, Cell, CellKind, Paper, Row, Table
from app.services.policies.filing import prints
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_values import OWN
from app.services.policies.filing.placeholders import placeholders

_SIGNED = ("{{落款单位}}", "{{落款日期}}")
_REMARK = "{{#说明}}{{说明内容}}{{/说明}}"


def starter(paper: PaperKind, settings: CampaignSettings) -> Printable:
    """Return a paper whose values are their placeholders."""
    if paper is PaperKind.PLAN_FORM:
        return _plan(settings)
    return _application(settings) if paper is PaperKind.APPLICATION_FORM else _FIXED[paper]()


def _plan(settings: CampaignSettings) -> Paper:
    blank = prints.plan_paper(settings, "{{推荐单位}}", [], "{{页脚}}")
    table = blank.tables[0]
    row = Row([Cell("{{#案例}}{{案例名称}}", CellKind.LINE), Cell("{{实施单位}}{{/案例}}")], 11)
    return replace(blank, tables=[replace(table, rows=[table.rows[0], row])])


def _application(settings: CampaignSettings) -> Paper:
    """Keep the form as it is printed filled; the code stands above it, on the first page."""
    labels = {each.name: f"{{{{{each.label}}}}}" for each in placeholders(PaperKind.APPLICATION_FORM, settings)}
    labels |= {"started_on": "{{实施时间}}"}
    blank = prints.application_paper(settings, {"unit_name": "{{申报单位}}"}, "{{页脚}}")
    tables = [replace(table, rows=[*_named(table.rows, labels)]) for table in blank.tables]
    figures = ["{{#图片组}}", "{{图片}}", "{{图片说明}}", "{{/图片组}}"]
    return replace(blank, above="{{二维码}}", tables=tables, lines=[blank.below, *figures], below="")


def _named(rows: Sequence[Row], labels: Mapping[str, str]) -> Iterator[Row]:
    """Put placeholders into the cells; those of the campaign's own are one row that is repeated."""
    own = False
    for row in rows:
        cells = [replace(cell, text=labels.get(cell.name, cell.text)) for cell in row.cells]
        if cells[-1].name.startswith(OWN):
            if own:
                continue
            own = True
            before, last = cells[:-2], replace(cells[-1], text="{{栏值}}{{/自设栏}}")
            cells = [*before, replace(cells[-2], text="{{#自设栏}}{{栏名}}"), last]
        yield replace(row, cells=cells)


def _receipt() -> Paper:
    columns = (("序号", 14), ("申报编号", 31), ("申报单位", 30), ("品牌名称", 28), ("版本", 14), ("内容摘要", 43))
    return _letter("上报回执", "案例", columns, ["{{二维码}}"])


def _decision() -> Paper:
    return _letter("{{标题}}", "原因组", (("序号", 16), ("原因", 144)))


def _letter(title: str, block: str, columns: Sequence[tuple[str, int]], lines: Sequence[str] = ()) -> Paper:
    return Paper(
        title=title,
        annex="",
        above="编号：{{编号}}",
        tables=[_listed(block, columns)],
        below="",
        foot="{{页脚}}",
        lines=[_REMARK, *lines],
        opening=["{{称呼}}", "{{正文}}"],
        signature=_SIGNED,
    )


def _listed(block: str, columns: Sequence[tuple[str, int]]) -> Table:
    head = Row([Cell(label, CellKind.LABEL) for label, _ in columns])
    return Table([width for _, width in columns], [head, Row([Cell(said) for said in _row(block, columns)])], heads=1)


def _row(block: str, columns: Sequence[tuple[str, int]]) -> list[str]:
    """Return a row that is repeated: the block begins in its first cell, and ends in its last."""
    first, *others, last = (f"{{{{{label}}}}}" for label, _ in columns)
    return [f"{{{{#{block}}}}}{first}", *others, f"{last}{{{{/{block}}}}}"]


def _summary() -> Paper:
    columns = (
        *(("序号", 14), ("推荐单位", 40), ("申报编号", 40), ("申报单位", 41)),
        *(("品牌名称", 44), ("内容分类", 26), ("负责人", 22), ("状态", 20)),
    )
    return Paper(
        title="{{标题}}",
        annex="",
        above="{{填报单位}}",
        tables=[_listed("案例", columns)],
        below="{{签字栏}}",
        foot="{{页脚}}",
        lines=["{{合计}}"],
        width=BROAD,
    )


def _publicity() -> Notice:
    return replace(_publication(), number="", addressees="", copies="", printed_by="", printed_on="")


def _publication() -> Notice:
    columns = (
        *(("序号", 14), ("等次", 22), ("名称", 36), ("职务", 20)),
        *(("单位", 32), ("推荐单位", 32)),
    )
    return Notice(
        head="{{发文机关标志}}",
        number="{{发文字号}}",
        title="{{标题}}",
        addressees="{{主送}}",
        paragraphs=["{{正文}}"],
        annexes=[Annex("获奖名单", columns, [Grade("", [_row("名单", columns)])])],
        signature=_SIGNED,
        copies="{{抄送}}",
        printed_by="{{印发机关}}",
        printed_on="{{印发日期}}",
    )


def _certificate() -> Certificates:
    item = Certificate(
        title="{{证书标题}}",
        paragraphs=["{{证书正文}}"],
        number="{{证书编号}}",
        code="{{二维码}}",
        proof="{{核验说明}}",
        signature=_SIGNED,
    )
    return Certificates("荣誉证书", [item])


_FIXED: Mapping[PaperKind, Callable[[], Printable]] = {
    PaperKind.RECEIPT: _receipt,
    PaperKind.DECISION: _decision,
    PaperKind.SUMMARY: _summary,
    PaperKind.PUBLICITY: _publicity,
    PaperKind.PUBLICATION: _publication,
    PaperKind.CERTIFICATE: _certificate,
}
"""The papers whose layout does not depend on the campaign."""
