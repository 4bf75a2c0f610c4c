"""List of what committees still owe, on paper for the leader."""

from collections.abc import Sequence
from uuid import UUID

from app.file_names import Part, year_part
from app.printing.paper import BROAD, Paper
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.progress import Counts
from app.services.policies.filing.summaries import listed

TITLE = "未完成事项清单"
_WHOM = (("主管领导", 36, False), ("联络员", 24, False), ("联系电话", 34, False))


def missing(counts: Counts, minimum: int, *, direct: bool) -> int:
    """Count the applications that are missing to the minimum; units without a committee owe no number together."""
    return 0 if direct else max(0, minimum - counts.standing)


def owes(counts: Counts, missing: int, *, plan: bool) -> bool:
    """Return true if a plan, applications to the minimum, or steps of what was begun are still owed."""
    return plan or bool(missing or counts.drafted or counts.submitted or counts.sealed or counts.out_for_correction)


def in_words(counts: Counts, missing: int, minimum: int, *, plan: bool) -> str:
    """Say all that one committee owes."""
    steps = (
        ("草稿未提交", counts.drafted),
        ("已提交未盖章", counts.submitted),
        ("已盖章未上报", counts.sealed),
        ("退回补正未重报", counts.out_for_correction),
    )
    said = ["未报送实施计划"] if plan else []
    said += [f"已上报{counts.standing}件，距最低{minimum}件还差{missing}件"] if missing else []
    return "；".join([*said, *(f"{words}{count}件" for words, count in steps if count)])


def arrears_paper(settings: CampaignSettings, rows: Sequence[Sequence[str]], at: str) -> Paper:
    """Lay out the list."""
    columns = (("序号", 14, False), (settings.recommender, 44, True), ("未完成事项", 95, True), *_WHOM)
    return Paper(
        title=f"{settings.name}{TITLE}",
        annex="",
        above=f"截至：{at}",
        tables=[listed(columns, rows)],
        below="",
        foot=f"{settings.organizer.name}　生成时间：{at}",
        lines=[f"共 {len(rows)} 个{settings.recommender}有未完成事项。"],
        width=BROAD,
    )


def arrears_name(settings: CampaignSettings, campaign_id: UUID, day: str) -> list[str | Part]:
    """Name the file by year, campaign and day."""
    return [year_part(settings.year, campaign_id), Part(f"{settings.name}-{TITLE}", "arrears"), day]
