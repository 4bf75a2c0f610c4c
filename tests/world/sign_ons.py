"""Single sign-on as a frontend does it: it begins here, its browser signs in at the provider, and comes back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from httpx2 import Response

from app.equipment import provider
from app.models import Account
from app.openid import Answer
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.people import enter
from tests.world.provider import REDIRECT, SmallProvider, providing

BEGIN, END = "/api/v1/sessions/sign-on-challenge", "/api/v1/sessions/sign-on"
BINDING, IDENTITY = "/api/v1/account/identity/challenge", "/api/v1/account/identity"
LOGOUT = "/api/v1/sign-on/logout"


@dataclass
class Town:
    """A deployment, and its provider."""

    world: World
    provider: SmallProvider

    async def begun(self, client: ContractClient | None = None, path: str = BEGIN) -> dict[str, Any]:
        answer = await (client or self.world.client()).post(path, json={"redirect_uri": REDIRECT})
        assert answer.status_code == 200, answer.text
        begun: dict[str, Any] = answer.json()
        return begun

    async def sign_on(self, subject: str, session: str | None = None) -> Response:
        begun = await self.begun()
        answer = self.provider.authorize(begun["authorization_url"], subject, session)
        return await self.world.client().post(END, json=brought(begun, answer))

    async def bind(self, client: ContractClient, subject: str) -> Response:
        begun = await self.begun(client, BINDING)
        answer = self.provider.authorize(begun["authorization_url"], subject)
        return await client.post(IDENTITY, json=brought(begun, answer))

    async def bound(self, account: Account, subject: str) -> ContractClient:
        """A client of this account in the session in which it was bound."""
        client = await enter(self.world, account)
        answer = await self.bind(client, subject)
        assert answer.status_code == 201, answer.text
        return client

    async def entered(self, subject: str, session: str | None = None) -> ContractClient:
        opened = await self.sign_on(subject, session)
        assert opened.status_code == 201, opened.text
        return self.world.client(Authorization=f"Bearer {opened.json()['token']}")

    async def told(self, token: str) -> Response:
        """The provider tells a sign-out."""
        return await self.world.client().post(LOGOUT, data={"logout_token": token})


def brought(begun: dict[str, Any], answer: Answer, **changes: Any) -> dict[str, Any]:
    """The parameters that the browser brought back, with the challenge."""
    return {"challenge": begun["challenge"], "state": answer.state, "code": answer.code, "iss": answer.issuer} | changes


@asynccontextmanager
async def signing_on(world: World) -> AsyncIterator[Town]:
    """The provider of this deployment, which is there now; neither knows anything of the other."""
    settings = world.app.state.settings
    async with providing(int(settings.sign_on_issuer.rpartition(":")[2])) as there:
        world.app.state.provider = provider(settings)
        yield Town(world, there)
