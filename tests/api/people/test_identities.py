import asyncio
from datetime import timedelta

from app.models.enums import Role
from tests.world.people import codes, enter, person
from tests.world.provider import REDIRECT
from tests.world.sign_ons import BINDING, IDENTITY, Town, brought

ME = "/api/v1/account"


async def test_an_account_has_one_identity_and_an_identity_one_account(town: Town) -> None:
    client = await town.bound(await person(town.world, Role.REVIEWER), "li")
    begun = await client.post(BINDING, json={"redirect_uri": REDIRECT})
    assert codes(begun) == [("already_bound", None)]
    other = await enter(town.world, await person(town.world, Role.REVIEWER))
    assert codes(await town.bind(other, "li")) == [("already_exists", "/code")]
    assert (await other.get(IDENTITY)).status_code == 404


async def test_of_two_who_bind_one_identity_one_does(town: Town) -> None:
    both = [await enter(town.world, await person(town.world, Role.REVIEWER)) for _ in range(2)]
    tried = await asyncio.gather(*(town.bind(client, "li") for client in both))
    assert sorted(each.status_code for each in tried) == [201, 409]
    one = await enter(town.world, await person(town.world, Role.REVIEWER))
    begun = [await town.begun(one, BINDING) for _ in range(2)]
    back = [town.provider.authorize(each["authorization_url"], who) for each, who in zip(begun, "ab", strict=True)]
    answers = [brought(each, answer) for each, answer in zip(begun, back, strict=True)]
    tried = await asyncio.gather(*(one.post(IDENTITY, json=answer) for answer in answers))
    assert sorted(each.status_code for each in tried) == [201, 409]


async def test_a_challenge_binds_the_account_that_began(town: Town) -> None:
    victim = await enter(town.world, await person(town.world, Role.REVIEWER))
    thief = await enter(town.world, await person(town.world, Role.REVIEWER))
    begun = await town.begun(thief, BINDING)
    answer = brought(begun, town.provider.authorize(begun["authorization_url"], "thief"))
    assert codes(await victim.post(IDENTITY, json=answer)) == [("not_identified", None)]


async def test_binding_and_removing_need_a_recent_proof(town: Town) -> None:
    client = await town.bound(await person(town.world, Role.REVIEWER), "li")
    late = await enter(town.world, await person(town.world, Role.REVIEWER))
    begun = await town.begun(late, BINDING)
    clock = town.world.database.clock
    assert clock.stopped_at is not None
    clock.stopped_at += timedelta(minutes=11)
    answer = brought(begun, town.provider.authorize(begun["authorization_url"], "late"))
    refused = [
        await late.post(IDENTITY, json=answer),
        await late.post(BINDING, json={"redirect_uri": REDIRECT}),
        await client.delete(IDENTITY),
    ]
    assert [each.status_code for each in refused] == [403, 403, 403]
    again = await town.entered("li")  # which is a proof
    assert (await again.delete(IDENTITY)).status_code == 204


async def test_a_binding_that_is_removed_ends_what_was_opened_by_it(town: Town) -> None:
    by_password = await town.bound(await person(town.world, Role.REVIEWER), "li")
    inside = await town.entered("li")
    assert (await by_password.delete(IDENTITY)).status_code == 204
    assert [(await each.get(ME)).status_code for each in (inside, by_password)] == [401, 200]
    assert codes(await town.sign_on("li")) == [("identity_not_bound", None)]
    assert (await by_password.delete(IDENTITY)).status_code == 404


async def test_the_office_sees_and_removes_a_binding_and_others_do_not(town: Town) -> None:
    account = await person(town.world, Role.REVIEWER)
    client = await town.bound(account, "li")
    office = await enter(town.world, await person(town.world))
    other = await enter(town.world, await person(town.world, Role.REVIEWER))
    path = f"/api/v1/accounts/{account.id}/identity"
    assert [(await each.get(path)).status_code for each in (office, client, other)] == [200, 200, 404]
    assert (await client.delete(path)).status_code == 403
    assert (await other.delete(path)).status_code == 403
    elsewhere = await enter(
        town.world, await person(town.world, Role.COMMITTEE, committee=await town.world.committee())
    )
    assert (await elsewhere.delete(path)).status_code == 404
    assert (await office.delete(path)).status_code == 204
    assert (await office.get(path)).status_code == 404


async def test_machine_clients_have_no_identity(town: Town) -> None:
    client = await town.world.client_of(Role.MUNICIPAL)
    assert (await client.post(BINDING, json={"redirect_uri": REDIRECT})).status_code == 403
