"""Letters of the office beside its decisions: a plan sent back, a swap answered, an extension granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.file_names import Part
from app.findings import Finding, Rule, said
from app.models.enums import DeadlineKind, ExtensionCause, Language, SwapStatus
from app.printing.paper import Paper, Table
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.summaries import listed

PLAN_RETURN, SWAP_ANSWER = Part("实施计划退回修改通知书", "plan-return"), Part("调换申请答复书", "swap-answer")
EXTENSION = Part("延期通知书", "extension")
ANSWERED = (SwapStatus.CONSENTED, SwapStatus.DECLINED)
_REASON = (("序号", 16, False), ("原因", 144, True))
_SWAPPED = (("序号", 16, False), ("事项", 40, False), ("申报编号", 44, False), ("品牌名称", 60, True))

NOT_ANSWERED = Rule(
    "not_answered",
    "调换申请现为“{label}”，主办单位没有答复，无答复书。",
    "The request for a swap is {state}: the office gave no answer, and there is no letter.",
)
TOLD_ELSEWHERE = Rule(
    "told_elsewhere",
    "该期限随退回补正而定，见补正或退回修改通知书。",
    "It came with something that was sent back: see the letter that says so.",
)


@dataclass(frozen=True, slots=True)
class PlanReturned:
    """The return of a plan: its number among those of the plan, why, and until when it may be handed in again."""

    committee: str
    code: str
    place: int
    at: datetime
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SwapAnswered:
    """An answer to a request for a swap: what was asked, with the numbers and names of its cases, and what was said.

    Without `incoming` the scan alone is exchanged.
    """

    committee: str
    place: int
    outgoing: tuple[str, str]
    incoming: tuple[str, str] | None
    asked_at: datetime
    reason: str
    status: SwapStatus
    at: datetime
    answer: str | None


@dataclass(frozen=True, slots=True)
class Extended:
    """A later deadline of a committee, or of one application: its number among theirs, why, and whether it counts."""

    committee: str
    code: str
    application_number: str | None
    kind: DeadlineKind
    place: int
    at: datetime
    until: datetime
    reason: str
    revoked_at: datetime | None
    revocation_reason: str | None


def has_answer(status: SwapStatus) -> bool:
    """Return true for a request that the office answered: one that waits, or was taken back, has no letter."""
    return status in ANSWERED


def answer_findings(status: SwapStatus) -> list[Finding]:
    """Require an answer of the office."""
    return [] if has_answer(status) else [NOT_ANSWERED(label=status.label, state=status)]


def is_granted(cause: ExtensionCause) -> bool:
    """Return true for a grant: days that came with a return are told in its letter."""
    return cause is ExtensionCause.GRANT


def extension_findings(cause: ExtensionCause) -> list[Finding]:
    """Require a grant."""
    return [] if is_granted(cause) else [TOLD_ELSEWHERE()]


def plan_number(settings: CampaignSettings, returned: PlanReturned) -> str:
    return f"{settings.year}-{returned.code}-P{returned.place:02d}"


def swap_number(answered: SwapAnswered) -> str:
    return f"{answered.outgoing[0]}-S{answered.place:02d}"


def extension_number(settings: CampaignSettings, extended: Extended) -> str:
    """Number it within what it is for, so that the number tells nothing of others."""
    of_committee = f"{settings.year}-{extended.code}{'-PLAN' if extended.kind is DeadlineKind.PLAN else ''}"
    return f"{extended.application_number or of_committee}-E{extended.place:02d}"


def plan_letter(settings: CampaignSettings, returned: PlanReturned) -> Paper:
    """Lay out the letter that a plan comes back with."""
    words = f"你单位报送的{settings.name}实施计划登记表经审查，需要修改，现予退回，原因如下："
    due = f"请于{_said(settings, returned.until)}前修改，重新报送。" if returned.until else "请修改后重新报送。"
    return _letter(
        settings,
        PLAN_RETURN,
        plan_number(settings, returned),
        returned.at,
        [f"{returned.committee}：", words],
        tables=[listed(_REASON, [[returned.reason]])],
        lines=[due],
    )


def swap_letter(settings: CampaignSettings, answered: SwapAnswered) -> Paper:
    """Lay out the answer to a request for a swap."""
    asked = f"你单位{_day(settings, answered.asked_at)}提出的调换申请收悉，申请理由：{answered.reason}"
    agreed = answered.status is SwapStatus.CONSENTED
    done = "按新的上报回执执行" if answered.incoming else "原申报内容不变"
    words = f"经研究，同意下列调换，{done}：" if agreed else "经研究，不同意下列调换，原上报材料不变："
    rows = [["调出" if answered.incoming else "更换盖章扫描件", *answered.outgoing]]
    rows += [["调入", *answered.incoming]] if answered.incoming else []
    remark = [f"{'说明' if agreed else '原因'}：{answered.answer}"] if answered.answer else []
    return _letter(
        settings,
        SWAP_ANSWER,
        swap_number(answered),
        answered.at,
        [f"{answered.committee}：", _ended(asked), words],
        tables=[listed(_SWAPPED, rows)],
        lines=remark,
    )


def extension_letter(settings: CampaignSettings, extended: Extended) -> Paper:
    """Lay out the letter that grants a later deadline, or says that it was revoked."""
    what = f"{settings.name}{'报送实施计划登记表' if extended.kind is DeadlineKind.PLAN else '申报品牌'}"
    whose = f"申报编号 {extended.application_number} 在" if extended.application_number else "你单位在"
    words = f"经研究，同意{whose}{what}的截止时间延至{_said(settings, extended.until)}。"
    lines = [f"原因：{extended.reason}"]
    if extended.revoked_at:
        at = f"{extended.revoked_at.astimezone(settings.zone):%Y年%-m月%-d日 %H:%M}"
        lines.append(f"【本延期已于{at} 撤销，原因：{extended.revocation_reason or ''}】")
    return _letter(
        settings,
        EXTENSION,
        extension_number(settings, extended),
        extended.at,
        [f"{extended.committee}：", words],
        lines=lines,
    )


def _letter(  # the parts of every letter
    settings: CampaignSettings,
    title: Part,
    number: str,
    at: datetime,
    opening: Sequence[str],
    *,
    lines: Sequence[str],
    tables: Sequence[Table] = (),
) -> Paper:
    contact = f"联系人：{settings.organizer.contact_name}　联系电话：{settings.organizer.phone}"
    return Paper(
        title=title.said,
        annex="",
        above=f"编号：{number}",
        tables=tables,
        below="",
        foot=f"{settings.name}　编号：{number}",
        lines=[*lines, contact],
        opening=opening,
        signature=[settings.organizer.name, _day(settings, at)],
    )


def _day(settings: CampaignSettings, at: datetime) -> str:
    return f"{at.astimezone(settings.zone):%Y年%-m月%-d日}"


def _said(settings: CampaignSettings, until: datetime) -> str:
    words: str = said(until.astimezone(settings.zone), Language.ZH)
    return words


def _ended(sentence: str) -> str:
    """End a sentence that somebody wrote, unless they did."""
    return sentence if sentence.endswith(("。", "！", "？", "…", ".")) else f"{sentence}。"
