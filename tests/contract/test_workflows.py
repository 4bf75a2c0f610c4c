"""The workflows of the contract, run against a server: what the guides say in words, a program does."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.models import Account
from app.services.people import hashing
from tests.world import NOW, World
from tests.world.filing import district
from tests.world.handover import ONE_IS_ENOUGH, nominating
from tests.world.judging import judging
from tests.world.listening import listening
from tests.world.people import PASSWORD

SCRIPT = Path(__file__).parents[2] / "openapi" / "workflows.sh"


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs: sessions are opened by password."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, NOW - datetime.now(UTC)
    yield world
    clock.offset = timedelta()


async def named(world: World, **people: Account) -> dict[str, str]:
    """The usernames of these people, who get a password."""
    secret = await hashing.hashed(PASSWORD)
    for account in people.values():
        await world.put(account, secret_hash=secret)
    return {role: account.username for role, account in people.items()}


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_every_workflow_runs_as_written(running: World) -> None:
    campaign = await running.campaign(**ONE_IS_ENOUGH)
    place = await district(running, campaign)
    await place.sealed()
    only = campaign.settings["criteria"][0] | {"weight": 100}
    round_ = await judging(running, cases=1, judges=1, criteria=[only])
    await round_.assign(round_.cases[0], round_.judges[0])
    handed = await nominating(running)
    await handed.nominated()
    secret = await handed.by_office.post(f"/api/v1/accounts/{handed.client.id}/client-secret")
    people = {"unit": place.member, "committee": place.liaison, "office": place.clerk, "judge": round_.judges[0]}
    client = {"client_id": handed.client.username, "client_secret": secret.json()["client_secret"]}
    inputs = await named(running, **people) | client | {"password": PASSWORD, "key": f"key-of-{campaign.id}"}
    async with listening(running) as address:
        process = await asyncio.create_subprocess_exec(
            *(SCRIPT, address, "campaign", json.dumps(inputs)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert "Steps: 25 passed, 25 total" in said.decode()
