"""The values of papers by the names of their placeholders."""

import pytest

from app.models.enums import PaperKind
from app.services.policies.commending import notices
from app.services.policies.filing import decisions, receipts, summaries
from app.services.policies.filing.paper_values import _AWARD, _CASE
from app.services.policies.filing.placeholders import names


@pytest.mark.parametrize(
    ("paper", "columns"),
    [
        (PaperKind.RECEIPT, receipts.COLUMNS),
        (PaperKind.DECISION, decisions.COLUMNS),
        (PaperKind.SUMMARY, summaries.CASE),
        (PaperKind.SUMMARY, summaries.CASE_OF),
    ],
)
def test_each_column_of_a_list_is_a_placeholder_of_its_paper(
    paper: PaperKind, columns: tuple[tuple[str, int, bool], ...]
) -> None:
    assert {_CASE[label] for label, *_ in columns} <= {*names(paper).values()}


@pytest.mark.parametrize("columns", notices.COLUMNS.values(), ids=notices.COLUMNS.keys())
def test_each_column_of_a_list_of_awards_is_a_placeholder(columns: list[tuple[str, int]]) -> None:
    assert {_AWARD[label] for label, _ in columns[2:]} <= {*names(PaperKind.PUBLICATION).values()}
