import pytest

from app.services.policies.judging.round_progress import CaseFigures, case_figures


@pytest.mark.parametrize(
    ("wanted", "assigned", "totals", "expected"),
    [
        (3, 0, [], CaseFigures(3, 3, None, None)),
        (3, 2, [80.0], CaseFigures(1, 2, None, None)),
        (3, 3, [80.0, 80.0], CaseFigures(0, 1, 0.0, 0.0)),
        (3, 3, [70.0, 80.0, 90.0], CaseFigures(0, 0, 10.0, 20.0)),
        (2, 3, [60.0, 70.0, 95.5], CaseFigures(0, 0, 18.3053, 35.5)),
    ],
)
def test_what_a_case_lacks_and_how_far_its_judges_are_apart(
    wanted: int, assigned: int, totals: list[float], expected: CaseFigures
) -> None:
    assert case_figures(wanted, assigned, totals) == expected
