"""Number of statements that a request sends to PostgreSQL: literal figures, independent of the number of rows."""

import pytest

from app.models.enums import Role
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.statements import noted

LIST = "/api/v1/applications"
SUBMISSION = 13
"""Session; clock, session once more, key, lock; rules (2); state, version, pictures, audit; the answer (2), kept."""


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


@pytest.mark.parametrize("pictures", [0, 1, 8])
async def test_one_application_is_read_with_three(place: District, pictures: int) -> None:
    path = f"{LIST}/{await place.complete(pictures=pictures)}"
    await place.by_unit.get(path)  # the campaign's settings are parsed once per process
    with noted(place.world.database) as sent:
        answer = await place.by_unit.get(path)
    assert (len(answer.json()["images"]), len(sent)) == (pictures, 3)


@pytest.mark.parametrize("rows", [0, 1, 30])
async def test_a_page_of_applications_is_read_with_two(place: District, rows: int) -> None:
    for _ in range(rows):
        await place.world.application(place.campaign, place.unit)
    for client, visible in ((place.by_unit, rows), (place.by_committee, rows), (place.by_office, 0)):
        with noted(place.world.database) as sent:
            answer = await client.get(LIST, params={"limit": 50})
        assert (len(answer.json()["items"]), len(sent)) == (visible, 2)


@pytest.mark.parametrize("rows", [1, 30])
async def test_a_page_of_campaigns_is_read_with_two(world: World, rows: int) -> None:
    client = await world.client_of(Role.OFFICE)
    for _ in range(rows):
        await world.campaign()
    with noted(world.database) as sent:
        answer = await client.get("/api/v1/campaigns", params={"limit": 50})
    assert (len(answer.json()["items"]), len(sent)) == (rows, 2)


async def test_one_campaign_is_read_with_three(place: District) -> None:
    """The session, the campaign, and the extensions that the deadlines of who asks come from."""
    with noted(place.world.database) as sent:
        await place.by_unit.get(f"/api/v1/campaigns/{place.campaign.id}")
    assert len(sent) == 3


@pytest.mark.parametrize("others", [0, 30])
async def test_an_account_a_unit_and_a_committee_are_each_read_with_two(world: World, others: int) -> None:
    account, unit = await world.account(Role.OFFICE), await world.unit(await world.committee())
    office = await world.sign_in(account)
    for _ in range(others):
        await world.account(Role.OFFICE)
    for path in (f"accounts/{account.id}", f"units/{unit.id}", f"committees/{unit.committee_id}"):
        with noted(world.database) as sent:
            answer = await office.get(f"/api/v1/{path}")
        assert (answer.status_code, len(sent)) == (200, 2)


@pytest.mark.parametrize("pictures", [5, 8])
async def test_a_submission_sends_the_same_whatever_the_pictures(place: District, pictures: int) -> None:
    path = f"{LIST}/{await place.complete(pictures=pictures)}"
    await place.by_unit.get(path)
    with noted(place.world.database) as sent:
        answer = await place.by_unit.post(f"{path}/submission", headers=key())
    assert answer.status_code == 200, answer.text
    assert len(sent) == SUBMISSION
