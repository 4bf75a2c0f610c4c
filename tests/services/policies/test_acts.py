"""Every act of every table: `actions` says what the command does, and nothing judges beside the act."""

import ast
import pkgutil
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints
from uuid import UUID

import pytest

import app.api
import app.services
from app.findings import Finding
from app.models.enums import (
    ApplicationStatus,
    AwardStatus,
    CampaignStatus,
    CommendationStatus,
    ConflictReason,
    CreditCodeDoubt,
    DeadlineKind,
    EndpointStatus,
    Labelled,
    NominationStatus,
    RankingMethod,
    Role,
    RoundStatus,
)
from app.problems import Forbidden, RulesViolated, WrongState
from app.services import history, policies
from app.services.filing.campaigns import template
from app.services.policies import WRONG_STATE, Act, Event, StatusOnly, actions, judge
from app.services.policies.commending import awards, commendations, objections
from app.services.policies.commending.publications import calendar_advice
from app.services.policies.filing import applications, beginnings, partners, plans, swaps, vetoes
from app.services.policies.filing.deadlines import effective
from app.services.policies.filing.earlier_wins import NOTHING_WON
from app.services.policies.filing.filings import FiledSet
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.scans import ScanFacts
from app.services.policies.filing.veto_settings import VetoItem
from app.services.policies.handover import deliveries, endpoints, nominations
from app.services.policies.judging import proposals, reviews, rounds
from app.services.policies.judging.conflicts import UndecidedConflict
from app.services.policies.people import accounts, units
from tests.world import NOW
from tests.world.filing import CELLS, Case

AnyAct = Act[Any, Any]
Outcome = Forbidden | WrongState | RulesViolated | None

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
APPLICATIONS_DUE, PLANS_DUE = (
    effective(SETTINGS, kind, None) for kind in (DeadlineKind.APPLICATION, DeadlineKind.PLAN)
)
SAMPLE = CampaignSettings.model_validate(template("sample-2025"))
"""With figures of outside and a composite result."""
HOUR = timedelta(hours=1)
CASE = Case("龙华社区", "derun")
CRITERIA = [{"code": "influence", "name": "影响力", "weight": 1, "minimum": 0, "maximum": 100}]
SCORE = {"code": "influence", "score": 80, "remark": ""}
BEGUN = (proposals.REVIEW_BEGUN("/despite_reviews", application_number="1", brand_name="红", reviewer_name="李"),)
FOUND = UndecidedConflict("李", "1", "红", ConflictReason.SAME_PERSON)
PROPOSED, HELD, MUTE, GIVEN = (
    commendations.AwardFacts(status, "红马甲", application_id=UUID(int=1), public_summary=summary)
    for status, summary in (
        (AwardStatus.PROPOSED, "互助"),
        (AwardStatus.HELD, "互助"),
        (AwardStatus.PROPOSED, ""),
        (AwardStatus.AWARDED, "互助"),
    )
)
ON_FILE, DECIDED, SEALED, UNSEALED = (
    applications.ApplicationFacts(
        status,
        SETTINGS,
        NOW,
        {},
        2000,
        6,
        "a" * 64,
        seal,
        CampaignStatus.PUBLISHED,
        False,
        FiledSet(2, 2, 0),
        APPLICATIONS_DUE,
    )
    for status, seal in (
        (ApplicationStatus.FILED, "a" * 64),
        (ApplicationStatus.ACCEPTED, "a" * 64),
        (ApplicationStatus.ENDORSED, "a" * 64),
        (ApplicationStatus.SUBMITTED, None),
    )
)
LIVE, ENTERED = reviews.Sheet(live=True), reviews.Sheet(live=True, entered=True)
RUNNING = [CampaignStatus.PUBLISHED, CampaignStatus.CLOSED]
BOTH = [False, True]

GRIDS: dict[type, dict[str, Sequence[Any]]] = {
    StatusOnly: {},
    units.UnitFacts: {"credit_code": ["91350203M0001QKT19"], "doubt": [None, *CreditCodeDoubt]},
    endpoints.EndpointFacts: {"deliveries": [0, 3]},
    deliveries.DeliveryFacts: {"endpoint_status": [*EndpointStatus]},
    accounts.AccountFacts: {
        "role": [*Role],
        "active_office_accounts": [1, 2],
        "has_code": BOTH,
        "awaits_confirmation": BOTH,
        "issued_by_actor": BOTH,
        "second_factor": BOTH,
    },
    applications.ApplicationFacts: {
        "settings": [SETTINGS],
        "now": [APPLICATIONS_DUE.enforced_at - HOUR, APPLICATIONS_DUE.enforced_at],
        "form": [CELLS, dict.fromkeys(CELLS)],
        "narrative_length": [2000],
        "image_count": [6],
        "content_digest": ["a" * 64],
        "endorsed_digest": [None, "a" * 64, "b" * 64],
        "campaign_status": RUNNING,
        "retired": [False],
        "filed_set": [FiledSet(0, 0, 1), FiledSet(2, 2, 1)],
        "deadline": [APPLICATIONS_DUE],
        "once_filed": BOTH,
        "reconsidered": [False],
        "sent_back": BOTH,
        "nominated": [False],
        "award_stands": BOTH,
        "in_round": [None],
        "past": [NOTHING_WON],
        "vetoes": [{}],
        "siblings": [None],
        "scan": [ScanFacts(damaged=True)],
        "damaged_images": [()],
        "captions": [{1: "义诊"}],
        "image_roles": [()],
        "attachments": [()],
        "unit_name": ["龙华社区"],
        "honour_level": ["district"],
        "titles": [{}],
        "partners": [()],
        "for_unit": [False],
    },
    beginnings.BeginningFacts: {
        "settings": [SETTINGS, SAMPLE],
        "now": [APPLICATIONS_DUE.enforced_at - HOUR, APPLICATIONS_DUE.enforced_at],
        "deadline": [APPLICATIONS_DUE],
        "applicant": [
            None,
            *(
                beginnings.Applicant("龙华社区", level, retired=each)
                for level in ("national", "district")
                for each in BOTH
            ),
        ],
    },
    partners.PartnerFacts: {"agreed": BOTH},
    vetoes.VetoFacts: {"items": [[], [VetoItem(code="fraud", name="弄虚作假")]]},
    swaps.SwapFacts: {
        "filed": [ON_FILE, DECIDED, None],
        "replacement": [SEALED, UNSEALED, None],
        "of_cases": BOTH,
    },
    plans.PlanFacts: {
        "settings": [SETTINGS],
        "now": [PLANS_DUE.enforced_at - HOUR, PLANS_DUE.enforced_at],
        "campaign_status": RUNNING,
        "cases": [[], [CASE], [CASE, CASE], [CASE, CASE._replace(unit_name=None)]],
        "deadline": [PLANS_DUE],
        "leader_named": [True, False],
        "liaison_named": [True, False],
        "correction_due_on": [None, date(2015, 4, 9), date(2015, 12, 31)],
        "units_left": [[(1, "乔屯街道")]],
    },
    rounds.RoundFacts: {
        "now": [NOW],
        "campaign_status": RUNNING,
        "method": [*RankingMethod],
        "reviews_wanted": [3],
        "closes_at": [NOW, NOW + HOUR],
        "intake_limit": [None, 5],
        "source_closed": BOTH,
        "entering": [0, 5, 6],
        "unchecked": [0, 1],
        "panel": [2, 3],
        "missing": [0, 1],
        "sheets": [0, 2],
        "conflicts": [(), (FOUND,)],
        "despite_missing": BOTH,
    },
    reviews.ReviewFacts: {
        "now": [NOW - HOUR, NOW, NOW + HOUR],
        "scores": [[], [SCORE], [SCORE | {"score": 101}]],
        "criteria": [CRITERIA],
        "round_status": [*RoundStatus],
        "opens_at": [NOW],
        "closes_at": [NOW + HOUR],
        "standing": BOTH,
        "sheet": [reviews.Sheet(), LIVE, replace(LIVE, begun=True), ENTERED, replace(ENTERED, own=True)],
    },
    proposals.ProposalFacts: {
        "round_status": [*RoundStatus],
        "outdated": BOTH,
        "shortages": [0, 2],
        "begun": [(), BEGUN],
        "despite_shortages": BOTH,
    },
    commendations.CommendationFacts: {
        "now": [NOW],
        "awards": [[], [PROPOSED], [PROPOSED, HELD], [MUTE], [GIVEN]],
        "publicity_ends_at": [None, NOW, NOW + HOUR],
        "open_objections": [0, 1],
        "calendar": [(), calendar_advice(SETTINGS, NOW.replace(year=2090))],
    },
    objections.PublicityFacts: {
        "role": [*Role],
        "publicity_ends_at": [None, NOW, NOW + HOUR],
        "now": [NOW],
        "organizer": ["路北文明办"],
    },
    awards.AwardFacts: {
        "commendation_status": [*CommendationStatus],
        "nomination": [None, *NominationStatus],
        "despite_decision": BOTH,
        "receiver": ["市文明办"],
    },
    nominations.NominationFacts: {
        "nominee": [
            None,
            *(
                nominations.Nominee(accepted, awarded, allowed)
                for accepted, awarded, allowed in product(BOTH, repeat=3)
            ),
            nominations.Nominee(accepted=True, awarded=True, nominate_accepted=False, current_revision=2),
        ],
        "unchanged": [None, 1],
        "despite_unchanged": BOTH,
    },
    nominations.AwardedCase: {"vetoed": [None, "2015-QT-001"], "current_revision": [None, 2]},
}
"""The values that each kind of facts is tried with, apart from `status`, which takes every state."""

ADVISING = {"application.accepted", "unit.changed"}
"""The rules of these acts refuse nothing."""
SHARED = {"account.reinstated"}
"""An account is reinstated to active or, if nobody has used it yet, to invited: one event for the reader."""


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)


POLICIES = [module for module in modules_of(policies) if "ACTS" in vars(module) or "_Act" in vars(module)]
DECLARED = {id(value): value for module in modules_of(policies) for value in vars(module).values()}
ACTS = [value for value in DECLARED.values() if isinstance(value, Act)]
TABLES = {module.__name__: list(module.ACTS) for module in modules_of(policies) if hasattr(module, "ACTS")}
ALONE = [act for act in ACTS if act not in [each for table in TABLES.values() for each in table]]
"""Acts on what belongs to another concept, and so in no table of their own."""

TRIED = TABLES | {f"{act.event.code} alone": [act] for act in ALONE}
SERVICES = [module for module in modules_of(app.services) if not module.__name__.startswith(policies.__name__)]
ROUTES = list(modules_of(app.api))


@cache
def nodes_of(module: ModuleType) -> list[ast.AST]:
    """The syntax tree of a module, parsed once, in the process whose test asks for it."""
    return list(ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))))


def kinds_of(acts: Iterable[AnyAct]) -> set[Any]:
    """The kind of facts that the rules of these acts take; without rules, a state alone."""
    rules = [rule for act in acts for rule in (act.rules, act.parent, act.early) if rule]
    return {get_type_hints(rule)["facts"] for rule in rules} or {StatusOnly}


def states_of(acts: Iterable[AnyAct]) -> type[Labelled]:
    """The states that what these acts are done to may be in."""
    vocabularies: set[type[Labelled]] = {type(status) for act in acts for its in act.by.values() for status in its}
    (states,) = vocabularies
    return states


def facts_of(acts: Sequence[AnyAct]) -> Iterator[Any]:
    """Every combination of the values that the facts of these acts are tried with, in every state."""
    (kind,) = kinds_of(acts)
    grid = GRIDS[kind] | {"status": list(states_of(acts))}
    for values in product(*grid.values()):
        yield kind(**dict(zip(grid, values, strict=True)))


def outcome(act: AnyAct, role: Role, facts: Any) -> Outcome:
    """Return the refusal that the command meets; None if it does the act."""
    try:
        judge(act, role, facts)
    except (Forbidden, WrongState, RulesViolated) as refusal:
        return refusal
    return None


def agrees(act: AnyAct, role: Role, status: Labelled, listed: list[Finding], met: Outcome) -> bool:
    """Tell whether what was said beforehand is what was met."""
    if isinstance(met, WrongState):
        parents = act.parent is not None and listed[0].params["state"] != status
        return (
            listed[0].rule is WRONG_STATE and listed[0].params == met.params and (parents or status not in act.by[role])
        )
    if isinstance(met, RulesViolated):
        return met.findings == listed and any(finding.refuses for finding in listed) and status in act.by[role]
    return met is None and status in act.by[role] and not any(finding.refuses for finding in listed)


def test_every_kind_of_facts_is_tried_in_every_one_of_its_values() -> None:
    kinds = {kind for acts in TRIED.values() for kind in kinds_of(acts)}
    assert kinds == set(GRIDS)
    untried = {kind: {each.name for each in fields(kind)} - {"status", *GRIDS[kind]} for kind in kinds}
    assert {kind: names for kind, names in untried.items() if names} == {}


@pytest.mark.parametrize("table", TRIED)
def test_what_actions_say_is_what_the_command_does(table: str) -> None:
    acts = TRIED[table]
    by_role = {role: [act for act in acts if role in act.by] for role in Role}
    wrong = [
        (act.name, role, facts, told[act.name], met)
        for facts in facts_of(acts)
        for role, its in by_role.items()
        if its  # what the others are told does not hang on the facts: the next but one
        for told in [actions(acts, role, facts)]
        for act in its
        for met in [outcome(act, role, facts)]
        if told.keys() != {each.name for each in its} or not agrees(act, role, facts.status, told[act.name], met)
    ]
    assert wrong == []


@pytest.mark.parametrize("act", [act for act in ACTS if act.rules], ids=lambda act: act.event.code)
def test_the_rules_of_an_act_are_seen_to_refuse_and_to_let_pass(act: AnyAct) -> None:
    (role, *_) = act.by
    unseen = {type(None)} if act.event.code in ADVISING else {RulesViolated, type(None)}
    for facts in facts_of([act]):
        unseen.discard(type(outcome(act, role, facts)))
        if not unseen:
            break
    assert unseen == set()


def test_a_role_that_is_not_the_acts_is_refused_and_reads_no_rule() -> None:
    """Told nothing but the state, a rule that is asked raises AttributeError."""
    others = [
        (act, role, StatusOnly(status))
        for act in ACTS
        for role in set(Role) - set(act.by)
        for status in states_of([act])
    ]
    assert [each for each in others if not isinstance(outcome(*each), Forbidden)] == []
    assert [(act, role) for act, role, facts in others if actions([act], role, facts)] == []


def test_what_is_offered_is_in_the_table() -> None:
    offered = {module.__name__: module.OFFERED for module in POLICIES if hasattr(module, "OFFERED")}
    assert [act.name for table, acts in offered.items() for act in acts if act not in TABLES[table]] == []


def test_an_event_is_one_acts_unless_it_is_shared_on_purpose() -> None:
    constants = {value.code for value in DECLARED.values() if isinstance(value, Event)}
    times = Counter(act.event.code for act in ACTS) + Counter(constants)
    assert {code for code, count in times.items() if count > 1} == SHARED


def test_a_code_means_one_event() -> None:
    meant = defaultdict(set)
    for value in DECLARED.values():
        if isinstance(value, Act | Event):
            event = value.event if isinstance(value, Act) else value
            meant[event.code].add(event)
    assert [events for events in meant.values() if len(events) > 1] == []


def test_every_event_has_its_words_in_both_languages() -> None:
    events = [act.event for act in ACTS] + [value for value in DECLARED.values() if isinstance(value, Event)]
    for event in events:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", event.code), event
        assert re.search(r"[\u4e00-\u9fff]", event.zh), event
        assert event.en.isascii(), event
        assert event.en[:1].isupper(), event


def resolved(node: ast.AST | None, names: Mapping[str, Any]) -> Any:
    """Return what a name, or an attribute of a module, means where it stands."""
    if isinstance(node, ast.Attribute):
        return getattr(resolved(node.value, names), node.attr, None)
    return names.get(node.id) if isinstance(node, ast.Name) else None


def calls() -> Iterator[tuple[ModuleType, ast.Call, Any]]:
    """Every call of the services, with the function that is called where that can be told."""
    for module in SERVICES:
        for node in nodes_of(module):
            if isinstance(node, ast.Call):
                yield module, node, resolved(node.func, vars(module))


def where(module: ModuleType, function: Callable[..., Any]) -> str:
    return f"{module.__name__.rpartition('.')[2]}: {function.__name__}"


def test_nothing_judges_the_rules_of_an_act_but_the_act() -> None:
    rules = {rule for act in ACTS for rule in (act.rules, act.parent, act.early) if rule}
    by_hand = {where(module, called) for module, _, called in calls() if callable(called) and called in rules}
    assert by_hand == {"imports: code_advice"}, "the rows of an import are advised on before they have acts"


def test_a_move_by_an_act_that_has_rules_is_given_their_facts() -> None:
    blind = [
        where(module, called)
        for module, node, called in calls()
        if called is history.move and len(node.args) == len(["ctx", "subject", "act"])
        for act in [resolved(node.args[2], vars(module))]
        if isinstance(act, Act) and (act.rules or act.parent) and "facts" not in {each.arg for each in node.keywords}
    ]
    assert blind == []


def test_every_act_is_done_by_a_command() -> None:
    done = {id(resolved(node, vars(module))) for module in SERVICES + ROUTES for node in nodes_of(module)}
    followed = {id(act) for act in nominations.BY_ANSWER.values()} | {
        id(value) for module in POLICIES for value in getattr(module, "BECOMING", {}).values()
    }
    assert [act.event.code for act in ACTS if id(act) not in done | followed] == []
