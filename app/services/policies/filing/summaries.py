"""汇总表: the cases that committees recommend, in their order, as a committee stamps it or the office reports it."""

from collections.abc import Container, Sequence
from uuid import UUID

from app.file_names import Part, year_part
from app.findings import Finding, Rule
from app.printing.paper import BROAD, LINE_HEIGHT, Cell, CellKind, Paper, Row, Table
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing.forms import UNKNOWN_CATEGORY
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import SHORT_DIGEST

MOST_CASES = 500
"""Rows of one paper; more are read as a table of numbers, and not on paper."""
TOO_MANY_ROWS = Rule(
    "too_many_rows",
    "一份汇总表最多 {maximum} 件，所选的更多。请按推荐单位、类别等筛选后分开下载。",
    "One paper has at most {maximum} cases, and more were chosen: choose a committee, categories or the like.",
)
TITLE = "申报品牌汇总表"
TO_SIGN = "填表人：　　　　　　　　审核人：　　　　　　　　　　　　　年　　月　　日"
Columns = Sequence[tuple[str, int, bool]]
"""The label of each column, its width in millimetres, and whether its text begins at the left."""
CASE = (
    *(("序号", 14, False), ("申报编号", 40, False), ("申报单位", 50, True), ("品牌名称", 59, True)),
    *(("内容分类", 28, False), ("负责人", 26, False), ("状态", 30, False)),
)
CASE_OF = (
    *(("序号", 14, False), ("推荐单位", 40, True), ("申报编号", 40, False), ("申报单位", 41, True)),
    *(("品牌名称", 44, True), ("内容分类", 26, False), ("负责人", 22, False), ("状态", 20, False)),
)
"""The same beside its committee."""


def summary_paper(
    settings: CampaignSettings, committee: str | None, chosen: str, cases: Sequence[Sequence[str]], foot: str
) -> Paper:
    """Lay out the cases of one committee, to be stamped, or those of all with the name of each."""
    whose = f"推荐单位（盖章）：{committee}" if committee else f"汇总单位：{settings.organizer.name}"
    committees = "" if committee else f"，{len({case[0] for case in cases})} 个{settings.recommender}"
    return Paper(
        title=f"{settings.name}{TITLE}",
        annex="",
        above=whose + (f"　　{chosen}" if chosen else ""),
        tables=[listed(CASE if committee else CASE_OF, [case[1:] if committee else case for case in cases])],
        below=TO_SIGN,
        foot=foot,
        lines=[f"共 {len(cases)} 件{committees}。"],
        width=BROAD,
    )


def listed(columns: Columns, rows: Sequence[Sequence[str]]) -> Table:
    """Make a table whose rows are numbered, under a head that stands on each page."""
    head = Row([Cell(label, CellKind.LABEL) for label, _, _ in columns])
    kinds = [CellKind.LINE if left else CellKind.VALUE for _, _, left in columns]
    numbered = ([str(number), *row] for number, row in enumerate(rows, 1))
    body = [Row([Cell(text, kind) for text, kind in zip(row, kinds, strict=True)], LINE_HEIGHT) for row in numbered]
    return Table([width for _, width, _ in columns], [head, *body], heads=1)


def summary_foot(digest: str, at: str) -> str:
    """Tell when it was made, and what it says."""
    return f"生成时间：{at}　内容摘要：{digest[:SHORT_DIGEST]}"


def summary_name(settings: CampaignSettings, campaign_id: UUID, whose: Part, day: str) -> list[str | Part]:
    """Name the file by year, campaign, committee and day."""
    return [
        year_part(settings.year, campaign_id),
        Part(settings.name, "summary"),
        Part(f"汇总表-{whose.said}", whose.plain),
        day,
    ]


def category_findings(settings: CampaignSettings, chosen: Sequence[object]) -> list[Finding]:
    """Refuse categories that the campaign does not have: the paper would be empty, and be taken for the answer."""
    known = {each.code for each in settings.categories}
    return [UNKNOWN_CATEGORY("/category") for code in chosen if code not in known]


def word_findings(name: str, known: Container[str], chosen: Sequence[str]) -> list[Finding]:
    """Refuse codes that no vocabulary of the office has, for the same reason."""
    return [UNKNOWN_REFERENCE(f"/{name}") for code in chosen if code not in known]


def size_findings(count: int) -> list[Finding]:
    """Refuse more rows than a paper may have."""
    return [TOO_MANY_ROWS(maximum=MOST_CASES)] if count > MOST_CASES else []
