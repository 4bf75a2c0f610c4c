"""Commendations whose kinds of award have units and persons as recipients."""

from typing import Any

from httpx2 import Response

from app.services.filing.campaigns import template
from tests.world import World
from tests.world.commending import Commending, commending

UNITS: dict[str, Any] = {"code": "organising_unit", "name": "优秀组织单位", "recipient": "unit", "grades": []}
PERSONS: dict[str, Any] = {"code": "advanced_person", "name": "先进个人", "recipient": "person", "grades": []}
WHY = {"reason": "经研究决定。"}


async def winners(world: World, **persons: Any) -> Commending:
    """A draft of a campaign that commends cases, committees, units, and persons with these settings besides."""
    kinds = [*template("lubei-2015")["award_kinds"], UNITS, PERSONS | persons]
    campaign = await world.campaign(award_kinds=kinds)
    return await commending(world, (1, 90.0), (2, 80.0), campaign=campaign)


async def name_units(place: Commending, *units: int, path: str | None = None) -> Response:
    ids = [str(place.units[each].id) for each in units]
    return await place.propose("by_hand", path, kind="organising_unit", unit_ids=ids, **WHY)


async def name_persons(place: Commending, *persons: dict[str, Any], path: str | None = None) -> Response:
    return await place.propose("by_hand", path, kind="advanced_person", persons=list(persons), **WHY)


def of_unit(place: Commending, name: str, unit: int = 0, **values: Any) -> dict[str, Any]:
    """A person of the unit of one of the cases."""
    return {"name": name, "unit_id": str(place.units[unit].id)} | values


def of_committee(place: Commending, name: str, committee: int = 0, **values: Any) -> dict[str, Any]:
    return {"name": name, "committee_id": str(place.committees[committee].id)} | values
