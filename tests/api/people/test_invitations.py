import pytest
from httpx2 import Response

from app.models import Account
from app.models.enums import Role
from app.services.people.invitations import invite_first_office
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.factors import add_totp, with_totp
from tests.world.people import ANOTHER, PASSWORD, attempt, codes, enter, person

ACCOUNTS = "/api/v1/accounts"
NEW = {"username": "second.clerk", "name": "李文博", "role": "office"}


async def use(world: World, code: str) -> list[tuple[str, str | None]]:
    """The findings against using a code; none when it set the password."""
    answer = await world.client().post("/api/v1/activations", json={"code": code, "password": ANOTHER})
    return [] if answer.status_code == 200 else codes(answer)


async def issue(client: ContractClient, account: Account, noun: str = "invitation", **body: str) -> str:
    answer = await client.post(f"{ACCOUNTS}/{account.id}/{noun}", json=body or None)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["activation_code"])


async def confirm(client: ContractClient, account: Account) -> Response:
    return await client.post(f"{ACCOUNTS}/{account.id}/code-confirmation")


async def test_a_manager_does_not_become_a_subordinate(world: World) -> None:
    committee = await world.committee()
    account = await person(world, Role.UNIT, unit=await world.unit(committee))
    owner, manager = await enter(world, account), await world.client_of(Role.COMMITTEE, committee=committee)
    code = await issue(manager, account)
    assert await use(world, code) == [("code_awaits_confirmation", "/code")]
    assert codes(await confirm(manager, account)) == [("issued_by_you", None)]
    assert (await owner.get("/api/v1/account")).json()["awaits_confirmation"] is True
    assert (await attempt(world.client(), account.username, ANOTHER)).status_code == 401

    assert (await owner.get("/api/v1/account")).json()["actions"].keys() == {"confirm_code", "void_code"}
    assert (await owner.delete(f"{ACCOUNTS}/{account.id}/invitation")).status_code == 200
    assert await use(world, code) == [("unknown_code", "/code")]
    assert codes(await owner.delete(f"{ACCOUNTS}/{account.id}/invitation")) == [("no_code", None)]
    assert codes(await confirm(owner, account)) == [("no_code_awaits", None)]


async def test_the_owner_or_a_second_person_lets_a_code_be_used(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    manager, office = await world.client_of(Role.COMMITTEE, committee=committee), await world.client_of(Role.OFFICE)
    stranger = await world.client_of(Role.COMMITTEE, committee=await world.committee())
    for confirmer in (None, office, await world.client_of(Role.COMMITTEE, committee=committee)):
        account = await person(world, Role.UNIT, unit=unit)
        owner = await enter(world, account)
        code = await issue(manager, account)
        assert (await confirm(stranger, account)).status_code == 404
        listed = (await manager.get(ACCOUNTS, params={"awaits_confirmation": True})).json()["items"]
        assert [each["id"] for each in listed] == [str(account.id)]
        assert (await confirm(confirmer or owner, account)).status_code == 200
        assert await use(world, code) == []
        assert (await owner.get("/api/v1/account")).status_code == 401


async def test_an_office_account_is_made_by_two_clerks(world: World) -> None:
    first, second = await world.client_of(Role.OFFICE), await world.client_of(Role.OFFICE)
    made = (await first.post(ACCOUNTS, json=NEW)).json()
    assert made["awaits_confirmation"] is True
    assert await use(world, made["activation_code"]) == [("code_awaits_confirmation", "/code")]
    address = f"{ACCOUNTS}/{made['id']}/code-confirmation"
    assert codes(await first.post(address)) == [("issued_by_you", None)]
    assert (await second.post(address)).json()["awaits_confirmation"] is False
    assert await use(world, made["activation_code"]) == []


@pytest.mark.parametrize("used", [True, False])
async def test_who_is_promoted_to_the_office_is_activated_anew_by_two_clerks(world: World, used: bool) -> None:
    first, second = await world.client_of(Role.OFFICE), await world.client_of(Role.OFFICE)
    account = await person(world, Role.REVIEWER)
    if not used:
        body = NEW | {"role": "reviewer", "username": "accomplice"}
        made = (await first.post(ACCOUNTS, json=body)).json()
        account.id = made["id"]
    address = f"{ACCOUNTS}/{account.id}"
    promoted = await first.patch(address, json={"role": "office"}, headers={"If-Match": "*"})
    assert (promoted.json()["role"], promoted.json()["status"]) == ("office", "invited")
    if used:
        assert (await attempt(world.client(), account.username)).status_code == 401
    else:
        assert await use(world, made["activation_code"]) == [("unknown_code", "/code")]

    code = await issue(first, account)
    assert await use(world, code) == [("code_awaits_confirmation", "/code")]
    demoted = await first.patch(address, json={"role": "reviewer"}, headers={"If-Match": "*"})
    assert demoted.json()["awaits_confirmation"] is True
    if used:  # there and back is no way around its owner
        assert await use(world, await issue(first, account)) == [("code_awaits_confirmation", "/code")]
        await confirm(second, account)


async def test_an_office_account_that_was_disabled_comes_back_by_two_clerks(world: World) -> None:
    first, account = await world.client_of(Role.OFFICE), await person(world)
    address = f"{ACCOUNTS}/{account.id}/suspension"
    await first.post(address)
    assert (await first.delete(address)).json()["status"] == "invited"
    assert (await attempt(world.client(), account.username)).status_code == 401
    assert await use(world, await issue(first, account)) == [("code_awaits_confirmation", "/code")]


async def test_a_lost_device_is_replaced_by_a_code_that_a_second_person_confirms(world: World) -> None:
    first, second = await world.client_of(Role.OFFICE), await world.client_of(Role.OFFICE)
    account = await person(world, Role.REVIEWER)
    refused = await first.post(f"{ACCOUNTS}/{account.id}/factor-reset", json={"reason": "手机遗失"})
    assert codes(refused) == [("no_factor", None)]
    await with_totp(world, account)
    code = await issue(first, account, "factor-reset", reason="本人到场，手机遗失")
    assert await use(world, code) == [("code_awaits_confirmation", "/code")]
    await confirm(second, account)
    assert await use(world, code) == []
    opened = await enter(world, account, ANOTHER)
    assert (await opened.get("/api/v1/account")).json()["second_factor"] is False


async def test_a_plain_code_leaves_the_factors_and_a_later_one_does_not_inherit_a_reset(world: World) -> None:
    first, second = await world.client_of(Role.OFFICE), await world.client_of(Role.OFFICE)
    account = await person(world, Role.REVIEWER)
    await with_totp(world, account)
    await issue(first, account, "factor-reset", reason="本人到场，手机遗失")
    code = await issue(first, account)
    await confirm(second, account)
    assert await use(world, code) == []
    refused = await attempt(world.client(), account.username, ANOTHER)
    assert refused.json()["type"] == "urn:problem-type:pinpai:second-step-needed"


async def test_only_the_office_takes_factors_away_and_nobody_their_own(world: World) -> None:
    committee = await world.committee()
    account = await person(world, Role.UNIT, unit=await world.unit(committee))
    await with_totp(world, account)
    manager = await world.client_of(Role.COMMITTEE, committee=committee)
    body = {"reason": "手机遗失"}
    assert (await manager.post(f"{ACCOUNTS}/{account.id}/factor-reset", json=body)).status_code == 403
    clerk = await person(world)
    client = await enter(world, clerk)
    await add_totp(world, client)
    code = await issue(client, clerk, "factor-reset", **body)
    assert codes(await confirm(client, clerk)) == [("issued_by_you", None)]
    assert await use(world, code) == [("code_awaits_confirmation", "/code")]


async def test_the_host_replaces_the_factors_of_a_clerk_who_is_alone(world: World) -> None:
    clerk = await person(world)
    await with_totp(world, clerk)
    code = await invite_first_office(world.database, clerk.username, clerk.name, reset_factors=True)
    assert await use(world, code) == []
    assert (await attempt(world.client(), clerk.username, PASSWORD)).status_code == 401
    await enter(world, clerk, ANOTHER)
