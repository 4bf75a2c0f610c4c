"""An application as plain text, for whoever opens an archive without any program of ours."""

from app.services.policies.filing.forms import FORM, Content
from app.services.policies.filing.notice import CampaignSettings

_HEAD = "申报编号：{number}\n状态：{status}\n推荐单位：{committee_name}\n申报单位：{unit_name}"
_ABOUT = """\
{title}
导出时间：{moment}
申报 {applications} 件，回执 {receipts} 份，以导出者有权查看的为限。
每件的全部内容在以申报编号命名的文件夹中：application.txt 供阅读，application.json 供程序读取，
images 为图片，endorsement 为盖章扫描件。
各文件的 SHA-256 在 manifest-sha256.txt 中。
"""


def about(title: str, moment: str, *, applications: int, receipts: int) -> str:
    """Say what is in an archive, and where."""
    return _ABOUT.format(title=title, moment=moment, applications=applications, receipts=receipts)


def written(number: str, status: str, content: Content, settings: CampaignSettings) -> str:
    """Write the form (附件2) cell by cell under the campaign's own labels, then the pictures."""
    form = content.get("form", {})
    period = " 至 ".join(str(form[name] or "") for name in ("started_on", "ended_on"))
    cells = {settings.label(name): form[name] for name in FORM if not name.endswith("_on")}
    lines = [_line(*cell) for cell in ({settings.label("period"): period} | cells).items()]
    pictures = ["图片 {slot}：{caption}".format_map(image) for image in content.get("images", ())]
    return "\n".join([_HEAD.format(number=number, status=status, **content), *lines, *pictures]) + "\n"


def _line(label: str, value: object) -> str:
    text = str(value or "")
    return f"{label}：\n{text}\n" if "\n" in text else f"{label}：{text}"
