"""Concessions follow those they are for: a unit that is moved, a committee that takes over another."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.models import Exemption, Extension
from app.models.enums import DeadlineKind, LimitKind, Role
from tests.world import NOW, World, key
from tests.world.filing import district


def extension(**of: Any) -> Extension:
    until = {"due_on": date(2015, 9, 20), "until": NOW + timedelta(days=150)}
    return Extension(kind=DeadlineKind.APPLICATION, **until, **of)


def exemption(**of: Any) -> Exemption:
    return Exemption(kind=LimitKind.IMAGES_MINIMUM, value=3, **of)


KINDS = pytest.mark.parametrize(("noun", "made"), [("extensions", extension), ("exemptions", exemption)])


@KINDS
async def test_it_is_read_by_those_it_is_for_wherever_they_are(
    world: World, noun: str, made: Callable[..., Any]
) -> None:
    place = await district(world)
    filed = await world.filed(place.campaign, place.unit)
    successor = await world.committee()
    by_successor = await world.client_of(Role.COMMITTEE, committee=successor)
    of = {"campaign_id": place.campaign.id, "committee_id": place.committee.id}
    granted = {"granted_at": NOW, "granted_by": place.clerk.id, "reason": "来函"}
    await world.add(made(**of, **granted), made(**of, **granted, application_id=filed.id))

    async def seen() -> list[int]:
        clients = (place.by_office, place.by_committee, place.by_unit, by_successor)
        return [(await client.get(f"/api/v1/{noun}")).json()["total"] for client in clients]

    assert await seen() == [2, 2, 2, 0]
    there = {"committee_id": str(successor.id), "reason": "区划调整。"}
    moved = await place.by_office.post(f"/api/v1/units/{place.unit.id}/move", json=there, headers=key())
    assert moved.status_code == 200, moved.text
    assert await seen() == [2, 2, 1, 0]  # the one for its own application, which stays with the committee that filed it
    there = {"successor_id": str(successor.id), "reason": "合并。"}
    merged = await place.by_office.post(f"/api/v1/committees/{place.committee.id}/merger", json=there, headers=key())
    assert merged.status_code == 200, merged.text
    assert (await by_successor.get(f"/api/v1/{noun}")).json()["total"] == 2
