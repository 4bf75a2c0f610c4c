"""The workflows of the contract, run against a server: what the guides say in words, a program does."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.models import Account
from app.models.enums import Role, RoundKind
from app.services.people import hashing
from tests.world import World
from tests.world.figures import VOTES
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


async def asking_more(world: World, criterion: dict[str, Any]) -> Account:
    """A notice with a veto list, a vote and a live round, a case that awaits its check, and another clerk."""
    vetoes = [{"code": "accident", "name": "发生重大安全事故"}]
    campaign = await world.campaign(vetoes=vetoes, figures=[VOTES | {"evidence_required": False}])
    live = {"kind": RoundKind.LIVE, "blind": False, "criteria": [criterion]}
    made = await judging(world, cases=1, judges=1, campaign=campaign, **live)
    await made.assign(made.cases[0], made.judges[0])
    await world.filed(campaign, await world.unit(await world.committee()))
    return await world.account(Role.OFFICE)


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_every_workflow_runs_as_written(running: World) -> None:
    campaign = await running.campaign(**ONE_IS_ENOUGH)
    place = await district(running, campaign)
    await place.sealed()
    only = campaign.settings["criteria"][0] | {"weight": 100}
    round_ = await judging(running, cases=1, judges=1, criteria=[only])
    await round_.assign(round_.cases[0], round_.judges[0])
    second = await asking_more(running, only)
    handed = await nominating(running)
    await handed.nominated()
    secret = await handed.by_office.post(f"/api/v1/accounts/{handed.client.id}/client-secret")
    people = {
        "unit": place.member,
        "committee": place.liaison,
        "office": place.clerk,
        "judge": round_.judges[0],
        "second": second,
    }
    client = {"client_id": handed.client.username, "client_secret": secret.json()["client_secret"]}
    inputs = await named(running, **people) | client | {"password": PASSWORD, "key": f"key-of-{campaign.id}"}
    async with listening(running) as address:
        ended = await run(SCRIPT, address, "campaign", json.dumps(inputs))
    assert ended.status == 0, ended.everything
    assert "Steps: 40 passed, 40 total" in ended.everything
