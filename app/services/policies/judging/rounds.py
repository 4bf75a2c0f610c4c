"""The regulation of rounds (评选轮次): their settings, their opening and closing, and the time for scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import CampaignStatus, RankingMethod, Role, RoundIntake, RoundKind, Severity
from app.models.enums import RoundStatus as Status
from app.services.policies import Act, Event, wrong_state
from app.services.policies.filing.applications import CAMPAIGN_NOT_OPEN
from app.services.policies.judging.conflicts import UndecidedConflict, undecided_findings

OFFICE = Role.OFFICE

FEWEST_TO_TRIM = 5
"""Scores a case needs before its highest and its lowest may be left out."""
JUDGED_BY = ("criteria", "blind", "shows_others", "method", "tie_breaks", "seed")
"""Settings that are fixed once a judge has saved a review, because the judge relied on them."""
ENTERED_BY = ("intake", "source_round_id", "intake_limit")
"""Settings that take effect when the round is opened, and are fixed from then on."""

Criteria = Sequence[Mapping[str, Any]]
"""A round's criteria as it keeps them: code, name, weight, minimum, maximum."""

NO_CRITERIA = Rule("no_criteria", "至少应有一项评选标准。", "At least one criterion is needed.")
CODE_TWICE = Rule("code_twice", "代码“{code}”重复。", "The code “{code}” occurs twice.")
UNKNOWN_CRITERION = Rule("unknown_criterion", "本轮没有评选标准“{code}”。", "The round has no criterion “{code}”.")
CLOSES_BEFORE_OPENING = Rule(
    "closes_before_opening",
    "结束时间须晚于开始时间（{opens_at}）。",
    "It must end after it begins ({opens_at}).",
)
SOURCE_NEEDED = Rule(
    "required", "按上一轮名次入围时须填写此项。", "It is needed where the best of an earlier round enter."
)
SOURCE_NOT_WANTED = Rule(
    "not_wanted", "仅在按上一轮名次入围时填写。", "It belongs only where the best of an earlier round enter."
)
CRITERIA_FIXED = Rule(
    "criteria_fixed",
    "已有评委评分（含草稿），不能再修改。",
    "A judge has scored already, be it a draft: it cannot change any more.",
)
INTAKE_FIXED = Rule("intake_fixed", "本轮已开始，入围方式不能再改。", "The round is open: its cases have entered.")
ENTRIES_LISTED = Rule(
    "entries_listed", "已逐件选定案例，请先将其移出。", "Cases have been selected one by one: take them out first."
)
LIVE_NOT_BLIND = Rule(
    "live_not_blind",
    "现场评审不能是盲评：展示、答辩时评委看得到申报者。",
    "A live round is not blind: the judges see who presents.",
)
SCANS_OF_LIVE = Rule(
    "scans_of_live",
    "只有现场评审才有评分表扫描件：书面评审由评委本人评分。",
    "Only a live round has scans of sheets: in a written one the judges score themselves.",
)
KIND_FIXED = Rule("kind_fixed", "本轮已开始，评审方式不能再改。", "The round is open: its kind is fixed.")
ORDER_DRAWN = Rule(
    "order_drawn",
    "出场顺序已由种子 {seed} 抽定，种子不能再改。",
    "The order of appearance was drawn by the seed {seed}: it cannot change any more.",
)
SHEETS_UNCHECKED = Rule(
    "sheets_unchecked",
    "还有 {count} 份代录的评分表未经另一人复核，不计分；确要结束，请注明。",
    "{count} entered sheets were not checked by a second person and would not count: say so if the round shall close.",
)
ALREADY_BEGUN = Rule(
    "already_begun",
    "评审已于{opens_at}开始，开始时间不能再改。",
    "The scoring began at {opens_at}: its beginning cannot be moved.",
)
CLOSES_EARLIER = Rule(
    "closes_earlier",
    "评审期间只能推迟结束时间（现为{closes_at}）。",
    "While the round is open, its end ({closes_at}) may only be moved to later.",
)
SOURCE_NOT_CLOSED = Rule("source_not_closed", "上一轮尚未结束。", "The earlier round is not closed yet.")
NO_ENTRIES = Rule("no_entries", "没有可以进入本轮的案例。", "No case would enter the round.")
TIES_ENTER = Rule(
    "ties_enter",
    "第 {limit} 名有并列，共有 {count} 件入围。",
    "There is a tie at rank {limit}: {count} cases enter.",
    Severity.ADVICE,
)
UNCHECKED_LEFT = Rule(
    "unchecked_left",
    "还有 {count} 件上报的案例未完成形式审查，不会进入本轮。",
    "{count} filed cases have not been checked yet and will not enter.",
    Severity.ADVICE,
)
PANEL_TOO_SMALL = Rule(
    "panel_too_small",
    "评审组现有 {count} 人，少于每件所需的 {wanted} 份评审。",
    "The panel has {count} judges, fewer than the {wanted} reviews wanted for each case.",
)
CLOSES_IN_THE_PAST = Rule(
    "deadline_in_the_past", "结束时间（{closes_at}）必须晚于当前时间。", "The end ({closes_at}) must be in the future."
)
TOO_FEW_TO_TRIM = Rule(
    "too_few_to_trim",
    "每件不足 {minimum} 份评审时，不会去掉最高分和最低分。",
    "With fewer than {minimum} reviews of a case, its highest and lowest are not left out.",
    Severity.ADVICE,
)
REVIEWS_MISSING = Rule(
    "reviews_missing",
    "有 {count} 件案例的评审不足 {wanted} 份。",
    "{count} cases have fewer than {wanted} reviews.",
)
SCORING_NOT_BEGUN = Rule("not_yet_open", "本轮评审自{opens_at}开始。", "The round begins at {opens_at}.")
SCORING_OVER = Rule("deadline_passed", "本轮评审时间已于{closes_at}结束。", "Scoring ended at {closes_at}.")


@dataclass(frozen=True, slots=True)
class RoundSetup:
    """The settings of a round, current or intended."""

    name: str
    kind: RoundKind
    intake: RoundIntake
    source_round_id: UUID | None
    intake_limit: int | None
    criteria: Criteria
    blind: bool
    shows_others: bool
    scans_needed: bool
    method: RankingMethod
    tie_breaks: Sequence[str]
    seed: int
    reviews_wanted: int
    cut: int | None
    opens_at: datetime
    closes_at: datetime


SETUP = tuple(field.name for field in fields(RoundSetup))


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """The facts that the rules decide by, read under the lock of the round."""

    status: Status
    now: datetime
    campaign_status: CampaignStatus
    method: RankingMethod
    reviews_wanted: int
    closes_at: datetime
    intake_limit: int | None
    source_closed: bool
    entering: int
    unchecked: int
    panel: int
    missing: int
    sheets: int = 0
    """Sheets that wait for the second person."""
    conflicts: Sequence[UndecidedConflict] = ()
    despite_missing: bool = False
    """The office closes the round although reviews are missing."""


def scoring_findings(status: Status, opens_at: datetime, closes_at: datetime, now: datetime) -> list[Finding]:
    """Refuse scores while the round is not open, has not begun, or when its time is over."""
    return [
        *([] if status is Status.OPEN else [wrong_state(status)]),
        *([SCORING_NOT_BEGUN(opens_at=opens_at)] if now < opens_at else []),
        *([SCORING_OVER(closes_at=closes_at)] if now >= closes_at else []),
    ]


def setup_findings(setup: RoundSetup) -> list[Finding]:
    """Refuse settings of a round that contradict each other."""
    codes = [criterion["code"] for criterion in setup.criteria]
    ties = setup.tie_breaks
    return [
        *([] if codes else [NO_CRITERIA("/criteria")]),
        *(CODE_TWICE(f"/criteria/{place}/code", code=codes[place]) for place in _repeated(codes)),
        *(CODE_TWICE(f"/tie_breaks/{place}", code=ties[place]) for place in _repeated(ties)),
        *(UNKNOWN_CRITERION(f"/tie_breaks/{place}", code=code) for place, code in enumerate(ties) if code not in codes),
        *([LIVE_NOT_BLIND("/blind")] if setup.kind is RoundKind.LIVE and setup.blind else []),
        *([SCANS_OF_LIVE("/scans_needed")] if setup.kind is not RoundKind.LIVE and setup.scans_needed else []),
        *([] if setup.opens_at < setup.closes_at else [CLOSES_BEFORE_OPENING("/closes_at", opens_at=setup.opens_at)]),
        *_intake_findings(setup),
    ]


def change_findings(
    old: RoundSetup, new: RoundSetup, *, status: Status, listed: bool, reviewed: bool, now: datetime
) -> list[Finding]:
    """Refuse changes that come too late: when cases are listed, the round is open, or a judge has scored."""
    if status is Status.DRAFT:
        leaves = old.intake is RoundIntake.SELECTED and new.intake is not RoundIntake.SELECTED
        return [ENTRIES_LISTED("/intake")] if leaves and listed else []
    changed = {name for name in SETUP if getattr(old, name) != getattr(new, name)}
    return [
        *(INTAKE_FIXED(f"/{name}") for name in ENTERED_BY if name in changed),
        *([KIND_FIXED("/kind")] if "kind" in changed else []),
        *([ORDER_DRAWN("/seed", seed=old.seed)] if "seed" in changed and old.kind is RoundKind.LIVE else []),
        *(CRITERIA_FIXED(f"/{name}") for name in JUDGED_BY if name in changed and reviewed),
        *([ALREADY_BEGUN("/opens_at", opens_at=old.opens_at)] if "opens_at" in changed and old.opens_at <= now else []),
        *([CLOSES_EARLIER("/closes_at", closes_at=old.closes_at)] if new.closes_at < old.closes_at else []),
    ]


def opening_findings(facts: RoundFacts) -> list[Finding]:
    """Return the reasons against opening the round now; none, or advice only, when it may be opened."""
    few = facts.panel < facts.reviews_wanted
    return [
        *([] if facts.campaign_status is CampaignStatus.PUBLISHED else [CAMPAIGN_NOT_OPEN("/campaign_id")]),
        *entering_findings(facts),
        *([PANEL_TOO_SMALL("/reviews_wanted", count=facts.panel, wanted=facts.reviews_wanted)] if few else []),
        *([] if facts.closes_at > facts.now else [CLOSES_IN_THE_PAST("/closes_at", closes_at=facts.closes_at)]),
        *_trimming_findings(facts),
    ]


def entering_findings(facts: RoundFacts) -> list[Finding]:
    """Refuse a round without cases; point out cases that enter by a tie, and those not checked yet."""
    if not facts.source_closed:
        return [SOURCE_NOT_CLOSED("/source_round_id")]
    limit = facts.intake_limit
    tied = limit is not None and facts.entering > limit
    return [
        *([] if facts.entering else [NO_ENTRIES()]),
        *([TIES_ENTER("/intake_limit", limit=limit, count=facts.entering)] if tied else []),
        *([UNCHECKED_LEFT(count=facts.unchecked)] if facts.unchecked else []),
    ]


def closing_findings(facts: RoundFacts) -> list[Finding]:
    """Refuse to close a round with undecided conflicts, or whose cases lack reviews, unless the office insists."""
    lacking = facts.missing and not facts.despite_missing
    return [
        *undecided_findings(facts.conflicts),
        *([SHEETS_UNCHECKED(count=facts.sheets)] if facts.sheets and not facts.despite_missing else []),
        *([REVIEWS_MISSING(count=facts.missing, wanted=facts.reviews_wanted)] if lacking else []),
    ]


def _intake_findings(setup: RoundSetup) -> list[Finding]:
    wanted = setup.intake is RoundIntake.BEST
    rule = SOURCE_NEEDED if wanted else SOURCE_NOT_WANTED
    return [rule(f"/{name}") for name in ENTERED_BY[1:] if (getattr(setup, name) is not None) != wanted]


def _trimming_findings(facts: RoundFacts) -> list[Finding]:
    trims = facts.method is RankingMethod.TRIMMED_MEAN and facts.reviews_wanted < FEWEST_TO_TRIM
    return [TOO_FEW_TO_TRIM("/reviews_wanted", minimum=FEWEST_TO_TRIM)] if trims else []


def _repeated(codes: Sequence[str]) -> list[int]:
    """Return the places of codes that occurred before."""
    return [place for place, code in enumerate(codes) if code in codes[:place]]


_Act = Act[Status, RoundFacts]

EDIT = _Act(
    "edit", Event("round.edited", "修改评选轮次", "Changed the round"), by={OFFICE: {Status.DRAFT, Status.OPEN}}
)
SET_PANEL = _Act(
    "set_panel",
    Event("round.panel_set", "确定评审组", "Said who judges in the round"),
    by={OFFICE: {Status.DRAFT, Status.OPEN}},
)
ADD_ENTRIES = _Act(
    "add_entries",
    Event("round.entries_added", "增加参评案例", "Let cases into the round"),
    by={OFFICE: {Status.DRAFT, Status.OPEN}},
)
REMOVE_ENTRY = _Act(
    "remove_entry",
    Event("round.entry_removed", "移出参评案例", "Took a case out of the round"),
    by={OFFICE: {Status.DRAFT, Status.OPEN}},
)
DELETE = _Act("delete", Event("round.deleted", "删除评选轮次", "Deleted the round"), by={OFFICE: {Status.DRAFT}})
OPEN = _Act(
    "open",
    Event("round.opened", "开始评选轮次", "Opened the round"),
    by={OFFICE: {Status.DRAFT}},
    target=Status.OPEN,
    rules=opening_findings,
)
CLOSE = _Act(
    "close",
    Event("round.closed", "结束评选轮次", "Closed the round"),
    by={OFFICE: {Status.OPEN}},
    target=Status.CLOSED,
    rules=closing_findings,
)
ACTS = (EDIT, SET_PANEL, ADD_ENTRIES, REMOVE_ENTRY, DELETE, OPEN, CLOSE)
