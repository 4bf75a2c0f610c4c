"""Plans and applications as plain text, for whoever opens an archive without any program of ours."""

from collections.abc import Mapping, Sequence

from app.periods import lasting
from app.services.policies.filing.attachments import Stored, attached_to, kind_of
from app.services.policies.filing.cells import text_of
from app.services.policies.filing.forms import FORM, Content
from app.services.policies.filing.images import said_of
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import PERIOD

_HEAD = "申报编号：{number}\n状态：{status}\n推荐单位：{committee_name}\n申报单位：{unit_name}"
_ABOUT = """\
{title}
导出时间：{moment}
申报 {applications} 件，回执 {receipts} 份，实施计划 {plans} 份，以导出者有权查看的为限。
每件的全部内容在以申报编号命名的文件夹中：application.txt 供阅读，application.json 供程序读取，
images 为图片，attachments 为佐证材料，endorsement 为盖章扫描件。
plans 中为各{recommender}的实施计划登记表，receipts 中为回执，
documents 中为活动文件（标题见 documents.json）。extensions.json 为延期，exemptions.json 为特批，swaps.json 为调换，
announcements.json 为补充通知，awards.json 为奖项，score_sheets 中为现场评审的评分表扫描件，
templates 中为主办单位自己的文书模板；没有的不列。
各文件的 SHA-256 在 manifest-sha256.txt 中。
"""


Row = Mapping[str, str | None]
"""A row of a plan, by the names of its cells."""
_LEADER, _LIAISON = ("leader_name", "leader_title"), ("liaison_name", "liaison_phone")
_PLAN = """\
实施计划登记表
{recommender}：{committee_name}
状态：{status}
主管领导：{leader}
联络员：{liaison}
"""


def about(title: str, moment: str, recommender: str, *, applications: int, receipts: int, plans: int) -> str:
    """Say what is in an archive, and where."""
    counts = {"applications": applications, "receipts": receipts, "plans": plans}
    return _ABOUT.format(title=title, moment=moment, recommender=recommender, **counts)


def planned(plan: Mapping[str, object], cases: Sequence[Row], status: str, settings: CampaignSettings) -> str:
    """Write a plan (附件1) row by row, below those who answer for it."""
    leader, liaison = (_said(*(plan[name] for name in names)) for names in (_LEADER, _LIAISON))
    of = {"recommender": settings.recommender, "committee_name": plan["committee_name"]}
    head = _PLAN.format(**of, status=status, leader=leader, liaison=liaison)
    rows = [_row(row, _category(settings, row.get("category"))) for row in cases]
    return head + "".join(f"{number}. {row}\n" for number, row in enumerate(rows, 1))


def written(
    number: str,
    status: str,
    content: Content,
    settings: CampaignSettings,
    *,
    topic: str | None = None,
    rank: int | None = None,
) -> str:
    """Write the form (附件2) cell by cell under the campaign's labels, with the topic (子项), then the pictures.

    Its place of the recommended order, if it has one, stands above.
    """
    form = content.get("form", {})
    period = lasting(*(form[name] for name in PERIOD))
    said = {**form, "category": _category(settings, form.get("category"))}
    cells = {settings.label(name): said[name] for name in FORM if name not in PERIOD}
    lines = [_line("推荐排序", f"第 {rank} 位")] if rank else []
    lines += [_line(*cell) for cell in ({settings.label("period"): period} | cells).items()]
    lines += [_line(settings.topic_label, settings.topic_name(topic))] if topic else []
    own = form.get("cells", {})
    lines += [_line(cell.name, text_of(own[cell.code], cell)) for cell in settings.cells if cell.code in own]
    pictures = [f"图片 {each['slot']}：{said_of(settings.images, each)}" for each in content.get("images", ())]
    attached = [_attached(settings, *each) for each in enumerate(attached_to(content), 1)]
    return "\n".join([_HEAD.format(number=number, status=status, **content), *lines, *pictures, *attached]) + "\n"


def _attached(settings: CampaignSettings, place: int, attachment: Stored) -> str:
    kind = kind_of(settings, attachment.kind)
    return f"佐证材料 {place}（{kind.name if kind else attachment.kind}）：{attachment.title}"


def _row(row: Row, category: str | None) -> str:
    return f"{row.get('name') or ''}（{_said(row.get('unit_name'), category)}）"


def _category(settings: CampaignSettings, code: str | None) -> str | None:
    return next((each.name for each in settings.categories if each.code == code), code)


def _said(*words: object) -> str:
    return "，".join(str(word) for word in words if word)


def _line(label: str, value: object) -> str:
    text = str(value or "")
    return f"{label}：\n{text}\n" if "\n" in text else f"{label}：{text}"
