"""Every list of the contract is a table, too, with a Chinese heading for each column."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, Literal, get_origin

import pytest

from app.api.http import tables
from app.api.http.headings import TITLES
from app.api.http.tags import TAGS
from app.main import PRIVATE, PUBLIC
from app.tables.worker import SAYS
from tests.contract.operations import LISTS

CHINESE = re.compile("[\u4e00-\u9fff]")
CODES = {"CommitteeSummary.code", "AccountSummary.username", "AccountSummary.awaits_confirmation"}
"""The code of a committee is known to people; of an account its one-time code is told of, and no cell has it."""
ENDPOINTS = {
    route.endpoint: part.router.tags[0]
    for part in (*PRIVATE, *PUBLIC)
    for route in part.router.routes
    if tables.row_of(inspect.signature(route.endpoint).return_annotation)
}
ROWS = [
    *dict.fromkeys(
        row for each in ENDPOINTS if (row := tables.row_of(inspect.signature(each).return_annotation)) is not None
    )
]


def test_every_list_is_a_table_too() -> None:
    assert len(LISTS) > 50
    assert [name for name, content in LISTS.items() if content != [*tables.FORMS]] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_every_column_has_a_chinese_heading_of_its_own(row: type) -> None:
    """So has every member of an object in a cell, but for one that is said by its name alone."""
    for columns in headed(tables.columns_of(row)):
        headings = [str(column["heading"]) for column in columns]
        assert [heading for heading in headings if not CHINESE.search(heading)] == []
        assert len(headings) == len(set(headings)), headings


def headed(columns: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield columns
    for column in columns:
        if not set(SAYS) & {member["name"] for member in column["members"]}:
            yield from headed(column["members"])


def test_every_code_in_a_cell_is_named_or_known_to_be_one() -> None:
    """A column that holds codes is one of a vocabulary, one of the campaign's own, or heads itself as codes."""
    unnamed = {
        f"{row.__name__}.{column['name']}"
        for row in ROWS
        for column in tables.columns_of(row)
        if re.search(r"\bcodes?\b", row.model_fields[str(column["name"])].description or "")
        and not (column["kind"] or column["labels"] or column["name"] in {*tables.own_of(row), *tables.kept_of(row)})
    }
    assert unnamed == CODES
    choices = {
        f"{row.__name__}.{column['name']}"
        for row in ROWS
        for column in tables.columns_of(row)
        if get_origin(row.model_fields[str(column["name"])].annotation) is Literal and not column["labels"]
    }
    assert choices == set()


def test_every_table_has_a_name_of_its_own_that_a_person_knows() -> None:
    titles = {tag["name"]: tag["description"].partition(":")[0] for tag in TAGS}
    names = [tables.name_of(endpoint) for endpoint in ENDPOINTS]
    said = [tables.title_of(tables.name_of(endpoint), tag, titles) for endpoint, tag in ENDPOINTS.items()]
    assert len(names) == len(set(names)) == len(LISTS)
    assert len(said) == len(set(said)), sorted(said)
    assert [each for each in said if not CHINESE.search(each)] == []
    assert TITLES.keys() <= {*names}
