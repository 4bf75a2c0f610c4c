"""Roles and codes of an operation follow from what its function calls, however deep."""

from collections.abc import Callable
from typing import Any

import pytest

from app.api.filing.applications import router
from app.api.http.refusals import PEOPLE_AND_PROGRAMS, reach
from app.models.enums import Role
from app.services import events
from app.services.filing import applications, swaps
from app.services.judging import reviews, rounds
from app.services.people import committees, units
from app.services.policies.filing.applications import RETURN


@pytest.mark.parametrize(
    ("function", "roles"),
    [
        pytest.param(applications.submit, [Role.COMMITTEE, Role.UNIT], id="the table of its act"),
        pytest.param(units.register, [Role.OFFICE, Role.COMMITTEE], id="a demand for one of a table"),
        pytest.param(rounds.begin, [Role.OFFICE], id="a demand for one role"),
        pytest.param(events.feed, [Role.OFFICE, Role.MUNICIPAL], id="a demand for one of a list"),
        pytest.param(swaps.consent, [Role.OFFICE], id="acts and a demand"),
        pytest.param(applications.search, PEOPLE_AND_PROGRAMS, id="nothing"),
    ],
)
def test_roles_are_those_whom_tables_and_demands_let_through(function: Callable[..., Any], roles: list[Role]) -> None:
    assert reach([function]).roles == roles


def test_codes_are_those_of_the_rules_of_its_acts_and_of_the_constraints_of_its_tables() -> None:
    submitting = reach([applications.submit]).codes()
    assert {"too_few_images", "deadline_passed"} <= set(submitting)
    assert not {"award_stands", "seal_missing", "duplicate_image"} & set(submitting)
    assert "duplicate_image" in reach([applications.delete]).codes()
    assert "already_exists" in reach([committees.register]).codes()
    assert "wrong_state" in reach([reviews.reopen]).codes()  # of the round, which a rule of the act asks


def test_telling_what_might_be_done_is_not_doing_it() -> None:
    assert reach([applications.read]).acts == []


def test_the_act_that_a_route_was_made_for_is_found() -> None:
    (returning,) = [each for each in router.routes if each.path.endswith("/return")]
    assert reach([returning.endpoint]).acts == [RETURN]
