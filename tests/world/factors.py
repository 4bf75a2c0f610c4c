"""Authenticator apps: what a telephone does, and the ways to a session with one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyotp
from httpx2 import Response

from app.models import Account
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.people import attempt, enter

FACTORS = "/api/v1/account/factors"


@dataclass
class Totp:
    """An authenticator app on a telephone."""

    id: str
    app: pyotp.TOTP
    recovery_codes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, begun: Response) -> "Totp":
        assert begun.status_code == 201, begun.text
        return cls(begun.json()["id"], pyotp.TOTP(begun.json()["secret"]))

    def code(self, now: datetime) -> str:
        return self.app.at(now)


async def begin_totp(client: ContractClient, name: str = "手机") -> Response:
    return await client.post(f"{FACTORS}/totp", json={"name": name})


async def confirmed(client: ContractClient, factor: Totp, now: datetime) -> Response:
    return await client.post(f"{FACTORS}/{factor.id}/confirmation", json={"code": factor.code(now)})


async def with_totp(world: World, account: Account) -> tuple[ContractClient, Totp]:
    """A client of this account in the session in which it added an authenticator app."""
    client = await enter(world, account)
    return client, await add_totp(world, client)


async def add_totp(world: World, client: ContractClient) -> Totp:
    factor = Totp.of(await begin_totp(client))
    assert world.database.clock.stopped_at is not None
    answer = await confirmed(client, factor, world.database.clock.stopped_at)
    assert answer.status_code == 200, answer.text
    factor.recovery_codes = answer.json()["recovery_codes"]
    return factor


async def challenge(world: World, account: Account) -> str:
    """The challenge after the password of an account that has a factor."""
    return str((await asked(world, account))["challenge"])


async def asked(world: World, account: Account) -> dict[str, Any]:
    """The refusal that asks for the second step."""
    refused = await attempt(world.client(), account.username)
    assert refused.status_code == 401, refused.text
    body: dict[str, Any] = refused.json()
    assert body["type"] == "urn:problem-type:pinpai:second-step-needed"
    return body


async def second_step(client: ContractClient, challenge: str, code: str) -> Response:
    return await client.post("/api/v1/sessions/second-step", json={"challenge": challenge, "code": code})
