from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from app.algorithms.instance import Shortage, Underload
from app.findings import Finding
from app.models.enums import ConflictReason, Language, ProposalStatus, Role, RoundStatus
from app.services.policies import actions
from app.services.policies.judging import proposals as policy
from app.services.policies.judging.proposals import OpenCase, ProposalFacts


@dataclass(frozen=True)
class Named:
    """A case and a reviewer of it."""

    application_number: str = "2015-QT-001"
    brand_name: str = "红马甲"
    reviewer_name: str = "李文博"
    reviewer_organisation: str = "唐山师范学院"


ANY, NAMED = UUID(int=1), Named()
PROPOSED, APPLIED, UNDONE = ProposalStatus.PROPOSED, ProposalStatus.APPLIED, ProposalStatus.UNDONE
ALLOWED = {
    (RoundStatus.OPEN, PROPOSED): {"apply"},
    (RoundStatus.OPEN, APPLIED): {"undo"},
}


def facts(
    status: ProposalStatus = PROPOSED, round_status: RoundStatus = RoundStatus.OPEN, *, outdated: bool = False
) -> ProposalFacts:
    return ProposalFacts(round_status, status, outdated=outdated, shortages=0)


def codes(findings: list[Finding]) -> list[str]:
    return [finding.rule.code for finding in findings]


@pytest.mark.parametrize("status", ProposalStatus)
@pytest.mark.parametrize("round_status", RoundStatus)
def test_a_proposal_is_applied_once_and_undone_once_while_the_round_is_open(
    status: ProposalStatus, round_status: RoundStatus
) -> None:
    offered = actions(policy.ACTS, Role.OFFICE, facts(status, round_status))
    assert {act for act, findings in offered.items() if not findings} == ALLOWED.get((round_status, status), set())
    assert {code for findings in offered.values() for code in codes(findings)} <= {"wrong_state"}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICE}))
def test_nobody_but_the_office_is_told_of_any_act(role: Role) -> None:
    assert actions(policy.ACTS, role, facts()) == {}


def test_what_has_changed_or_falls_short_is_told_at_once() -> None:
    both = ProposalFacts(RoundStatus.OPEN, PROPOSED, outdated=True, shortages=3)
    assert codes(policy.application_findings(both)) == ["proposal_outdated", "proposal_has_shortages"]
    assert codes(policy.application_findings(replace(both, despite_shortages=True))) == ["proposal_outdated"]
    assert codes(actions(policy.ACTS, Role.OFFICE, both)["apply"]) == ["proposal_outdated", "proposal_has_shortages"]


def test_begun_reviews_stand_in_the_way_of_undoing() -> None:
    begun = policy.begun_findings([NAMED])
    busy = ProposalFacts(RoundStatus.OPEN, APPLIED, outdated=False, shortages=0, begun=tuple(begun))
    assert actions(policy.ACTS, Role.OFFICE, busy)["undo"] == begun
    assert begun[0].worded(Language.ZH).message == (
        "评委“李文博”已开始评审案例 2015-QT-001“红马甲”；如仍要撤销，请予确认。"
    )


def test_a_wave_needs_a_cut_and_something_to_decide() -> None:
    assert codes(policy.wave_findings(None)) == ["cut_required"]
    assert policy.wave_findings(10) == []
    assert codes(policy.chosen_findings(10, 0)) == ["no_open_case"]
    assert policy.chosen_findings(10, 1) == []


@pytest.mark.parametrize(
    ("shortage", "zh", "en"),
    [
        (
            Shortage(ANY, wanted=3, given=1, eligible=1, blocked={}, full=0),
            "案例 2015-QT-001“红马甲”需评审 3 次，只能安排 1 次：评审组 5 人中，可评的只有 1 人。",
            (
                "Case 2015-QT-001 “红马甲” wants 3 reviews and can get 1: "
                "of the 5 reviewers on the panel only 1 may judge it."
            ),
        ),
        (
            Shortage(ANY, wanted=3, given=1, eligible=4, blocked={}, full=3),
            "案例 2015-QT-001“红马甲”需评审 3 次，只能安排 1 次：可评的 4 人中，3 人已达评审件数上限。",
            (
                "Case 2015-QT-001 “红马甲” wants 3 reviews and can get 1: "
                "of the 4 reviewers who may judge it, 3 have as many cases as they can take."
            ),
        ),
    ],
)
def test_a_shortage_names_the_constraint_that_binds(shortage: Shortage, zh: str, en: str) -> None:
    finding = policy.shortage_finding(NAMED, shortage, panel=5)
    assert (finding.worded(Language.ZH).message, finding.worded(Language.EN).message) == (zh, en)


def test_what_keeps_reviewers_away_is_told_reason_by_reason() -> None:
    counts = {"same_unit": 1, "same_committee": 2, "same_person": 3, "declared": 4, "abstained": 5, "recused": 6}
    assert [finding.worded(Language.ZH).message for finding in policy.block_findings(counts)] == [
        "1 人与申报单位为同一单位。",
        "2 人与申报单位同属一个党（工）委。",
        "3 人与申报方账号或联系人的电话相同。",
        "4 人申报了利害关系。",
        "5 人主动弃评。",
        "6 人由主办单位决定回避。",
    ]


def test_every_reason_of_a_conflict_has_its_words() -> None:
    assert set(policy.BLOCKS) == {str(reason) for reason in ConflictReason}


def test_a_wave_says_why_it_spends_reviews_on_a_case() -> None:
    finding = policy.open_finding(NAMED, OpenCase(ANY, rank=4, interval=(2, 7), extra=2), cut=5)
    assert (finding.worded(Language.ZH).message, finding.worded(Language.EN).message) == (
        "案例 2015-QT-001“红马甲”现列第 4 名，名次可能在第 2 名至第 7 名之间，能否进入前 5 名尚无把握，追加评审 2 次。",
        (
            "Case 2015-QT-001 “红马甲” ranks 4, possibly anywhere from 2 to 7: "
            "whether it is among the first 5 is open, so it gets 2 more reviews."
        ),
    )


def test_a_reviewer_left_with_too_few_cases_is_named() -> None:
    finding = policy.underload_finding(NAMED, Underload(ANY, minimum=4, load=2, eligible=2))
    assert finding.worded(Language.ZH).message == (
        "评委“李文博”（唐山师范学院）至少应评 4 件，只能安排 2 件：可评的案例共 2 件。"
    )
    assert not finding.refuses
