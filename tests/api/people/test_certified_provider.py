import asyncio
from urllib.parse import parse_qs

import pytest
from httpx2 import Response

from app.equipment import provider
from app.models import Account
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.certified import Browser, certified
from tests.world.people import enter, person
from tests.world.provider import REDIRECT
from tests.world.receiver import Receiver, receiving
from tests.world.sign_ons import BEGIN, BINDING, END, IDENTITY, LOGOUT, brought

pytestmark = pytest.mark.thorough
"""It needs Node, and some seconds to start."""
ME = "/api/v1/account"


async def back_from(client: ContractClient, path: str, browser: Browser, goal: str) -> Response:
    begun = (await client.post(path, json={"redirect_uri": REDIRECT})).json()
    return await client.post(goal, json=brought(begun, await browser.sign_in(begun["authorization_url"])))


async def bound(world: World, name: str) -> tuple[Account, ContractClient]:
    client = await enter(world, account := await person(world, Role.REVIEWER))
    answer = await back_from(client, BINDING, Browser(name), IDENTITY)
    assert (answer.status_code, answer.json()["subject"]) == (201, name)
    return account, client


async def entered(world: World, browser: Browser) -> ContractClient:
    opened = await back_from(world.client(), BEGIN, browser, END)
    assert opened.status_code == 201, opened.text
    return world.client(Authorization=f"Bearer {opened.json()['token']}")


async def passed_on(world: World, receiver: Receiver) -> list[int]:
    """Send us what the provider sent, in its own words, and return our answers."""
    for _ in range(50):
        if receiver.received:
            break
        await asyncio.sleep(0.1)
    forms = [parse_qs(each.body.decode()) for each in receiver.received]
    return [
        (await world.client().post(LOGOUT, data={name: form[name][0] for name in form})).status_code for form in forms
    ]


async def test_a_certified_provider_signs_in_and_out(world: World) -> None:
    settings = world.app.state.settings
    port = int(settings.sign_on_issuer.rpartition(":")[2])
    async with receiving() as receiver, certified(port, receiver.url):
        world.app.state.provider = provider(settings)
        account, by_password = await bound(world, "li")
        browser, elsewhere = Browser("li"), Browser("li")
        here, there = await entered(world, browser), await entered(world, elsewhere)
        assert (await here.get(ME)).json()["id"] == str(account.id)
        stranger = await back_from(world.client(), BEGIN, Browser("stranger"), END)
        assert stranger.json()["findings"][0]["code"] == "identity_not_bound"
        sign_out = (await world.client().get("/api/v1/sign-on")).json()["sign_out_url"]
        await browser.sign_out(sign_out)
        assert await passed_on(world, receiver) == [204]
        assert [(await each.get(ME)).status_code for each in (here, there, by_password)] == [401, 200, 200]
        assert await passed_on(world, receiver) == [400]  # the same once more
