"""The office's decisions on what was filed, each as a letter with its number, date, reasons and deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.file_names import Part
from app.findings import Sentence, said
from app.models.enums import CheckDecision, Language
from app.printing.paper import Paper, Table
from app.services.policies.filing import applications as acts
from app.services.policies.filing.notice import CampaignSettings, Coded
from app.services.policies.filing.prints import SHORT_DIGEST
from app.services.policies.filing.summaries import listed

EVENTS = {
    act.event.code: decision
    for act, decision in (
        (acts.ACCEPT, CheckDecision.ACCEPT),
        (acts.REQUEST_CORRECTION, CheckDecision.REQUEST_CORRECTION),
        (acts.DISQUALIFY, CheckDecision.DISQUALIFY),
        (acts.TAKE_BACK_CHECK, CheckDecision.TAKE_BACK),
    )
}
"""The events of the history that are decisions."""
TITLES = {
    CheckDecision.ACCEPT: Part("受理通知书", "acceptance"),
    CheckDecision.REQUEST_CORRECTION: Part("补正通知书", "correction"),
    CheckDecision.DISQUALIFY: Part("不予受理通知书", "disqualification"),
    CheckDecision.TAKE_BACK: Part("撤销审查决定通知书", "reversal"),
}
_DECIDED = {
    decision: Sentence(f"你单位申报的品牌“{{brand}}”（{{case}}），{words}", "")
    for decision, words in {
        CheckDecision.ACCEPT: "经形式审查，符合要求，予以受理。",
        CheckDecision.REQUEST_CORRECTION: "经形式审查，需要补正，原因如下：",
        CheckDecision.DISQUALIFY: "经形式审查，不予受理，原因如下：",
        CheckDecision.TAKE_BACK: "此前对它作出的审查决定（编号 {before}）现予撤销，恢复为已上报状态。",
    }.items()
}
"""The letters are Chinese, as their readers are."""
COLUMNS = (("序号", 16, False), ("原因", 144, True))


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, what it was about, and what became of it."""

    number: str
    decision: CheckDecision
    at: datetime
    unit: str
    brand: str
    application_number: str
    version: int
    digest: str
    reason_codes: Sequence[str]
    remark: str | None
    until: datetime | None
    before: str
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


def number_of(application_number: str, place: int) -> str:
    """Number a decision within its application: a history is only added to, and so the number stays."""
    return f"{application_number}-D{place:02d}"


def reasons_of(settings: CampaignSettings, codes: Sequence[str]) -> list[str]:
    """Return the reasons in the campaign's words, or the code of one that is not there any more."""
    known: Sequence[Coded] = (*settings.return_reasons, *settings.disqualification_reasons, *settings.vetoes)
    names = {each.code: each.name for each in known}
    return [names.get(code, code) for code in codes]


def decision_paper(settings: CampaignSettings, decided: Decided) -> Paper:
    """Lay out the letter to the unit."""
    words = _DECIDED[decided.decision].say(
        Language.ZH,
        brand=decided.brand,
        case=f"申报编号 {decided.application_number}，第{decided.version}版，内容摘要 {decided.digest[:SHORT_DIGEST]}",
        before=decided.before,
    )
    return Paper(
        title=TITLES[decided.decision].said,
        annex="",
        above=f"编号：{decided.number}",
        tables=_reasons(settings, decided),
        below="",
        foot=f"{settings.name}　编号：{decided.number}",
        lines=_after(settings, decided),
        opening=[f"{decided.unit}：", words],
        signature=[settings.organizer.name, f"{decided.at.astimezone(settings.zone):%Y年%-m月%-d日}"],
    )


def decision_name(decided: Decided) -> list[str | Part]:
    """Name the file by the number and the kind of the decision."""
    return [decided.number, TITLES[decided.decision]]


def _reasons(settings: CampaignSettings, decided: Decided) -> list[Table]:
    reasons = reasons_of(settings, decided.reason_codes)
    return [listed(COLUMNS, [[reason] for reason in reasons])] if reasons else []


def _after(settings: CampaignSettings, decided: Decided) -> list[str]:
    """Say the remark, until when it is to be corrected, whom to ask, and whether the decision still counts."""
    label = "原因" if decided.decision is CheckDecision.TAKE_BACK else "说明"
    lines = [f"{label}：{decided.remark}"] if decided.remark else []
    if decided.until:
        until = said(decided.until.astimezone(settings.zone), Language.ZH)
        lines.append(f"请于{until}前补正，重新提交，由推荐单位审核盖章后上报。")
    lines.append(f"联系人：{settings.organizer.contact_name}　联系电话：{settings.organizer.phone}")
    if decided.withdrawn_at:
        at = f"{decided.withdrawn_at.astimezone(settings.zone):%Y年%-m月%-d日 %H:%M}"
        lines.append(f"【本决定已于{at} 撤销，原因：{decided.withdrawal_reason or ''}】")
    return lines
