"""The advice on closing a campaign: everything of it that is still open, in the order of the year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import Severity

MOST_NAMES = 10
"""Names that one sentence lists."""

STILL_OPEN = Rule(
    "still_open",
    "{committee_name}：尚有 {count} 件未办完，结束后不再受理。",
    "{committee_name}: {count} are not done; nothing more is accepted once it is closed.",
    Severity.ADVICE,
)
PLANS_OWED = Rule(
    "plans_owed",
    "尚有 {count} 个{recommender}的实施计划未报送或退回后未重报：{names}。",
    "The plans of {count} committees are not submitted, or not again since they were returned: {names_en}.",
    Severity.ADVICE,
)
FILINGS_OWED = Rule(
    "filings_owed",
    "尚有 {count} 个{recommender}上报不足（已上报件数/最低件数）：{names}。",
    "{count} committees have filed too few (filed/minimum): {names_en}.",
    Severity.ADVICE,
)


def _under_way(code: str, zh: str, en: str) -> Rule:
    return Rule(code, f"尚有 {{count}} {zh}。", f"{{count}} {en}.", Severity.ADVICE)


CHECKS_OPEN = _under_way("checks_open", "件已上报案例未作形式审查决定", "filed cases await the formal check")
SWAPS_OPEN = _under_way("swaps_open", "件调换申请未答复", "requests for a swap are not answered")
ROUNDS_OPEN = _under_way("rounds_open", "个评选轮次未结束", "rounds of judging are not closed")
COMMENDATIONS_DRAFTED = _under_way("commendations_drafted", "份通报尚在拟定", "commendations are drafts")
PUBLICITY_OPEN = _under_way("publicity_open", "份通报公示后未发布", "commendations are publicised, not published")
OBJECTIONS_UNANSWERED = _under_way("objections_unanswered", "件异议未答复", "objections are not answered")
NOMINATIONS_OPEN = _under_way("nominations_open", "件择优推荐尚无结果", "nominations have no result yet")
DELIVERIES_PENDING = _under_way("deliveries_pending", "条报送消息未送达", "messages to the city are not delivered")
UNDER_WAY: Mapping[str, Rule] = {
    "unchecked": CHECKS_OPEN,
    "swaps": SWAPS_OPEN,
    "rounds": ROUNDS_OPEN,
    "drafted": COMMENDATIONS_DRAFTED,
    "publicised": PUBLICITY_OPEN,
    "objections": OBJECTIONS_UNANSWERED,
    "nominations": NOMINATIONS_OPEN,
    "deliveries": DELIVERIES_PENDING,
}
"""Work of the office that is under way, by the name of its count, in the order of the year."""


@dataclass(frozen=True, slots=True)
class Owing:
    """A committee, and what of it is not done."""

    committee_id: UUID
    name: str
    in_preparation: int
    plan_owed: bool
    filed: int
    minimum: int

    @property
    def filings_owed(self) -> bool:
        return self.filed < self.minimum

    @property
    def is_done(self) -> bool:
        return not (self.in_preparation or self.plan_owed or self.filings_owed)


def closing_advice(recommender: str, committees: Sequence[Owing], under_way: Mapping[str, int]) -> list[Finding]:
    """Advise on everything that is still open; closing a campaign leaves it as it is. Its notice names recommenders."""
    without_plan = [each.name for each in committees if each.plan_owed]
    below = [f"{each.name} {each.filed}/{each.minimum}" for each in committees if each.filings_owed]
    return [
        *(_of_many(PLANS_OWED, recommender, without_plan)),
        *(
            STILL_OPEN(committee_name=each.name, count=each.in_preparation)
            for each in committees
            if each.in_preparation
        ),
        *(_of_many(FILINGS_OWED, recommender, below)),
        *(rule(count=under_way[name]) for name, rule in UNDER_WAY.items() if under_way[name]),
    ]


def _of_many(rule: Rule, recommender: str, named: Sequence[str]) -> Iterator[Finding]:
    if named:
        names = {"names": _list(named, "、", "等"), "names_en": _list(named, ", ", " and others")}
        yield rule(count=len(named), recommender=recommender, **names)


def _list(names: Sequence[str], between: str, more: str) -> str:
    return between.join(_first(names)) + (more if len(names) > MOST_NAMES else "")


def _first(names: Iterable[str]) -> Iterator[str]:
    return islice(names, MOST_NAMES)
