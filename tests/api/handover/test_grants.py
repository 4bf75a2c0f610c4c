from uuid import uuid4

import pytest

from app.models import Account
from app.models.enums import CampaignStatus, Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read, reasons
from tests.world import World
from tests.world.handover import Nominating, nominating

GRANTS = "/api/v1/grants"


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world)


async def newcomer(world: World) -> tuple[Account, ContractClient]:
    account = await world.account(Role.MUNICIPAL)
    return account, await world.sign_in(account)


async def test_a_client_reads_the_campaigns_it_was_granted_until_they_are_revoked(place: Nominating) -> None:
    made = await place.nominated()
    account, client = await newcomer(place.world)
    elsewhere = await nominating(place.world, series="2016", year=2016)
    other = await elsewhere.nominated()
    addresses = (f"/api/v1/nominations/{made['id']}", place.manifest, place.package)

    async def reads() -> list[int]:
        return [(await client.get(each)).status_code for each in addresses]

    assert await reads() == [404, 404, 404]
    body = {"account_id": str(account.id), "campaign_id": str(place.campaign.id)}
    grant = done(await place.by_office.post(GRANTS, json=body), 201)
    assert (grant["username"], grant["granted_by"]) == (account.username, place.district.clerk.name)
    assert await reads() == [200, 200, 200]
    assert [each["id"] for each in (await read(client, "/api/v1/nominations"))["items"]] == [made["id"]]
    assert (await client.get(f"/api/v1/nominations/{other['id']}")).status_code == 404
    assert (await client.get(elsewhere.manifest)).status_code == 404
    revoked = done(await place.by_office.post(f"{GRANTS}/{grant['id']}/revocation"))
    assert (revoked["revoked_by"], revoked["revoked_at"] is None) == (place.district.clerk.name, False)
    assert await reads() == [404, 404, 404]
    assert (await read(client, "/api/v1/nominations"))["total"] == 0


async def test_a_client_reads_its_own_grants_without_the_names_of_clerks(place: Nominating) -> None:
    _, stranger = await newcomer(place.world)
    mine = (await read(place.by_municipal, GRANTS))["items"]
    assert [(each["account_id"], each["granted_by"]) for each in mine] == [(str(place.client.id), None)]
    assert (await read(stranger, GRANTS))["total"] == 0
    assert (await stranger.get(f"{GRANTS}/{mine[0]['id']}")).status_code == 404
    refused = await place.by_municipal.post(f"{GRANTS}/{mine[0]['id']}/revocation")
    assert refused.status_code == 403


async def test_only_the_office_grants_only_to_clients_and_only_once(place: Nominating) -> None:
    standing = {"account_id": str(place.client.id), "campaign_id": str(place.campaign.id)}
    assert (await place.by_municipal.post(GRANTS, json=standing)).status_code == 403
    assert reasons(await place.by_office.post(GRANTS, json=standing)) == [("already_exists", "/campaign_id")]
    person = standing | {"account_id": str(place.district.clerk.id)}
    assert reasons(await place.by_office.post(GRANTS, json=person)) == [("not_a_client", "/account_id")]
    nothing = dict.fromkeys(standing, str(uuid4()))
    assert reasons(await place.by_office.post(GRANTS, json=nothing)) == [
        ("unknown_reference", "/account_id"),
        ("unknown_reference", "/campaign_id"),
    ]


async def test_what_was_revoked_is_granted_anew_and_not_revoked_twice(place: Nominating) -> None:
    (grant,) = (await read(place.by_office, GRANTS))["items"]
    address = f"{GRANTS}/{grant['id']}/revocation"
    done(await place.by_office.post(address))
    assert reasons(await place.by_office.post(address)) == [("already_revoked", None)]
    body = {"account_id": grant["account_id"], "campaign_id": grant["campaign_id"]}
    done(await place.by_office.post(GRANTS, json=body), 201)
    for revoked in ("true", "false"):
        assert (await read(place.by_office, f"{GRANTS}?revoked={revoked}"))["total"] == 1


async def test_a_draft_can_be_granted_beforehand(place: Nominating) -> None:
    draft = await place.world.campaign(status=CampaignStatus.DRAFT, year=2016)
    body = {"account_id": str(place.client.id), "campaign_id": str(draft.id)}
    done(await place.by_office.post(GRANTS, json=body), 201)
    assert (await place.by_municipal.get(f"/api/v1/campaigns/{draft.id}")).status_code == 404
    assert (await read(place.by_municipal, GRANTS))["total"] == 1
