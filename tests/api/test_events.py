"""Events, as other systems follow them over HTTP."""

from typing import Any

import pytest

from app.models import Account, Base, Campaign
from app.models.enums import Role
from app.services import history
from app.services.policies import Event
from app.services.policies.filing import applications, campaigns
from app.services.policies.handover import nominations
from app.services.policies.people import accounts
from tests.contract.client import ContractClient
from tests.world import World, actor_of
from tests.world.handover import granted
from tests.world.statements import noted
from tests.world.worker import number_all

ADDRESS = "/api/v1/events"


async def happened(world: World, by: Account, *events: Event, to: Base | None = None) -> Account:
    """These events of an account, or of what they happen to, one transaction each, numbered."""
    for event in events:
        async with world.acting(actor_of(by)) as ctx:
            history.note(ctx, to or by, event)
    await number_all(world.database)
    return by


async def read(client: ContractClient, **params: Any) -> dict[str, Any]:
    answer = await client.get(ADDRESS, params=params)
    assert answer.status_code == 200, answer.text
    feed: dict[str, Any] = answer.json()
    return feed


async def test_an_event_says_what_happened_to_what_and_when_and_no_more(world: World) -> None:
    campaign: Campaign = await world.campaign()
    by = await world.account(Role.OFFICE)
    async with world.acting(actor_of(by)) as ctx:
        history.note(ctx, campaign, campaigns.PUBLISH.event)
    await happened(world, by)
    assert await read(await world.sign_in(by)) == {
        "items": [
            {
                "sequence": 1,
                "type": "campaign.published",
                "resource": {"type": "campaign", "id": str(campaign.id), "version": 1},
                "campaign_id": str(campaign.id),
                "at": "2015-04-21T02:00:00Z",
            }
        ],
        "last": 1,
    }


async def test_a_cursor_walks_through_all_and_may_walk_again(world: World) -> None:
    by = await happened(world, await world.account(Role.OFFICE), *[accounts.EDIT.event] * 5)
    client = await world.sign_in(by)
    after, seen = 0, []
    while (feed := await read(client, after=after, limit=2))["items"]:
        after = feed["last"]
        seen += [event["sequence"] for event in feed["items"]]
    assert seen == [1, 2, 3, 4, 5]
    assert feed == {"items": [], "last": 5}
    assert (await read(client, after=1, limit=2)) == (await read(client, after=1, limit=2))
    assert (await read(client, after=99)) == {"items": [], "last": 99}


async def test_what_is_not_numbered_yet_does_not_appear(world: World) -> None:
    by = await world.account(Role.OFFICE)
    client = await world.sign_in(by)
    async with world.acting(actor_of(by)) as ctx:
        history.note(ctx, by, accounts.EDIT.event)
    assert (await read(client))["items"] == []
    await number_all(world.database)
    assert len((await read(client))["items"]) == 1


async def test_the_municipal_office_follows_nominations_alone(world: World) -> None:
    by = await world.account(Role.OFFICE)
    between = (accounts.EDIT.event, nominations.NOMINATE.event, applications.FILE.event, nominations.WITHDRAW.event)
    client, campaign = await world.account(Role.MUNICIPAL), await world.campaign()
    grant = await granted(world, client, campaign)
    await happened(world, by, *between, to=campaign)
    await happened(world, by, nominations.NOMINATE.event, to=await world.campaign(year=2016))
    feed = await read(await world.sign_in(client))
    assert [(event["sequence"], event["type"]) for event in feed["items"]] == [
        (2, "nomination.prepared"),
        (4, "nomination.withdrawn"),
    ]
    assert feed["last"] == 4
    await (await world.sign_in(by)).post(f"/api/v1/grants/{grant.id}/revocation")
    assert (await read(await world.sign_in(client)))["items"] == []


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.UNIT, Role.REVIEWER])
async def test_nobody_else_follows_anything(world: World, role: Role) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    client = await world.client_of(
        role,
        committee=committee if role is Role.COMMITTEE else None,
        unit=unit if role is Role.UNIT else None,
    )
    assert (await client.get(ADDRESS)).status_code == 403
    assert (await world.client().get(ADDRESS)).status_code == 401


@pytest.mark.parametrize("params", [{"after": -1}, {"after": 2**63}, {"limit": 0}, {"limit": 501}, {"after": "x"}])
async def test_a_cursor_out_of_reach_is_refused(world: World, params: dict[str, Any]) -> None:
    client = await world.client_of(Role.OFFICE)
    assert (await client.get(ADDRESS, params=params)).status_code == 422


@pytest.mark.parametrize("role", [Role.OFFICE, Role.MUNICIPAL])
async def test_a_page_costs_one_statement_beside_the_session(world: World, role: Role) -> None:
    campaign, account = await world.campaign(), await world.account(role)
    await happened(world, await world.account(Role.OFFICE), *[nominations.NOMINATE.event] * 7, to=campaign)
    await granted(world, account, campaign)
    client = await world.sign_in(account)
    with noted(world.database) as sent:
        assert len((await read(client))["items"]) == 7
    assert len([each for each in sent if "audit_events" in each]) == 1
