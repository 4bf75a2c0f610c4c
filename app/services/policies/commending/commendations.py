"""The regulation of commendations (通报表彰): drafted, publicised, published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AwardStatus, Role
from app.models.enums import CommendationStatus as Status
from app.services.policies import Act, Event
from app.services.policies.filing.vetoes import vetoed_findings

OFFICE = Role.OFFICE

NO_AWARDS = Rule("no_awards", "尚未拟定任何奖项。", "No award is proposed yet.")
SUMMARY_MISSING = Rule(
    "summary_missing",
    "有 {count} 个案例尚无公开简介，首先是“{name}”。",
    "{count} cases have no public summary yet, “{name}” first.",
)
PUBLICITY_RUNNING = Rule(
    "publicity_running",
    "公示至{until}方结束。",
    "The publicity runs until {until}.",
)
OBJECTIONS_OPEN = Rule(
    "objections_open", "还有 {count} 件异议正在核查。", "{count} objections are still being looked into."
)
NO_CASES = Rule("no_cases", "通报中没有获奖案例，无可汇编。", "The commendation has no awarded case to bind.")
TOO_MANY_CASES = Rule(
    "too_many_cases",
    "一册最多汇编 {maximum} 个案例，此处有 {count} 个。",
    "A booklet has at most {maximum} cases, and these are {count}.",
)
MOST_CASES = 200
"""Cases of one booklet: with eight pictures each it is drawn within the limits of its process."""
AWARDS_HELD = Rule("awards_held", "还有 {count} 项因异议暂缓。", "{count} awards are still held.")


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """The values of one award that the rules judge.

    `application_id` is null unless it is of a case; `vetoed` if an item of the veto list was found of that.
    """

    status: AwardStatus
    name: str
    application_id: UUID | None
    public_summary: str
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class CommendationFacts:
    """The values the rules judge: awards, open objections, and the end of the window in the campaign's time zone."""

    status: Status
    now: datetime
    awards: Sequence[AwardFacts]
    publicity_ends_at: datetime | None = None
    open_objections: int = 0
    calendar: Sequence[Finding] = ()
    """Advice on the days that a window would have which begins now."""


def publicity_findings(facts: CommendationFacts) -> list[Finding]:
    """Findings against publicity: no award, a case without its public summary, or one with a veto found."""
    active = [award for award in facts.awards if award.status in {AwardStatus.PROPOSED, AwardStatus.HELD}]
    missing = [award.name for award in active if award.application_id and not award.public_summary]
    return [
        *([] if active else [NO_AWARDS("/awards")]),
        *([SUMMARY_MISSING("/awards", count=len(missing), name=missing[0])] if missing else []),
        *vetoed_findings([award.name for award in active if award.vetoed], "/awards"),
    ]


def opening_findings(facts: CommendationFacts) -> list[Finding]:
    """Findings against publicity, and advice on its days."""
    return [*publicity_findings(facts), *facts.calendar]


def publication_findings(facts: CommendationFacts) -> list[Finding]:
    """Findings against publication: those against publicity, a window that runs, objections that are open.

    A window of no days has ended when it begins, so that publication may follow at once.
    """
    held = sum(award.status is AwardStatus.HELD for award in facts.awards)
    ends_at = facts.publicity_ends_at
    return [
        *publicity_findings(facts),
        *([PUBLICITY_RUNNING(until=ends_at)] if ends_at is not None and facts.now < ends_at else []),
        *([OBJECTIONS_OPEN(count=facts.open_objections)] if facts.open_objections else []),
        *([AWARDS_HELD(count=held)] if held else []),
    ]


def booklet_findings(facts: CommendationFacts) -> list[Finding]:
    """Findings against a booklet of the awarded cases: there are none, or too many."""
    count = len({award.application_id for award in facts.awards if award.status is AwardStatus.AWARDED} - {None})
    if count > MOST_CASES:
        return [TOO_MANY_CASES("/awards", maximum=MOST_CASES, count=count)]
    return [] if count else [NO_CASES("/awards")]


_Act = Act[Status, CommendationFacts]

EDIT = _Act("edit", Event("commendation.edited", "修改通报", "Changed the commendation"), by={OFFICE: {Status.DRAFT}})
DELETE = _Act("delete", Event("commendation.deleted", "删除通报草稿", "Deleted the draft"), by={OFFICE: {Status.DRAFT}})
PROPOSE_AWARDS = _Act(
    "propose_awards",
    Event("commendation.awards_proposed", "拟定奖项名单", "Proposed awards"),
    by={OFFICE: {Status.DRAFT}},
)
PUBLICISE = _Act(
    "publicise",
    Event("commendation.publicised", "公示", "Publicised it"),
    by={OFFICE: {Status.DRAFT}},
    target=Status.PUBLICISED,
    rules=opening_findings,
)
PUBLISH = _Act(
    "publish",
    Event("commendation.published", "发布通报", "Published it"),
    by={OFFICE: {Status.PUBLICISED}},
    target=Status.PUBLISHED,
    rules=publication_findings,
)
ORDER_BOOKLET = _Act(
    "order_booklet",
    Event("commendation.booklet_ordered", "编印案例汇编", "Had its cases bound into a booklet"),
    by={OFFICE: {Status.PUBLISHED}},
    rules=booklet_findings,
)
ACTS = (EDIT, DELETE, PROPOSE_AWARDS, PUBLICISE, PUBLISH, ORDER_BOOKLET)
