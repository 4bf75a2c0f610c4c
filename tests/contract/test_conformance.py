"""The contract, fuzzed by every role over a real socket on a district with something in every state."""

import asyncio
import json
import os
import shutil
import socket
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from uvicorn import Config, Server

from app.models.enums import CampaignStatus, Role
from tests.scenarios import steps
from tests.scenarios.steps import done, id_of
from tests.sealed import District, district
from tests.world import NOW, World

CONFIG = Path(__file__).parents[2] / "openapi" / "schemathesis.toml"
SCHEMATHESIS = Path(sys.executable).with_name("st")
ROLES = [Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL, Role.PUBLIC]
ANY_ID = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs, from a day on which both deadlines are open: throttling must end some time."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, NOW - datetime.now(UTC)
    yield world
    clock.offset = timedelta()


async def test_a_committee_is_answered_as_the_contract_says(running: World, tmp_path: Path) -> None:
    await run_as(Role.COMMITTEE, running, tmp_path, "--phases=examples,fuzzing", "--max-examples=3")


@pytest.mark.thorough
@pytest.mark.parametrize("role", ROLES)
async def test_every_role_is_answered_as_the_contract_says(running: World, role: Role, tmp_path: Path) -> None:
    await run_as(role, running, tmp_path, "--phases=coverage,fuzzing,stateful", "--max-examples=4")


async def run_as(role: Role, world: World, folder: Path, *options: str) -> None:
    """Fuzz as this role: no failure."""
    place = await district(world, code="QT")
    seeds = await seed(world, place)
    await asyncio.to_thread(write_seeds, folder, seeds)
    token = await tokens(place, role)
    async with listening(world) as address:
        output, code = await fuzz(folder, address, token, *options)
    assert code == 0, output


async def seed(world: World, place: District) -> dict[str, list[str]]:
    """Something of everything, own and others', for the fuzzer to name; never the fuzzer's own account."""
    campaign = place.campaign.id
    draft = await steps.begin(place.by_unit, campaign)
    submitted = await steps.submitted(place.by_unit, campaign)
    sealed = [await steps.sealed(place.by_unit, place.by_committee, campaign) for _ in range(3)]
    filing = done(await steps.file(place.by_committee, campaign, *sealed[:2]), 201)
    other = await district(world, place.campaign)
    foreign = await steps.begin(other.by_unit, campaign)
    picture = await steps.picture(place.by_unit, draft)
    stranger = await world.account(Role.UNIT, unit=place.unit)
    granted = {"campaign_id": str(campaign), "committee_id": str(place.committee.id), "deadline": "application"}
    granted |= {"due_on": "2015-09-18", "reason": "连日暴雨"}
    case = {"name": "道德讲堂", "unit_name": "翔云社区"}
    planned = {"campaign_id": str(campaign), "cases": [case]}
    plan = done(await place.by_committee.post("/api/v1/plans", json=planned), 201)
    extension = done(await place.by_office.post("/api/v1/extensions", json=granted), 201)
    return {
        "application_id": [*map(id_of, [draft, submitted, *sealed, foreign])],
        "image_id": [picture["id"]],
        "campaign_id": [str(campaign), str((await world.campaign(status=CampaignStatus.DRAFT)).id)],
        "committee_id": [str(place.committee.id), str(other.committee.id)],
        "unit_id": [str(place.unit.id), str(other.unit.id)],
        "account_id": [str(stranger.id)],
        "extension_id": [extension["id"]],
        "filing_id": [filing["id"]],
        "plan_id": [plan["id"]],
        "case_id": [plan["cases"][0]["id"]],
        "verification_code": [filing["verification_code"]],
    }


def write_seeds(folder: Path, ids: Mapping[str, list[str]]) -> None:
    """The configuration, and the ids it names, in libFuzzer's form; one of them always names nothing."""
    shutil.copy(CONFIG, folder)
    for name in tomllib.loads(CONFIG.read_text("utf-8"))["dictionaries"]:
        values = [*ids.get(name, []), ANY_ID]
        (folder / f"{name}.txt").write_text("\n".join(json.dumps(value) for value in values))


async def tokens(place: District, role: Role) -> dict[str, str]:
    """A session to fuzz with, and another account's to sign out of everywhere."""
    names = ("PINPAI_TOKEN", "PINPAI_SPARE_TOKEN")
    if role is Role.PUBLIC:
        return dict.fromkeys(names, "nobody")
    return {name: await token_of(place, role) for name in names}


async def token_of(place: District, role: Role) -> str:
    committee = place.committee if role is Role.COMMITTEE else None
    client = await place.world.client_of(role, committee=committee, unit=place.unit if role is Role.UNIT else None)
    return client.headers["authorization"].removeprefix("Bearer ")


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[str]:
    """The application on a port of the system's choice."""
    # asyncio sends small answers at once only on sockets that name their protocol
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = Server(Config(world.app, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def fuzz(folder: Path, address: str, token: Mapping[str, str], *options: str) -> tuple[str, int | None]:
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        "run",
        f"{address}/api/v1/openapi.json",
        "--no-color",
        *options,
        cwd=folder,
        env=os.environ | token,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode(), process.returncode
