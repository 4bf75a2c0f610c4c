"""Resemblances over HTTP: each reader learns of cases they may read, as they may read them."""

from typing import Any
from uuid import UUID

import pytest

from app.models.enums import Role
from app.services import jobs
from app.services.filing import resemblances
from tests.contract.client import ContractClient
from tests.scenarios.steps import act, done, edit, read
from tests.world import World
from tests.world.corpus import narrative
from tests.world.filing import District, district

HREF = "/api/v1/resemblances"
OWN = narrative(2) | {"practices": narrative(1)["practices"]}
"""A case whose 主要做法 is another's."""


Places = tuple[District, District]


@pytest.fixture
async def places(world: World) -> Places:
    campaign = await world.campaign()
    return await district(world, campaign), await district(world, campaign)


async def compared(world: World, *application_ids: UUID) -> None:
    for each in application_ids:
        await jobs.alone(world.database, resemblances.compare)(subject_id=str(each))


async def seen(client: ContractClient, **query: Any) -> list[tuple[Any, ...]]:
    items = done(await client.get(HREF, params=query))["items"]
    return [
        (each["application_id"], each["other_application_id"], each["share"], each["other_share"]) for each in items
    ]


async def test_each_reader_learns_of_what_they_may_read(world: World, places: Places) -> None:
    """The office of what is filed, also by two committees; a committee of its units' cases, a unit of its own."""
    here, there = places
    first, second, third = (
        await here.sealed(**narrative(1)),
        await here.sealed(**OWN),
        await there.sealed(**narrative(3) | {"effects": OWN["effects"]}),
    )
    await compared(world, first, second, third)
    one, two, three = str(first), str(second), str(third)
    within = [(two, one, 40, 40), (one, two, 40, 40)]
    assert await seen(here.by_unit) == await seen(here.by_committee) == within
    assert await seen(there.by_unit) == await seen(there.by_committee) == await seen(here.by_office) == []
    assert (await here.file(first, second)).is_success
    assert await seen(here.by_office) == within
    assert (await there.file(third, await there.sealed(**narrative(4)))).is_success
    across = [(three, two, 29, 29), (two, three, 29, 29)]
    assert await seen(here.by_office) == within + across
    assert await seen(here.by_office, sort="share", limit=3) == within + across[:1]
    assert await seen(here.by_office, application_id=three) == across[:1]
    assert await seen(here.by_office, campaign_id=str(here.campaign.id)) == within + across
    assert await seen(here.by_committee) == within
    assert await seen(there.by_committee) == []


async def test_judges_and_the_municipal_office_are_refused(world: World, places: Places) -> None:
    first, second = await places[0].sealed(**narrative(1)), await places[0].sealed(**OWN)
    await compared(world, first, second)
    (one, _) = done(await places[0].by_committee.get(HREF))["items"]
    for role in (Role.REVIEWER, Role.MUNICIPAL):
        client = await world.client_of(role)
        for href in (HREF, f"{HREF}/{one['id']}"):
            assert (await client.get(href)).status_code == 403
    for client in (places[1].by_committee, places[1].by_unit, places[0].by_office):
        assert (await client.get(f"{HREF}/{one['id']}")).status_code == 404


async def test_two_cases_are_read_side_by_side(world: World, places: Places) -> None:
    here, _ = places
    first, second = await here.sealed(**narrative(1)), await here.sealed(**OWN)
    await compared(world, first, second)
    (mine,) = done(await here.by_committee.get(HREF, params={"application_id": str(second)}))["items"]
    record = await read(here.by_committee, f"{HREF}/{mine['id']}")
    practices = OWN["practices"].rstrip("，")
    assert record == mine | {
        "passages": [
            {
                "length": sum(map(str.isalnum, practices)),
                "cell": "practices",
                "text": practices,
                "other_cell": "practices",
                "other_text": practices,
            }
        ],
        "pictures_alike": [],
    }


async def test_of_a_case_that_changed_since_only_what_the_reader_has_counts(world: World, places: Places) -> None:
    """A new submission is compared anew; until it is filed the office goes on reading the filed one."""
    here, _ = places
    first, second = await here.sealed(**narrative(1)), await here.sealed(**OWN)
    await compared(world, first, second)
    assert (await here.file(first, second)).is_success
    href = f"/api/v1/applications/{second}"
    done(
        await act(
            here.by_office, href, "correction-request", {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
        )
    )
    done(await edit(here.by_unit, href, practices=narrative(9)["practices"]))
    done(await act(here.by_unit, href, "submission"))
    await compared(world, second)
    assert await seen(here.by_committee) == await seen(here.by_unit) == []
    assert len(await seen(here.by_office)) == 2
