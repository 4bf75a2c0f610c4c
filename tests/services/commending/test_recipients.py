from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app.models.enums import AwardStatus
from app.services.policies.constraints import finding_of
from tests.world import World
from tests.world.commending import Commending
from tests.world.winners import winners

NOBODY: dict[str, Any] = {"application_id": None, "version_id": None}


@pytest.fixture
async def place(world: World) -> Commending:
    return await winners(world)


def of(place: Commending, sort: str, unit: int = 0) -> dict[str, Any]:
    """The columns of an award for a committee, for a unit of it, or for a person of either."""
    committee, house = place.committees[unit], place.units[unit]
    values = NOBODY | {"to_committee_id": committee.id, "to_committee_name": committee.name}
    if sort.startswith("unit"):
        values |= {"to_unit_id": house.id, "to_unit_name": house.name}
    return values | ({"person_name": "王芳"} if sort.endswith("person") else {})


async def test_the_database_holds_each_recipient_once_and_knows_them_apart(place: Commending) -> None:
    keys = {"committee": "committee", "unit": "unit", "unit person": "person", "committee person": "person"}
    other = await place.draft()
    for sort in keys:
        await place.award(kind="any", **of(place, sort))
    for sort, key in keys.items():
        again = of(place, sort) | ({"person_name": " 王 芳"} if key == "person" else {})
        with pytest.raises(IntegrityError, match=f"awards_standing_{key}_key"):
            await place.award(kind="any", commendation_id=other.id, **again)
        finding = finding_of(f"awards_standing_{key}_key")
        assert (finding.rule.code, finding.pointer) == ("already_exists", "/kind")
        await place.award(kind="any", status=AwardStatus.REVOKED, **again)
    await place.award(kind="any", person_namesake=1, **of(place, "unit person"))


@pytest.mark.parametrize(
    "values",
    [
        {"to_unit_name": None},
        {"to_unit_id": None},
        {"person_title": "主任"},
        {"to_committee_id": None},
    ],
)
async def test_the_database_refuses_half_a_recipient(place: Commending, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=r"awards_(unit_or_person|one_recipient)_check"):
        await place.award(**(of(place, "unit") | values))


async def test_a_case_is_no_unit_and_no_person(place: Commending) -> None:
    for values in ({"person_name": "王芳"}, {"to_unit_id": place.units[0].id, "to_unit_name": "龙华社区"}):
        with pytest.raises(IntegrityError, match="unit_or_person"):
            await place.award(**values)
