"""公示 and 通报 on paper: what they say, and the lists of the awarded, by kind and grade, as their annexes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.file_names import Part
from app.findings import Finding, Rule
from app.models.enums import CommendationStatus, Role
from app.printing.notice import Annex, Grade, Notice
from app.services.policies.commending.commendations import NO_AWARDS
from app.services.policies.commending.publications import in_working_days
from app.services.policies.filing.award_settings import AwardKind, Sort
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_settings import NoticeWords

PUBLICITY_PAST = Rule(
    "publicity_past",
    "公示已经结束，名单以通报为准。",
    "The publicity is over: the published list counts.",
)
NOT_PUBLISHED = Rule("not_published", "通报尚未发布。", "The commendation is not published yet.")
TOO_MANY_AWARDS = Rule(
    "too_many_awards",
    "一份文件最多列 {maximum} 个奖项，此处更多，无法排印。",
    "One notice lists at most {maximum} awards, and there are more.",
)
MOST = 2000
"""Awards that one notice lists."""
PUBLICITY = """\
经评选，拟对{campaign}中的下列获奖者（共{count}个）予以{wording}，名单见附件。现予公示，接受社会监督。
公示时间：{days}。公示期内如有异议，请向{office}实名反映，并说明具体事实。
联系人：{contact}，联系电话：{phone}。"""
PUBLICATION = "经评选并公示，决定对{campaign}中的下列获奖者（共{count}个）予以{wording}，名单见附件。"
"""The text of a commendation without a preface."""
UNDATED = "　　　　年　　月　　日"
UNNUMBERED = "　　"
NUMBER = ("序号", 16)
COLUMNS: dict[Sort, Sequence[tuple[str, int]]] = {
    "application": (NUMBER, ("品牌名称", 54), ("申报单位", 43), ("推荐单位", 43)),
    "unit": (NUMBER, ("单位", 80), ("推荐单位", 60)),
    "person": (NUMBER, ("姓名", 30), ("职务", 50), ("单位", 60)),
    "committee": (NUMBER, ("单位", 140)),
}
"""The columns of a list, with their widths in millimetres, by the sort of its recipients."""


@dataclass(frozen=True, slots=True)
class Awarded:
    """A recipient, as a list names them."""

    kind: str
    grade: str | None
    recipient: Sort
    name: str
    person_title: str | None
    unit_name: str | None
    committee_name: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A commendation, as its notices tell it; without dates and number as a draft."""

    title: str
    preface: str
    number: str | None
    publicised_at: datetime | None
    first_on: date | None
    last_on: date | None
    published_at: datetime | None
    year: int
    awarded: Sequence[Awarded]


def publicity_findings(role: Role, status: CommendationStatus, count: int) -> list[Finding]:
    """Refuse the 公示 that is over to all but the office, and one without or with too many awards."""
    past = role is not Role.OFFICE and status is CommendationStatus.PUBLISHED
    return [PUBLICITY_PAST()] if past else _count_findings(count)


def publication_findings(role: Role, status: CommendationStatus, count: int) -> list[Finding]:
    """Refuse the 通报 before its publication to all but the office, and one without or with too many awards."""
    early = role is not Role.OFFICE and status is not CommendationStatus.PUBLISHED
    return [NOT_PUBLISHED()] if early else _count_findings(count)


def publicity_notice(settings: CampaignSettings, told: Announced) -> Notice:
    """Lay out the 公示: it addresses nobody and has no number."""
    words = settings.commendation.notice or NoticeWords()
    wording, organizer = settings.commendation.wording, settings.organizer
    said = (words.publicity or PUBLICITY).format(
        campaign=settings.name,
        wording=wording,
        count=len(told.awarded),
        days=_days(settings, told),
        office=organizer.name,
        contact=organizer.contact_name,
        phone=organizer.phone,
    )
    return Notice(
        head=words.head or f"{organizer.name}文件",
        number="",
        title=f"关于{settings.name}拟{wording}名单的公示",
        addressees="",
        paragraphs=said.split("\n"),
        annexes=[*_annexes(settings, told.awarded)],
        signature=[organizer.name, _dated(settings, told.publicised_at)],
        copies="",
        printed_by="",
        printed_on="",
    )


def publication_notice(settings: CampaignSettings, told: Announced) -> Notice:
    """Lay out the 通报, with a place for the number and the date that it does not have yet."""
    words, organizer = settings.commendation.notice or NoticeWords(), settings.organizer
    usual = PUBLICATION.format(campaign=settings.name, count=len(told.awarded), wording=settings.commendation.wording)
    dated = _dated(settings, told.published_at)
    return Notice(
        head=words.head or f"{organizer.name}文件",
        number=told.number or _unnumbered(settings, told.year),
        title=told.title,
        addressees=f"{words.addressees or settings.forms.senders}：",
        paragraphs=(told.preface or usual).split("\n"),
        annexes=[*_annexes(settings, told.awarded)],
        signature=[organizer.name, dated],
        copies=words.copies or "",
        printed_by=organizer.name,
        printed_on=f"{dated}印发",
    )


def notice_name(notice: Notice, plain: str, what: str) -> list[str | Part]:
    """Name the file of a notice by its title."""
    return [Part(notice.title, f"{plain}-{what}")]


def _count_findings(count: int) -> list[Finding]:
    if count > MOST:
        return [TOO_MANY_AWARDS(maximum=MOST)]
    return [] if count else [NO_AWARDS("/awards")]


def _unnumbered(settings: CampaignSettings, year: int) -> str:
    wording = settings.commendation.document_number
    return wording.replace("{year}", str(year)).replace("{number}", UNNUMBERED)


def _dated(settings: CampaignSettings, at: datetime | None) -> str:
    return f"{at.astimezone(settings.zone):%Y年%-m月%-d日}" if at else UNDATED


def _days(settings: CampaignSettings, told: Announced) -> str:
    """Say from when to when, of a draft for how long."""
    count = settings.commendation.publicity_days
    length = f"{count}个工作日" if in_working_days(settings) else f"{count}天"
    if told.first_on and told.last_on:
        return f"{told.first_on:%Y年%-m月%-d日}至{told.last_on:%Y年%-m月%-d日}，共{length}"
    return f"自发布次日起{length}" if count and not told.publicised_at else "发布当日"


def _annexes(settings: CampaignSettings, awarded: Sequence[Awarded]) -> Iterator[Annex]:
    """Make a list of each kind of award, in the campaign's order of them."""
    known = [kind.code for kind in settings.award_kinds]
    for code in dict.fromkeys((*known, *(each.kind for each in awarded))):
        if of_kind := [each for each in awarded if each.kind == code]:
            yield _annex(settings.award_kind(code), of_kind)


def _annex(kind: AwardKind | None, awarded: Sequence[Awarded]) -> Annex:
    """Make a list of a kind, its grades in their order."""
    grades = {grade.code: grade.name for grade in kind.grades} if kind else {}
    by_grade = [(name, [each for each in awarded if each.grade == code]) for code, name in grades.items()]
    rest = [each for each in awarded if each.grade not in grades]
    parts = [Grade(f"{name}（{len(each)}个）", _rows(each)) for name, each in by_grade if each]
    others = [Grade("", _rows(rest))] if rest else []
    return Annex(f"{kind.name if kind else awarded[0].kind}名单", COLUMNS[awarded[0].recipient], [*parts, *others])


def _rows(awarded: Sequence[Awarded]) -> list[list[str]]:
    return [[str(number), *_cells(each)] for number, each in enumerate(awarded, 1)]


def _cells(each: Awarded) -> list[str]:
    """Fill the columns of the list but for the number."""
    if each.recipient == "application":
        return [each.name, each.unit_name or "", each.committee_name]
    if each.recipient == "unit":
        return [each.name, each.committee_name]
    if each.recipient == "person":
        return [each.name, each.person_title or "", each.unit_name or each.committee_name]
    return [each.name]
