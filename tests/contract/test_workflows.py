"""The workflows of the contract, run against a server: what the guides say in words, a program does."""

import json
import shutil
from pathlib import Path

import pytest

from app.models import Account
from app.services.people import hashing
from tests.world import World
from tests.world.filing import district
from tests.world.handover import ONE_IS_ENOUGH, nominating
from tests.world.judging import judging
from tests.world.listening import listening
from tests.world.people import PASSWORD
from tests.world.programs import run

SCRIPT = Path(__file__).parents[2] / "openapi" / "workflows.sh"


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
        ended = await run(SCRIPT, address, "campaign", json.dumps(inputs))
    assert ended.status == 0, ended.everything
    assert "Steps: 25 passed, 25 total" in ended.everything
