"""A list as the body that its rows make: what is wrong is told at its cell, or of the list as a whole."""

import pytest
from pydantic import Field

from app.inputs import Input
from app.problems import RulesViolated
from app.services.people.listed import validated
from app.services.policies.people.listed import Entry
from app.services.policies.people.listed_bodies import ListBody
from app.services.policies.people.organisation_lists import UNITS

ROW = Entry("单位", 2, "单位!A2", {"name": "甲"}, {"name": "单位!A2"})


class Names(Input):
    """Rows of a list."""

    dry_run: bool
    units: list[dict[str, str]] = Field(max_length=1)


def test_a_body_that_is_as_it_must_be_is_made_of_the_rows() -> None:
    read = ListBody({"units": [{"name": "甲"}]}, {"/units/0": (ROW, UNITS)}, [])
    assert validated(Names, read, lambda _: [], dry_run=True) == Names(dry_run=True, units=[{"name": "甲"}])


def test_a_mistake_is_told_at_its_cell_or_of_the_whole_list() -> None:
    read = ListBody({"units": [{}, {}]}, {"/units/0": (ROW, UNITS)}, [])
    told = [("/units/0/name", "甲错", "wrong"), ("/units", "太长", "too long"), ("/units/0/code", "缺", "missing")]
    with pytest.raises(RulesViolated) as refused:
        validated(Names, read, lambda _: told, dry_run=False)
    found = [(each.rule.code, each.params.get("place"), each.params.get("reason")) for each in refused.value.findings]
    assert found == [("cell_not_valid", "单位!A2", "甲错"), ("list_not_valid", None, "太长")]
