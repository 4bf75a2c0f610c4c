from uuid import UUID

import pytest

from app.models.enums import ApplicationStatus, Role
from app.problems import Forbidden, Problem, WrongState
from app.services.policies import judge
from app.services.policies.filing import partners as policy
from app.services.policies.filing.partners import Candidate, PartnerFacts, Partnership

LEAD, OTHER, GONE, LONG = (
    Candidate(UUID(int=number), name, retired)
    for number, name, retired in (
        (1, "龙华社区", False),
        (2, "新华里", False),
        (3, "旧社区", True),
        (4, "长" * 196, False),
    )
)


@pytest.mark.parametrize(
    ("meant", "found"),
    [
        ([], []),
        ([[OTHER]], []),
        ([[LEAD]], [("partner_is_lead", "/partners/0")]),
        ([[OTHER], [OTHER]], [("partner_named_twice", "/partners/1")]),
        ([[]], [("unknown_reference", "/partners/0")]),
        ([[OTHER, GONE]], [("name_not_unique", "/partners/0")]),
        ([[OTHER], [GONE]], [("retired", "/partners/1")]),
        ([[LONG]], [("applicant_too_long", "/partners")]),
    ],
)
def test_who_may_be_named(meant: list[list[Candidate]], found: list[tuple[str, str]]) -> None:
    assert [(each.rule.code, each.pointer) for each in policy.naming_findings(LEAD, meant)] == found


@pytest.mark.parametrize(
    ("partners", "found"),
    [
        ([], []),
        ([("甲", True, False)], []),
        ([("甲", False, False), ("乙", False, False), ("丙", True, False)], [("partner_not_agreed", "甲、乙")]),
        ([("甲", True, True)], [("partner_retired", "甲")]),
        ([("甲", False, True)], [("partner_not_agreed", "甲"), ("partner_retired", "甲")]),
        ([("长" * 196, True, False)], [("applicant_too_long", None)]),
    ],
)
def test_what_a_submission_asks_of_partners(
    partners: list[tuple[str, bool, bool]], found: list[tuple[str, str | None]]
) -> None:
    findings = policy.partner_findings("龙华社区", [Partnership(*each) for each in partners])
    assert [(each.rule.code, each.params.get("names")) for each in findings] == found


def outcome(act: str, role: Role, status: ApplicationStatus, *, agreed: bool) -> type[Problem] | None:
    try:
        judge({each.name: each for each in policy.ACTS}[act], role, PartnerFacts(status, agreed))
    except Problem as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("status", ApplicationStatus)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", ["agree", "leave"])
def test_a_partner_decides_while_the_application_may_be_edited(act: str, role: Role, status: ApplicationStatus) -> None:
    editable = status in {ApplicationStatus.DRAFT, ApplicationStatus.RETURNED}
    expected = Forbidden if role is not Role.UNIT else None if editable else WrongState
    assert outcome(act, role, status, agreed=False) is expected
