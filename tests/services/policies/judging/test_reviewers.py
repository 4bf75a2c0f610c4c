from app.models.enums import Role
from app.services.policies.judging.reviewers import profile_findings


def test_only_a_reviewer_has_a_profile() -> None:
    assert [role for role in Role if profile_findings(role) == []] == [Role.REVIEWER]
    assert [finding.rule.code for finding in profile_findings(Role.UNIT)] == ["not_a_reviewer"]
