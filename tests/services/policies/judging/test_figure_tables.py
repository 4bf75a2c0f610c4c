"""Imported figures: every refusal at its row, all at once, and points that are exact."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from app.findings import Finding
from app.models.enums import ApplicationStatus, CampaignStatus, DocumentKind
from app.services.policies.filing import documents
from app.services.policies.filing.figure_settings import FigureSource
from app.services.policies.judging import figure_tables as policy
from app.services.policies.judging.figure_tables import Present, Replacement, Row
from tests.world.figures import VOTES

OPEN, ACCEPTED = CampaignStatus.PUBLISHED, ApplicationStatus.ACCEPTED
ONE, TWO, PROOF, OTHER = (UUID(int=number) for number in range(1, 5))


def source(**changes: Any) -> FigureSource:
    return FigureSource.model_validate(VOTES | changes)


def row(case: UUID | None = ONE, figure: float = 1, status: ApplicationStatus | None = ACCEPTED) -> Row:
    return Row("application_number", case, status if case else None, figure)


def said(found: list[Finding]) -> list[tuple[str, str | None]]:
    return [(each.rule.code, each.pointer) for each in found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(), row(TWO, 0)], []),
        ([row(None)], [("unknown_reference", "/figures/0/application_number")]),
        ([row(None), row(None)], [("unknown_reference", f"/figures/{place}/application_number") for place in (0, 1)]),
        ([row(), row()], [("repeated", "/figures/1/application_number")]),
        ([row(figure=-1)], [("negative_figure", "/figures/0/figure")]),
        (
            [row(None, -1), row(TWO, 1, ApplicationStatus.FILED), row(ONE, -0.5), row(ONE)],
            [
                ("unknown_reference", "/figures/0/application_number"),
                ("negative_figure", "/figures/0/figure"),
                ("not_accepted", "/figures/1/application_number"),
                ("negative_figure", "/figures/2/figure"),
                ("repeated", "/figures/3/application_number"),
            ],
        ),
    ],
)
def test_every_bad_row_is_told_at_once(rows: list[Row], expected: Any) -> None:
    assert said(policy.import_findings(source(), rows, [PROOF], {PROOF})) == expected


@pytest.mark.parametrize("status", ApplicationStatus)
def test_only_an_accepted_case_has_a_figure(status: ApplicationStatus) -> None:
    found = policy.import_findings(source(), [row(status=status)], [PROOF], {PROOF})
    assert said(found) == ([] if status is ACCEPTED else [("not_accepted", "/figures/0/application_number")])


@pytest.mark.parametrize(
    ("required", "named", "expected"),
    [
        (True, [PROOF], []),
        (False, [], []),
        (True, [], [("evidence_needed", "/evidence")]),
        (False, [OTHER], [("not_evidence", "/evidence/0")]),
        (True, [PROOF, OTHER], [("not_evidence", "/evidence/1")]),
    ],
)
def test_a_source_says_whether_it_needs_proof(required: bool, named: list[UUID], expected: Any) -> None:
    found = policy.import_findings(source(evidence_required=required), [row()], named, {PROOF})
    assert said(found) == expected


def test_what_the_notice_does_not_name_is_no_source_and_the_rows_are_judged_as_well() -> None:
    assert said(policy.import_findings(None, [row(None)], [], set())) == [
        ("unknown_figure_source", "/source"),
        ("unknown_reference", "/figures/0/application_number"),
    ]


@pytest.mark.parametrize(
    ("present", "replacement", "expected"),
    [
        (Present(), Replacement(None, None, despite_use=False), []),
        (Present(), Replacement(ONE, "更正", despite_use=False), [("replaced_meanwhile", "/replaces")]),
        (Present(ONE), Replacement(None, None, despite_use=False), [("replaced_meanwhile", "/replaces")]),
        (Present(ONE), Replacement(TWO, "更正", despite_use=True), [("replaced_meanwhile", "/replaces")]),
        (Present(ONE), Replacement(ONE, "更正", despite_use=False), []),
        (Present(ONE), Replacement(ONE, None, despite_use=False), [("required", "/reason")]),
        (Present(ONE, 1), Replacement(ONE, "更正", despite_use=False), [("figures_used", "/despite_use")]),
        (
            Present(ONE, 2),
            Replacement(ONE, None, despite_use=False),
            [("required", "/reason"), ("figures_used", "/despite_use")],
        ),
        (Present(ONE, 1), Replacement(ONE, "更正", despite_use=True), []),
    ],
)
def test_a_table_is_replaced_knowingly(present: Present, replacement: Replacement, expected: Any) -> None:
    assert said(policy.replacement_findings("网络投票", present, replacement)) == expected


@pytest.mark.parametrize(
    ("terms", "figures", "expected"),
    [
        ({}, [3, 1, 0], ["100", "100/3", "0"]),
        ({}, [0, 0], ["0", "0"]),
        ({"scale": "linear", "full_marks": 300}, [100, 300, 900], ["100/3", "100", "100"]),
        ({"scale": "points"}, [86.5, 100, 0], ["173/2", "100", "0"]),
        ({"scale": "points"}, [0.1, 0.3], ["1/10", "3/10"]),
    ],
)
def test_points_are_exact(terms: dict[str, Any], figures: list[float], expected: list[str]) -> None:
    kept = {str(UUID(int=place)): policy.decimal(figure) for place, figure in enumerate(figures)}
    points = policy.points_of(source(**terms), policy.fractions(kept))
    assert [points[UUID(int=place)] for place in range(len(figures))] == [*map(Fraction, expected)]


@pytest.mark.parametrize(("figure", "refused"), [(100, False), (100.01, True), (101, True)])
def test_points_are_at_most_a_hundred(figure: float, refused: bool) -> None:
    found = policy.import_findings(source(scale="points"), [row(figure=figure)], [PROOF], {PROOF})
    assert said(found) == ([("above_full_points", "/figures/0/figure")] if refused else [])


@pytest.mark.parametrize(
    ("kind", "public", "refused"),
    [(kind, public, public and kind is DocumentKind.EVIDENCE) for kind in DocumentKind for public in (True, False)],
)
def test_evidence_is_never_public(kind: DocumentKind, public: bool, refused: bool) -> None:
    assert said(documents.addition_findings(kind, public=public)) == (
        [("evidence_not_public", "/public")] if refused else []
    )
