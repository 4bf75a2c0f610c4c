"""The regulation of applications (附件2): who may do what, and what must be so before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus as Status
from app.models.enums import CampaignStatus, Role, Severity, Term
from app.services.policies import Act, Event, wrong_state
from app.services.policies.filing import filings
from app.services.policies.filing import vetoes as veto_policy
from app.services.policies.filing.attachments import attachment_findings
from app.services.policies.filing.cells import stamp_findings
from app.services.policies.filing.deadlines import Deadline, deadline_findings
from app.services.policies.filing.earlier_wins import NOTHING_WON, Past, win_findings
from app.services.policies.filing.forms import OPEN_TO_EDIT, Form, form_findings
from app.services.policies.filing.notice import CampaignSettings, Coded
from app.services.policies.filing.partners import Partnership, partner_findings
from app.services.policies.filing.recommended import asked_findings
from app.services.policies.filing.scans import NOT_SCANNED, ScanFacts, scan_findings
from app.services.policies.filing.siblings import Siblings, most_together, rest_together, unit_findings
from app.services.policies.people.units import UNIT_RETIRED

UNIT, COMMITTEE, OFFICE = Role.UNIT, Role.COMMITTEE, Role.OFFICE
UNDECIDED = {Status.SUBMITTED, Status.PAUSED}
"""States in which the committee has it and has not decided: it may be returned, and withdrawn by its unit."""

FILED_STATES = frozenset({Status.FILED, Status.ACCEPTED})
"""States of an application that counts as filed with the office."""
DECIDED = frozenset({Status.ACCEPTED, Status.DISQUALIFIED})
"""States in which the formal check has decided."""

TAKEN_BACK = frozenset({Status.DECLINED, Status.WITHDRAWN})
"""States in which a committee has taken back itself what it had filed; everything else of it stays put forward."""

IN_PREPARATION = frozenset(Status) - FILED_STATES - {Status.DECLINED, Status.DISQUALIFIED, Status.WITHDRAWN}
"""States of an application that its unit or its committee still works on."""

OUT_FOR_CORRECTION = IN_PREPARATION - {Status.DRAFT}
"""States of a filed application while it is being corrected."""

CAMPAIGN_NOT_OPEN = Rule("campaign_not_open", "活动尚未发布或已结束。", "The campaign is not published, or is closed.")
TITLE_NOT_ADMITTED = Rule(
    "title_not_admitted",
    "“{unit_name}”为{level}，本次活动限以下称号的单位申报：{levels}。",
    "“{unit_name}” has the title “{level}”: this campaign admits {levels}.",
)
SEAL_MISSING = Rule("seal_missing", "尚未审核盖章。", "It has not been sealed.")
SEAL_OUTDATED = Rule(
    "seal_outdated", "盖章后内容已有改动，须重新审核盖章。", "It changed after it was sealed: seal it again."
)
WITHDRAWAL_BELOW_MINIMUM = Rule(
    "too_few_applications",
    "此后已上报和退回补正的共剩 {count} 件，少于最低 {minimum} 件；须全部撤回，或至少保留 {minimum} 件。",
    "{count} would be left, filed or out for correction, of {minimum} at least: withdraw all, or keep that many.",
)
COMMITTEE_WITHDRAWS = Rule(
    "committee_withdraws",
    "该申报已经上报过，只能由{recommender}撤回。",
    "It was filed before: only the committee can withdraw it.",
)
UNKNOWN_REASON = Rule("unknown_reason", "活动中没有这一原因代码：{code}。", "The campaign has no such reason: {code}.")
CORRECTION_IN_THE_PAST = Rule(
    "deadline_in_the_past",
    "补正期限（{closes_at}）必须晚于当前时间。",
    "The correction date ({closes_at}) must be in the future.",
)
CHECKED_ALREADY = Rule(
    "checked_already",
    "现为“{label}”，不能再调换：调换只能在形式审查作出决定之前进行。",
    "It is {state}: a swap is possible only before the formal check has decided.",
)
NOT_SENT_BACK = Rule(
    "not_sent_back",
    "已推荐{receiver}：只有{receiver}退回后才能要求补正，或先撤回推荐。",
    "It is nominated: it is corrected only when {receiver} has sent it back, or its nomination is withdrawn.",
)
NOMINATED = Rule("nominated", "已推荐{receiver}，请先撤回推荐。", "It is nominated to {receiver}: withdraw that first.")
AWARD_STANDS = Rule(
    "award_stands",
    "该申报已列入奖项，请先移出、取消或撤销其奖项。",
    "There is an award for it: take that out, drop or revoke it first.",
)
UNDER_REVIEW = Rule(
    "under_review",
    "该案例在尚未结束的轮次“{round_name}”中：尚未分配的请先移出，已分配的须待本轮结束。",
    "It is in the round “{round_name}”, which is not closed: take it out if no judge has it, or wait for its end.",
)
CORRECTION_BEGUN = Rule(
    "correction_begun",
    "单位或{recommender}已开始补正，不能再撤销；请待其重新上报。",
    "Its unit or its committee has begun to correct it: wait until it is filed again.",
)
IMAGE_DAMAGED = Rule(
    "image_damaged",
    "第 {slot} 幅图片的数据有损坏，画面可能部分错乱；请查看，必要时用原图更换。",
    "Picture {slot} was painted of damaged data and may be garbled in part: look at it, and replace it if need be.",
    Severity.ADVICE,
)


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """The values that the rules of an application judge, read under the lock that makes them true."""

    status: Status
    settings: CampaignSettings
    now: datetime
    form: Form
    narrative_length: int
    image_count: int
    content_digest: str
    endorsed_digest: str | None
    campaign_status: CampaignStatus
    retired: bool
    filed_set: filings.FiledSet
    deadline: Deadline
    once_filed: bool = False
    reconsidered: bool = False
    """Its committee took it back once it was filed, and considers it again: it is none of the filed set."""
    sent_back: bool = False
    """The municipal office has returned its nomination, which waits to be corrected."""
    scan: ScanFacts = NOT_SCANNED
    damaged_images: Sequence[int] = ()
    """Slots of the pictures that were painted of damaged data."""
    captions: Mapping[int, str] = field(default_factory=dict)
    """图片说明 of the pictures, by slot."""
    image_roles: Sequence[str] = ()
    """Roles of the pictures that have one."""
    attachments: Sequence[str] = ()
    """Kinds of the supporting documents, once for each."""
    nominated: bool = False
    award_stands: bool = False
    """There is an award for it that was neither dropped nor revoked; for its owners only once it is published."""
    in_round: str | None = None
    """Name of a round that is not closed and has it; for the office."""
    unit_name: str = ""
    honour_level: str = ""
    titles: Mapping[str, Term] = field(default_factory=dict)
    """The levels with their words, where the unit's is not admitted."""
    partners: Sequence[Partnership] = ()
    past: Past = NOTHING_WON
    """Awards of before that its campaign looks at."""
    vetoes: veto_policy.Answers = field(default_factory=dict)
    """Answers to the veto list about what is on file; for the office."""
    siblings: Siblings | None = None
    """What is in the other campaigns of its programme, where a rule asks."""
    for_unit: bool = False
    """A unit asks: the set of its committee is not its business."""

    @property
    def put_forward(self) -> bool:
        """Return true if it was filed, and its committee has not taken it back."""
        return self.once_filed and not self.reconsidered and self.status not in TAKEN_BACK

    @property
    def counts_anew(self) -> bool:
        """Return true if it counts only when it is filed again: it was filed once, and its committee declined it."""
        return self.reconsidered or (self.once_filed and self.status is Status.DECLINED)

    @property
    def leaving(self) -> int:
        """Number of cases that the filed set loses when its owners take it back: it, or nothing."""
        return int(self.put_forward)


def title_findings(settings: CampaignSettings, unit_name: str, level: str, titles: Mapping[str, Term]) -> list[Finding]:
    """Require a unit with a title that the notice admits; `titles` are the levels with their words."""
    if settings.admits(level):
        return []
    said, *admitted = (titles.get(code, Term(code)) for code in (level, *settings.honour_levels))
    return [TITLE_NOT_ADMITTED("/unit_id", unit_name=unit_name, level=said, levels=admitted)]


def creation_findings(
    campaign_status: CampaignStatus, *, retired: bool, deadline: Deadline, now: datetime
) -> list[Finding]:
    """Return why nobody may begin an application now; empty when they may."""
    return [
        *([] if campaign_status is CampaignStatus.PUBLISHED else [CAMPAIGN_NOT_OPEN("/campaign_id")]),
        *([UNIT_RETIRED("/unit_id")] if retired else []),
        *deadline_findings(deadline, now),
    ]


def submission_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why the application may not be submitted now; empty when it may."""
    return [
        *open_findings(facts),
        *title_findings(facts.settings, facts.unit_name, facts.honour_level, facts.titles),
        *past_findings(facts),
        *unit_findings(facts.siblings),
        *form_findings(
            facts.settings,
            facts.form,
            facts.deadline,
            narrative_length=facts.narrative_length,
            image_count=facts.image_count,
            captions=facts.captions,
            image_roles=facts.image_roles,
        ),
        *image_findings(facts),
        *attachment_findings(facts.settings, facts.attachments),
        *partner_findings(facts.unit_name, facts.partners),
    ]


def image_findings(facts: ApplicationFacts) -> list[Finding]:
    """Advise a look at the pictures that were painted of damaged data."""
    return [IMAGE_DAMAGED("/images", slot=slot) for slot in facts.damaged_images]


def endorsement_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why it may not be sealed now, and what the committee should look at before."""
    looks = [*image_findings(facts), *stamp_findings(facts.settings.cells)]
    return [*open_findings(facts), *past_findings(facts), *looks]


def past_findings(facts: ApplicationFacts) -> list[Finding]:
    """Name the awards of before because of which it is not taken, or should be looked at."""
    return win_findings(facts.settings.earlier_winners, facts.settings.year, facts.past)


def check_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why the office may not accept it, and what it should look at before."""
    vetoes = veto_policy.veto_findings(facts.settings.vetoes, facts.vetoes)
    return [*vetoes, *past_findings(facts), *scan_findings(facts.scan)]


def open_findings(facts: ApplicationFacts) -> list[Finding]:
    """Require a published campaign and an open deadline: for submitting, endorsing, filing and withdrawing."""
    running = facts.campaign_status is CampaignStatus.PUBLISHED
    return [*([] if running else [CAMPAIGN_NOT_OPEN()]), *deadline_findings(facts.deadline, facts.now)]


def seal_findings(facts: ApplicationFacts) -> list[Finding]:
    """Require a seal that covers exactly the present content."""
    if facts.endorsed_digest is None:
        return [SEAL_MISSING()]
    return [] if facts.endorsed_digest == facts.content_digest else [SEAL_OUTDATED()]


def filing_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why this one may not be filed, not even together with all that the committee has sealed."""
    ordered = [] if facts.once_filed else asked_findings(facts.settings.recommended_order)
    return [*own_filing_findings(facts), *_set_findings(facts), *ordered]


def own_filing_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why this one may not be filed, whatever is filed with it: the set is judged once, as it is named."""
    elsewhere = [*past_findings(facts), *unit_findings(facts.siblings)]
    return [*open_findings(facts), *elsewhere, *seal_findings(facts), *scan_findings(facts.scan)]


def _set_findings(facts: ApplicationFacts) -> list[Finding]:
    """Judge the minimum with everything that is sealed, and the maximum with this one alone."""
    of, settings = facts.filed_set, facts.settings
    few = filings.set_findings(of, of.ready, minimum=settings.minimum_filed, maximum=None, refiled=facts.put_forward)
    many = [*filings.most_findings(of.standing + 1, settings.maximum_filed), *most_together(facts.siblings, 1)]
    return few if facts.put_forward else few + many


def withdrawal_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why it may not be withdrawn alone."""
    return [*own_withdrawal_findings(facts), *_remainder_findings(facts)]


def own_withdrawal_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why it may not be withdrawn, whatever is withdrawn with it.

    Its unit cannot once it was filed; its committee can by then also while the unit corrects it.
    """
    drafted = facts.status is Status.RETURNED and not facts.once_filed
    filed_before = facts.for_unit and facts.once_filed
    return [
        *([wrong_state(facts.status)] if drafted else []),
        *open_findings(facts),
        *award_findings(facts),
        *([COMMITTEE_WITHDRAWS(recommender=facts.settings.recommender)] if filed_before else []),
    ]


def declination_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why its committee may not decline it: it is awarded, or what it was filed with would be too little."""
    return [*award_findings(facts), *_remainder_findings(facts)]


def _remainder_findings(facts: ApplicationFacts) -> list[Finding]:
    if facts.for_unit:
        return []
    left = remainder_findings(facts.settings, facts.filed_set, facts.leaving)
    return left + rest_together(facts.siblings, facts.leaving)


def remainder_findings(settings: CampaignSettings, filed_set: filings.FiledSet, leaving: int) -> list[Finding]:
    """Require that nothing remains, or the minimum: what the office disqualified was put forward all the same.

    The one rule of all that a committee takes back of what it has filed: it withdraws or declines it, or swaps it for
    what was filed with it. What is out for correction remains: it is filed again, whatever else is.
    """
    left = filed_set.put_forward - leaving
    strands = leaving and filed_set.standing > leaving and left < settings.minimum_filed
    return [WITHDRAWAL_BELOW_MINIMUM(count=left, minimum=settings.minimum_filed)] if strands else []


def rest_findings(leaving: Sequence[ApplicationFacts]) -> list[Finding]:
    """Judge what several cases of one set leave behind; where they have different minima, by the lowest."""
    lowest = min((facts.settings for facts in leaving), key=attrgetter("minimum_filed"))
    return remainder_findings(lowest, leaving[0].filed_set, len(leaving))


def reason_findings(known: Sequence[Coded], given: Sequence[str]) -> list[Finding]:
    """Require reasons that the campaign defines."""
    codes = {reason.code for reason in known}
    return [
        UNKNOWN_REASON(f"/reason_codes/{index}", code=code) for index, code in enumerate(given) if code not in codes
    ]


def correction_findings(facts: ApplicationFacts, due_on: date, codes: Sequence[str]) -> list[Finding]:
    """Return why the office may not ask for that correction: nobody could submit it in time, or no such reason."""
    settings = facts.settings
    closed = [] if facts.campaign_status is CampaignStatus.PUBLISHED else [CAMPAIGN_NOT_OPEN()]
    until = settings.end_of(due_on)
    return [
        *closed,
        *([CORRECTION_IN_THE_PAST("/due_on", closes_at=until)] if until <= facts.now else []),
        *decision_findings(facts, settings.return_reasons, codes),
    ]


def decision_findings(facts: ApplicationFacts, reasons: Sequence[Coded], codes: Sequence[str]) -> list[Finding]:
    """Require reasons that the campaign defines, or items of its veto list that were found."""
    vetoes = facts.settings.vetoes
    return [*reason_findings([*reasons, *vetoes], codes), *veto_policy.reason_findings(vetoes, facts.vetoes, codes)]


def award_findings(facts: ApplicationFacts) -> list[Finding]:
    """Refuse what would take its ground away from an award."""
    return [AWARD_STANDS()] if facts.award_stands else []


def sent_back_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return why an accepted application may not be corrected: others build on it, unless they have sent it back."""
    if facts.status is not Status.ACCEPTED or facts.sent_back:
        return []
    return [NOT_SENT_BACK(receiver=facts.settings.city)] if facts.nominated else acceptance_findings(facts)


def acceptance_findings(facts: ApplicationFacts) -> list[Finding]:
    """Return what stands on the acceptance, so that it can neither be taken back nor give way to another decision."""
    if facts.status is not Status.ACCEPTED:
        return []
    return [
        *([NOMINATED(receiver=facts.settings.city)] if facts.nominated else []),
        *award_findings(facts),
        *([UNDER_REVIEW(round_name=facts.in_round)] if facts.in_round else []),
    ]


def untouched_findings(facts: ApplicationFacts) -> list[Finding]:
    """Refuse to recall a correction that has begun and so voided the seal; the office learns of it when it tries."""
    begun = facts.status is Status.RETURNED and (facts.reconsidered or facts.endorsed_digest != facts.content_digest)
    return [CORRECTION_BEGUN(recommender=facts.settings.recommender)] if begun else []


def swap_findings(facts: ApplicationFacts) -> list[Finding]:
    """Require a published campaign and a case the check has not decided on; no deadline is asked for."""
    running = facts.campaign_status is CampaignStatus.PUBLISHED
    return [*([] if running else [CAMPAIGN_NOT_OPEN()]), *decided_findings(facts.status)]


def decided_findings(status: Status) -> list[Finding]:
    """Require a case that is on file and that the formal check has not decided on."""
    return [] if status is Status.FILED else [CHECKED_ALREADY(label=status.label, state=status)]


def reason_for_office(reason: str | None, codes: Sequence[str], status: Status) -> str | None:
    """Return the reason if it is the office's, which has codes, or a withdrawal's; never a committee's to a unit."""
    return reason if codes or status is Status.WITHDRAWN else None


_Act = Act[Status, ApplicationFacts]

EDIT = _Act(
    "edit", Event("application.edited", "修改申报表", "Changed it"), by={UNIT: OPEN_TO_EDIT, COMMITTEE: OPEN_TO_EDIT}
)
DELETE = _Act(
    "delete",
    Event("application.deleted", "删除草稿", "Deleted the draft"),
    by={UNIT: {Status.DRAFT}, COMMITTEE: {Status.DRAFT}},
)
SUBMIT = _Act(
    "submit",
    Event("application.submitted", "提交党（工）委", "Handed it to the committee", handed_in=True),
    by={UNIT: OPEN_TO_EDIT, COMMITTEE: OPEN_TO_EDIT},
    target=Status.SUBMITTED,
    rules=submission_findings,
)
RETURN = _Act(
    "return",
    Event("application.returned", "退回单位修改", "Returned it to the unit"),
    by={COMMITTEE: UNDECIDED},
    target=Status.RETURNED,
)
PAUSE = _Act("pause", Event("application.paused", "暂缓", "Paused it"), {COMMITTEE: {Status.SUBMITTED}}, Status.PAUSED)
RESUME = _Act("resume", Event("application.resumed", "恢复", "Resumed"), {COMMITTEE: {Status.PAUSED}}, Status.SUBMITTED)
DECLINE = _Act(
    "decline",
    Event("application.declined", "遴选未入选", "Declined it in the selection"),
    by={COMMITTEE: {Status.SUBMITTED}},
    target=Status.DECLINED,
    rules=declination_findings,
)
RECONSIDER = _Act(
    "reconsider",
    Event("application.reconsidered", "重新纳入遴选", "Took it back into the selection"),
    by={COMMITTEE: {Status.DECLINED}},
    target=Status.SUBMITTED,
)
ENDORSE = _Act(
    "endorse",
    Event("application.endorsed", "审核盖章", "Sealed it", handed_in=True),
    by={COMMITTEE: {Status.SUBMITTED}},
    target=Status.ENDORSED,
    rules=endorsement_findings,
)
REVOKE_ENDORSEMENT = _Act(
    "revoke_endorsement",
    Event("application.endorsement_revoked", "撤销盖章", "Revoked the seal"),
    by={COMMITTEE: {Status.ENDORSED}},
    target=Status.SUBMITTED,
)
FILE = _Act(
    "file",
    Event("application.filed", "上报", "Filed it with the office", handed_in=True),
    by={COMMITTEE: {Status.ENDORSED}},
    target=Status.FILED,
    rules=filing_findings,
    early=seal_findings,
)
WITHDRAW = _Act(
    "withdraw",
    Event("application.withdrawn", "撤回", "Withdrew it", handed_in=True),
    by={UNIT: UNDECIDED, COMMITTEE: UNDECIDED | {Status.RETURNED, Status.ENDORSED, Status.FILED}},
    target=Status.WITHDRAWN,
    rules=withdrawal_findings,
)
REQUEST_SWAP = _Act(
    "request_swap",
    Event("application.swap_requested", "申请调换", "Asked for a swap", handed_in=True),
    by={COMMITTEE: {Status.FILED}},
    rules=swap_findings,
)
REQUEST_CORRECTION = _Act(
    "request_correction",
    Event("application.correction_requested", "退回补正", "Asked for a correction", handed_in=True),
    by={OFFICE: {Status.FILED, Status.ACCEPTED}},
    target=Status.RETURNED,
    rules=sent_back_findings,
)
ACCEPT = _Act(
    "accept",
    Event("application.accepted", "受理", "Accepted it", handed_in=True),
    by={OFFICE: {Status.FILED}},
    target=Status.ACCEPTED,
    rules=check_findings,
)
DISQUALIFY = _Act(
    "disqualify",
    Event("application.disqualified", "不予受理", "Disqualified it", handed_in=True),
    by={OFFICE: {Status.FILED, Status.ACCEPTED}},
    target=Status.DISQUALIFIED,
    rules=acceptance_findings,
)
TAKE_BACK_CHECK = _Act(
    "take_back_check",
    Event("application.check_taken_back", "撤销审查决定", "Took the decision back", handed_in=True),
    by={OFFICE: {Status.ACCEPTED, Status.DISQUALIFIED, Status.RETURNED}},
    target=Status.FILED,
    rules=acceptance_findings,
)
ACTS = (
    *(EDIT, DELETE, SUBMIT, RETURN, PAUSE, RESUME, DECLINE, RECONSIDER),
    *(ENDORSE, REVOKE_ENDORSEMENT, FILE, WITHDRAW),
    *(REQUEST_SWAP, REQUEST_CORRECTION, ACCEPT, DISQUALIFY, TAKE_BACK_CHECK),
)
