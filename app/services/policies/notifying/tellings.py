"""The table of notices: after which events, to whom, in which words."""

from dataclasses import dataclass

from app.findings import Sentence
from app.models.enums import Role

OFFICE, COMMITTEE, UNIT = Role.OFFICE, Role.COMMITTEE, Role.UNIT
BOTH = (UNIT, COMMITTEE)
TO_WHOM_IT_NAMES: tuple[Role, ...] = ()
"""The one account an event itself is about."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One kind of notice. The account that caused it gets none, unless it is a receipt.

    `formal`: it sets a date or refuses something, so it is mailed regardless of the preference. `by`: only acts of this
    role. `item` words each line that belongs to it.
    """

    kind: str
    to: tuple[Role, ...]
    sentence: Sentence
    after: frozenset[str] = frozenset()
    formal: bool = False
    receipt: bool = False
    once_a_day: bool = False
    once_an_act: bool = False
    by: Role | None = None
    item: Sentence | None = None


def _act(event: str, to: tuple[Role, ...], zh: str, en: str, *, formal: bool = False) -> Telling:
    """Declare the notice of a single event, of the same name."""
    return Telling(event, to, Sentence(zh, en), frozenset({event}), formal=formal)


NAMED = Sentence("“{name}”", "“{name}”")
WITH_STATUS = Sentence("“{name}”：{status}", "“{name}”: {status}")

OF_APPLICATIONS = (
    _act("application.submitted", (COMMITTEE,), "“{name}”已提交，待审核盖章。", "“{name}” was handed in."),
    _act("application.returned", BOTH, "“{name}”被退回修改。", "“{name}” was returned.", formal=True),
    _act("application.paused", BOTH, "“{name}”暂缓办理。", "“{name}” was paused."),
    _act("application.resumed", BOTH, "“{name}”恢复办理。", "“{name}” was resumed."),
    _act("application.declined", BOTH, "“{name}”在遴选中未入选。", "“{name}” was declined."),
    _act("application.reconsidered", BOTH, "“{name}”重新纳入遴选。", "“{name}” is considered again."),
    _act("application.endorsed", BOTH, "“{name}”已审核盖章。", "“{name}” was sealed."),
    _act("application.endorsement_revoked", BOTH, "“{name}”的盖章已撤销。", "The seal of “{name}” was revoked."),
    _act("application.withdrawn", BOTH, "“{name}”已撤回。", "“{name}” was withdrawn."),
    _act("application.filed", (UNIT,), "“{name}”已上报区文明办。", "“{name}” was filed with the office."),
    _act("application.accepted", BOTH, "“{name}”已通过形式审查，予以受理。", "“{name}” was accepted."),
    _act("application.disqualified", BOTH, "“{name}”不予受理。", "“{name}” was disqualified.", formal=True),
    _act(
        "application.correction_requested",
        BOTH,
        "“{name}”被退回补正，请于{until}前重新上报。",
        "“{name}” must be corrected and filed again before {until}.",
        formal=True,
    ),
    Telling(
        "change.application",
        BOTH,
        Sentence("党（工）委修改了“{name}”。", "The committee changed “{name}”."),
        frozenset(
            {
                "application.edited",
                "application.image_added",
                "application.image_described",
                "application.image_removed",
                "application.image_replaced",
                "application.images_arranged",
            }
        ),
        once_a_day=True,
        by=COMMITTEE,
    ),
)
OF_COMMITTEES = (
    Telling(
        "filing.made",
        (COMMITTEE,),
        Sentence("已上报{count}件申报，回执编号{number}。", "Filed: {count}. The receipt's number is {number}."),
        frozenset({"filing.made"}),
        receipt=True,
    ),
    Telling(
        "arrival.filing",
        (OFFICE,),
        Sentence("{committee}上报{count}件申报，回执编号{number}。", "{committee} filed {count}: receipt {number}."),
        frozenset({"filing.made"}),
    ),
    _act("plan.submitted", (COMMITTEE,), "实施计划登记表已报送。", "The plan was handed in."),
    _act("plan.returned", (COMMITTEE,), "实施计划登记表被退回修改。", "The plan was returned.", formal=True),
    Telling(
        "change.plan",
        (COMMITTEE,),
        Sentence("实施计划登记表有修改。", "The plan was changed."),
        frozenset({"plan.created", "plan.edited", "plan.case_linked", "plan.case_unlinked"}),
        once_a_day=True,
    ),
    Telling(
        "extension.granted",
        BOTH,
        Sentence("{deadline}的截止时间延至{until}。", "The deadline ({deadline}) was moved to {until}."),
        frozenset({"extension.granted"}),
        item=NAMED,
    ),
    Telling(
        "extension.revoked",
        BOTH,
        Sentence("{deadline}延至{until}的决定已撤销。", "The later deadline ({deadline}, {until}) was revoked."),
        frozenset({"extension.revoked"}),
        formal=True,
        item=NAMED,
    ),
    Telling(
        "change.committee",
        (COMMITTEE,),
        Sentence("{name}或所属单位的登记资料有变动。", "What is registered of {name} or its units was changed."),
        frozenset(
            {
                "committee.changed",
                "committee.retired",
                "committee.reinstated",
                "unit.created",
                "unit.changed",
                "unit.retired",
                "unit.reinstated",
            }
        ),
        once_a_day=True,
    ),
)
OF_JUDGING = (
    Telling(
        "assignment.made",
        TO_WHOM_IT_NAMES,
        Sentence("“{name}”有新的案例分配给您评审。", "New cases of “{name}” have been given to you to review."),
        frozenset({"assignment.made"}),
        once_an_act=True,
    ),
    _act("award.awarded", BOTH, "“{name}”获“{award}”（{title}）。", "“{name}” was awarded “{award}” ({title})."),
    _act("award.revoked", BOTH, "“{name}”的“{award}”已撤销。", "“{award}” of “{name}” was revoked.", formal=True),
    _act("objection.raised", (OFFICE,), "“{name}”的拟表彰收到异议。", "Somebody objects to the award of “{name}”."),
    Telling(
        "answer.objection",
        TO_WHOM_IT_NAMES,
        Sentence("您对“{name}”提出的异议已有答复。", "Your objection to the award of “{name}” was answered."),
        frozenset({"objection.rejected", "objection.upheld"}),
    ),
)

PLAN_DUE = Telling(
    "reminder.plan",
    (COMMITTEE,),
    Sentence("实施计划登记表尚未报送，截止时间：{until}。", "The plan is not handed in. Deadline: {until}."),
)
FILING_DUE = Telling(
    "reminder.filing",
    (COMMITTEE,),
    Sentence(
        "案例申报截止时间：{until}。已上报{standing}件（至少{minimum}件），待审核盖章或上报{waiting}件。",
        "Deadline of applications: {until}. Filed: {standing} (at least {minimum}); to be sealed or filed: {waiting}.",
    ),
    item=WITH_STATUS,
)
CORRECTIONS_DUE = Telling(
    "reminder.corrections",
    (COMMITTEE,),
    Sentence("须于{until}前重新上报{count}件申报。", "To be filed again before {until}: {count}."),
    item=WITH_STATUS,
)
DRAFTS_DUE = Telling(
    "reminder.drafts",
    (UNIT,),
    Sentence("尚有{count}件申报未提交，截止时间：{until}。", "Not submitted: {count}. Deadline: {until}."),
    item=WITH_STATUS,
)
REVIEWS_DUE = Telling(
    "reminder.reviews",
    TO_WHOM_IT_NAMES,
    Sentence(
        "“{name}”尚有{count}件评审未提交，截止时间：{until}。",
        "Reviews of “{name}” that you have not submitted: {count}. Deadline: {until}.",
    ),
)
PLANS_MISSING = Telling(
    "missing.plans",
    (OFFICE,),
    Sentence(
        "实施计划登记已于{until}截止，未报送：{count}个党（工）委。",
        "The deadline of plans has passed ({until}); committees without one: {count}.",
    ),
    item=Sentence("{name}", "{name}"),
)
FILINGS_MISSING = Telling(
    "missing.filings",
    (OFFICE,),
    Sentence(
        "案例申报已于{until}截止，未报足{minimum}件：{count}个党（工）委。",
        "The deadline of applications has passed ({until}); committees with fewer than {minimum}: {count}.",
    ),
    item=Sentence("{name}：已上报{standing}件", "{name}: filed {standing}"),
)
REVIEWS_MISSING = Telling(
    "missing.reviews",
    (OFFICE,),
    Sentence(
        "“{name}”评审已于{until}截止，未完成：{count}位评委。",
        "The reviews of “{name}” were due {until}; judges who owe some: {count}.",
    ),
    item=Sentence("{name}：{count}件未提交", "{name}: {count} not submitted"),
)
OF_DEADLINES = (
    *(PLAN_DUE, FILING_DUE, CORRECTIONS_DUE, DRAFTS_DUE, REVIEWS_DUE),
    *(PLANS_MISSING, FILINGS_MISSING, REVIEWS_MISSING),
)

TELLINGS = OF_APPLICATIONS + OF_COMMITTEES + OF_JUDGING + OF_DEADLINES
