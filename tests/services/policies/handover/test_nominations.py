import pytest

from app.findings import Finding
from app.models.enums import AnswerKind, Role
from app.models.enums import NominationStatus as Status
from app.services.policies import actions
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.nominations import NominationFacts, Nominee

KINDS = (AnswerKind.RECEIVED, AnswerKind.RETURNED, AnswerKind.ACCEPTED, AnswerKind.DECIDED)
STAYS = None
FOLLOWS = {
    Status.PREPARED: (Status.ACKNOWLEDGED, Status.RETURNED, Status.ACCEPTED, Status.DECIDED),
    Status.DELIVERING: (Status.ACKNOWLEDGED, Status.RETURNED, Status.ACCEPTED, Status.DECIDED),
    Status.DELIVERED: (Status.ACKNOWLEDGED, Status.RETURNED, Status.ACCEPTED, Status.DECIDED),
    Status.ACKNOWLEDGED: (STAYS, Status.RETURNED, Status.ACCEPTED, Status.DECIDED),
    Status.RETURNED: (STAYS, STAYS, Status.ACCEPTED, Status.DECIDED),
    Status.ACCEPTED: (STAYS, Status.RETURNED, STAYS, Status.DECIDED),
    Status.DECIDED: (STAYS, STAYS, STAYS, STAYS),
    Status.REPLACED: (STAYS, STAYS, STAYS, STAYS),
    Status.WITHDRAWN: (STAYS, STAYS, STAYS, STAYS),
}
BY_THE_OFFICE = {
    "edit": {Status.PREPARED},
    "send": {Status.PREPARED},
    "arrive": {Status.PREPARED, Status.DELIVERING},
    "revise": {Status.RETURNED},
    "withdraw": {
        Status.PREPARED,
        Status.DELIVERING,
        Status.DELIVERED,
        Status.ACKNOWLEDGED,
        Status.RETURNED,
        Status.ACCEPTED,
    },
}


def codes(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


@pytest.mark.parametrize("status", Status)
def test_an_answer_leads_where_the_table_says_or_moves_nothing(status: Status) -> None:
    moves = [policy.moved_by(kind, status) for kind in KINDS]
    assert tuple(move and move.target for move in moves) == FOLLOWS[status]


def test_the_office_acts_only_from_these_states_and_nobody_else_does() -> None:
    acts = [act for act in policy.ACTS if act not in policy.BY_ANSWER.values()]
    assert {act.name: act.by for act in acts} == {name: {Role.OFFICE: its} for name, its in BY_THE_OFFICE.items()}


def test_only_the_municipal_office_answers() -> None:
    assert {role for act in policy.BY_ANSWER.values() for role in act.by} == {Role.MUNICIPAL}
    assert set(policy.BY_ANSWER) == set(AnswerKind)


def test_no_act_but_a_new_revision_leads_out_of_what_is_over() -> None:
    over = {Status.DECIDED, Status.REPLACED, Status.WITHDRAWN}
    assert [act for act in policy.ACTS for its in act.by.values() if over & set(its)] == []


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("awarded", [False, True])
@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("standing", [None, 2])
def test_what_is_awarded_or_where_allowed_accepted_is_nominated_once(
    accepted: bool, awarded: bool, allowed: bool, standing: int | None
) -> None:
    found = policy.nomination_findings(Nominee(accepted, awarded, allowed, standing), "/application_id")
    unfit = "neither_awarded_nor_accepted" if allowed else "not_awarded"
    expected = [] if awarded or (accepted and allowed) else [(unfit, "/application_id")]
    assert codes(found) == [*expected, *([("already_nominated", "/application_id")] if standing else [])]


@pytest.mark.parametrize("status", Status)
def test_the_actions_of_the_office_are_the_table(status: Status) -> None:
    offered = actions(policy.OFFERED, Role.OFFICE, NominationFacts(status))
    assert list(offered) == ["edit", "revise", "withdraw"]
    assert all((not findings) == (status in BY_THE_OFFICE[act]) for act, findings in offered.items())
    assert actions(policy.OFFERED, Role.MUNICIPAL, NominationFacts(status)) == {}
