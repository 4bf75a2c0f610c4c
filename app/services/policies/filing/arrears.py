"""List of what committees still owe, on paper for the leader."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from app.file_names import Part, year_part
from app.printing.paper import BROAD, Paper
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.progress import Counts
from app.services.policies.filing.summaries import listed

TITLE = "未完成事项清单"
_WHOM = (("主管领导", 36, False), ("联络员", 24, False), ("联系电话", 34, False))


class Notice(NamedTuple):
    """The campaign or the programme that the list is about: its name, its year, its office, and who recommends."""

    name: str
    year: int
    organizer: str
    recommender: str


def of_campaign(settings: CampaignSettings) -> Notice:
    return Notice(settings.name, settings.year, settings.organizer.name, settings.recommender)


def owes(counts: Counts, missing: int, *, plan: bool) -> bool:
    """Return true if a plan, applications to the minimum, or steps of what was begun are still owed."""
    return plan or bool(missing or counts.drafted or counts.submitted or counts.sealed or counts.out_for_correction)


def in_words(counts: Counts, on_file: int, missing: int, *, plan: bool) -> str:
    """Say all that one committee owes; `on_file` counts its cases with those of committees merged into it."""
    steps = (
        ("草稿未提交", counts.drafted),
        ("已提交未盖章", counts.submitted),
        ("已盖章未上报", counts.sealed),
        ("退回补正未重报", counts.out_for_correction),
    )
    said = ["未报送实施计划"] if plan else []
    said += [f"已上报{on_file}件，距最低{on_file + missing}件还差{missing}件"] if missing else []
    return "；".join([*said, *(f"{words}{count}件" for words, count in steps if count)])


def in_all(labelled: Iterable[tuple[str, str]], filed: int, minimum: int, missing: int) -> str:
    """Say what one committee owes in each campaign of a programme, and in all of them together."""
    said = [f"{label}：{words}" for label, words in labelled]
    said += [f"各项合计已上报{filed}件，距最低{minimum}件还差{missing}件"] if missing else []
    return "。".join([*said, ""])


def arrears_paper(notice: Notice, rows: Sequence[Sequence[str]], at: str) -> Paper:
    """Lay out the list."""
    columns = (("序号", 14, False), (notice.recommender, 44, True), ("未完成事项", 95, True), *_WHOM)
    return Paper(
        title=f"{notice.name}{TITLE}",
        annex="",
        above=f"截至：{at}",
        tables=[listed(columns, rows)],
        below="",
        foot=f"{notice.organizer}　生成时间：{at}",
        lines=[f"共 {len(rows)} 个{notice.recommender}有未完成事项。"],
        width=BROAD,
    )


def arrears_name(notice: Notice, its_id: UUID, day: str) -> list[str | Part]:
    """Name the file by year, campaign or programme, and day."""
    return [year_part(notice.year, its_id), Part(f"{notice.name}-{TITLE}", "arrears"), day]
