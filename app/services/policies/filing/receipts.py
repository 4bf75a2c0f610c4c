"""回执: a receipt as a letter to the committee, with what it filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.file_names import Part
from app.printing.paper import Paper
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.summaries import listed

TITLE = "上报回执"
COLUMNS = (
    *(("序号", 14, False), ("申报编号", 31, False), ("申报单位", 30, True), ("品牌名称", 28, True)),
    *(("版本", 14, False), ("内容摘要", 43, False)),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A filing as its receipt says it: to whom, when, what, and by which marks it is recognised."""

    committee: str
    number: str
    at: datetime
    cases: Sequence[Sequence[str]]
    digest: str
    code: str
    order: Sequence[str]


def receipt_paper(settings: CampaignSettings, received: Received) -> Paper:
    """Lay out the receipt of a filing."""
    words = (
        f"你单位在{settings.name}中上报的下列申报品牌（共 {len(received.cases)} 件）已于"
        f"{received.at:%Y年%-m月%-d日 %H:%M} 收到，以下列版本和摘要的内容为准。特此回执。"
    )
    return Paper(
        title=TITLE,
        annex="",
        above=f"回执编号：{received.number}",
        tables=[listed(COLUMNS, received.cases)],
        below="凭核验码，任何人都可以在系统中核对本回执的真伪。",
        foot=f"回执编号：{received.number}",
        code=received.code,
        lines=[
            *([f"推荐排序（由先到后）：{'、'.join(received.order)}"] if received.order else []),
            f"核验码：{received.code}",
            f"全部内容摘要（SHA-256）：{received.digest}",
        ],
        opening=[f"{received.committee}：", words],
        signature=[settings.organizer.name, f"{received.at:%Y年%-m月%-d日}"],
    )


def receipt_name(number: str) -> list[str | Part]:
    """Name the file by the number of the receipt."""
    return [number, Part("上报回执", "receipt")]
