"""Tabs of a screen: every list whose rows have a state counts them as it lists them, to whoever may see them."""

from collections.abc import Mapping
from itertools import product

from app.api.http.document import resolve
from app.models import Account, Application
from app.models.enums import AccountStatus, Role
from tests.contract.client import ContractClient
from tests.contract.operations import DOCUMENT, OPERATIONS, Operation
from tests.scenarios import steps
from tests.scenarios.steps import done
from tests.world import World
from tests.world.handover import nominating
from tests.world.judging import judging
from tests.world.uploads import read

COUNTED = [each for each in OPERATIONS if "counts" in {parameter["name"] for parameter in each.parameters}]


def states_of(operation: Operation) -> list[str]:
    """The vocabulary of the filter."""
    schema = next(each["schema"] for each in operation.parameters if each["name"] == "status")
    return list(resolve(DOCUMENT, schema["items"])["enum"])


async def test_every_list_with_states_counts_what_it_lists_in_each(world: World) -> None:
    place = await nominating(world)
    await place.nominated()
    mine = place.district
    await steps.submitted(mine.by_unit, place.campaign.id)
    await steps.begin(mine.by_unit, place.campaign.id)
    done(await mine.by_committee.post("/api/v1/plans", json={"campaign_id": str(place.campaign.id)}), 201)
    jury = await judging(world, judges=2, campaign=place.campaign)
    case = await in_world(world, place.cases[0])
    await jury.enter(case)
    await jury.scored(case, jury.judges[0], 80)
    async with world.database.transaction() as session:
        (await session.get_one(Account, mine.member.id)).status = AccountStatus.INVITED
    mine.by_unit = await world.client_of(Role.UNIT, unit=mine.unit)
    ids = {"round_id": jury.round.id, "commendation_id": place.commendation.id}
    readers = [mine.by_unit, mine.by_committee, place.by_office, place.by_municipal]
    seen = {await agrees(client, each, ids) for client, each in product(readers, COUNTED)}
    assert seen >= {"listApplications", "listPlans", "listAccounts", "listNominations", "listRounds", "listReviews"}


async def in_world(world: World, application_id: object) -> Application:
    async with world.database.transaction() as session:
        return await session.get_one(Application, application_id)


async def agrees(client: ContractClient, operation: Operation, ids: Mapping[str, object]) -> str | None:
    """Compare the counts with the total of each state; the name of a list that has something in one."""
    href = operation.path.format(**ids)
    answer = await client.get(href, params={"counts": "true", "limit": 1})
    if answer.status_code != 200:
        assert answer.status_code in {403, 404}, answer.text
        return None
    page = answer.json()
    assert [each["status"] for each in page["counts"]] == states_of(operation), operation.name
    for each in page["counts"]:
        expected = await read(client, f"{href}?status={each['status']}&limit=1")
        assert (each["count"], each["exact"], expected["counts"]) == (expected["total"], True, []), (
            operation.name,
            each,
        )
    narrowed = await read(client, f"{href}?counts=true&status={page['counts'][0]['status']}")
    assert narrowed["counts"] == page["counts"], "the tabs do not change with the tab that is open"
    return operation.name if any(each["count"] for each in page["counts"]) else None
