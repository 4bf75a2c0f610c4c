import pytest

from app.services.policies.people.passwords import change_findings, password_findings


@pytest.mark.parametrize(
    ("password", "guessable", "codes"),
    [
        ("eleven char", False, ["password_too_short"]),
        ("twelve chars", False, []),
        ("竹筏暖壶第七页山雀路灯呢", False, []),
        ("my Longhua.Li password", False, ["password_contains_username"]),
        ("longhua.li", True, ["password_too_short", "password_contains_username", "password_guessable"]),
    ],
)
def test_everything_wrong_with_a_password_is_told_at_once(password: str, guessable: bool, codes: list[str]) -> None:
    findings = password_findings(password, "/password", username="longhua.li", guessable=guessable)
    assert [finding.rule.code for finding in findings] == codes
    assert {finding.pointer for finding in findings} <= {"/password"}


def test_a_change_needs_the_right_old_password_and_a_new_one() -> None:
    assert change_findings("old", "new", right=True) == []
    found = change_findings("same", "same", right=False)
    assert [(each.rule.code, each.pointer) for each in found] == [
        ("wrong_password", "/current_password"),
        ("password_unchanged", "/new_password"),
    ]
