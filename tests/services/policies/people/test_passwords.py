import pytest

from app.services.policies.people.passwords import Judgement, change_findings, password_findings, remainder


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
    judged = Judgement(guessable=guessable, known_words=guessable)
    findings = password_findings(password, "/password", username="longhua.li", judged=judged)
    assert [finding.rule.code for finding in findings] == codes
    assert {finding.pointer for finding in findings} <= {"/password"}


def test_a_password_of_known_words_is_told_why() -> None:
    judged = Judgement(guessable=False, known_words=True)
    findings = password_findings("lubei-wenming-2015", "/password", username="longhua.li", judged=judged)
    assert [finding.rule.code for finding in findings] == ["password_of_known_words"]


@pytest.mark.parametrize(
    ("password", "rest"),
    [
        ("Tangshan@2015", "@"),
        ("T@NGSH4N", ""),
        ("ｔａｎｇｓｈａｎ１９８２", ""),
        ("唐山人2015", "人"),
        ("li 2015 li", "  "),
        ("brilliant", "brilliant"),
        ("tangshanli", ""),
        ("tin heron 315", "tin heron 315"),
        ("0315-3724062", "-"),
    ],
)
def test_only_what_is_unknown_remains(password: str, rest: str) -> None:
    assert remainder(password, ["Tangshan", "唐山", "li"]) == rest


def test_a_change_needs_the_right_old_password_and_a_new_one() -> None:
    assert change_findings("old", "new", right=True) == []
    found = change_findings("same", "same", right=False)
    assert [(each.rule.code, each.pointer) for each in found] == [
        ("wrong_password", "/current_password"),
        ("password_unchanged", "/new_password"),
    ]
