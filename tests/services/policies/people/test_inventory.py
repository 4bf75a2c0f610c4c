"""The inventory of personal data against the models: a new column must be classified."""

import pytest
from sqlalchemy import ARRAY, JSON, Column, Enum, Integer, LargeBinary, String
from sqlalchemy.dialects.postgresql import INET

from app.models import Base
from app.services.policies.people.inventory import IMPERSONAL, KINDS, classified
from app.services.policies.people.retention import KEPT

COLUMNS = {f"{table.name}.{column.name}": column for table in Base.metadata.sorted_tables for column in table.columns}


def can_hold_personal_data(column: Column[object]) -> bool:
    """Return true for whatever people or their devices write: texts, documents, bytes, addresses, lists of these."""
    kind = column.type
    if isinstance(kind, ARRAY):
        return isinstance(kind.item_type, String | Integer)
    return isinstance(kind, String | JSON | LargeBinary | INET) and not isinstance(kind, Enum)


def test_every_column_that_can_hold_personal_data_is_classified_once() -> None:
    able = {name for name, column in COLUMNS.items() if can_hold_personal_data(column)}
    assert able - classified().keys() - IMPERSONAL == set(), "classify it in app/services/policies/people/inventory.py"
    assert (classified().keys() | IMPERSONAL) - able == set(), "there is no such column any more"
    assert classified().keys() & IMPERSONAL == set()
    assert sum(len(kind.columns) for kind in KINDS.values()) == len(classified()), "a column in two kinds"


@pytest.mark.parametrize("name", KINDS)
def test_what_is_deleted_by_itself_is_in_the_table_of_retention(name: str) -> None:
    kept = KINDS[name].kept
    assert not isinstance(kept, str) or kept in KEPT
