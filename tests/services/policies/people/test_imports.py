from app.services.policies.people.imports import committee_findings, repetitions, unit_findings


def test_a_repetition_points_at_the_later_one_and_names_the_first() -> None:
    found = repetitions([("/0", "甲"), ("/1", "乙"), ("/2", "甲"), ("/3", None), ("/4", None), ("/5", "甲")])
    assert [(each.rule.code, each.pointer, each.params) for each in found] == [
        ("repeated", "/2", {"first": "/0"}),
        ("repeated", "/5", {"first": "/0"}),
    ]


def codes_of(code: str | None, present_code: str | None, *, retired: bool = False) -> list[tuple[str, str | None]]:
    found = committee_findings("/c", code, present_code=present_code, retired=retired, taken={"QT", "WB"})
    return [(each.rule.code, each.pointer) for each in found]


def test_what_stands_against_a_committee() -> None:
    assert codes_of(None, None) == []
    assert codes_of("NEW", None) == []
    assert codes_of("QT", None) == [("already_exists", "/c/code")]
    assert codes_of(None, "QT") == []
    assert codes_of("QT", "QT") == []
    assert codes_of("WB", "QT") == [("code_is_fixed", "/c/code")]
    assert codes_of("NEW", "QT", retired=True) == [("retired", "/c"), ("code_is_fixed", "/c/code")]


def test_what_stands_against_a_unit() -> None:
    table = {
        (retired, taken): [
            (each.rule.code, each.pointer)
            for each in unit_findings("/u", retired=retired, credit_code_is_anothers=taken)
        ]
        for retired in (False, True)
        for taken in (False, True)
    }
    assert table == {
        (False, False): [],
        (False, True): [("already_exists", "/u/credit_code")],
        (True, False): [("retired", "/u")],
        (True, True): [("retired", "/u"), ("already_exists", "/u/credit_code")],
    }
