"""The contract, fuzzed by every role over a real socket on a district with something in every state."""

import asyncio
import json
import shutil
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.models.enums import Role
from app.services.limits import Meter
from app.services.policies.limits import CHANGES_USED_UP, Allowance
from tests.contract.client import Contract, ContractClient
from tests.contract.operations import PATH
from tests.contract.seeds import commending_seeds, filing_seeds, handover_seeds, judging_seeds
from tests.world import NOW, World
from tests.world.filing import District, district
from tests.world.judging import Judging, judging
from tests.world.listening import listening
from tests.world.programs import Ended, run
from tests.world.sign_ons import signing_on

CONFIG = Path(__file__).parents[2] / "openapi" / "schemathesis.toml"
SCHEMATHESIS = Path(sys.executable).with_name("st")
ROLES = [Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL, Role.PUBLIC]
SENDERS = [Role.OFFICE, Role.COMMITTEE, Role.REVIEWER, Role.MUNICIPAL]
"""Those who send bodies; a unit sends what its committee may, too."""
ANY_ID = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs, from a day on which both deadlines are open: throttling must end some time.

    And one account sends more changes than a district in a year.
    """
    clock, traffic = world.database.clock, world.app.state.traffic
    clock.stopped_at, clock.offset, kept = None, NOW - datetime.now(UTC), traffic.changes
    traffic.changes = Meter(Allowance(CHANGES_USED_UP, 10**9, hours=1))
    yield world
    clock.offset, traffic.changes = timedelta(), kept


@pytest.mark.thorough
@pytest.mark.parametrize("role", ROLES)
async def test_every_role_is_answered_as_the_contract_says(
    contract: Contract, running: World, role: Role, tmp_path: Path
) -> None:
    """As the office also where it is refused; what refuses others is the same code, asked before anything they sent."""
    asked = {name for name, roles in operations(contract) if role is Role.OFFICE or role in roles}
    await run_as(role, running, tmp_path, asked, "--phases=examples,fuzzing,stateful", "--max-examples=3")


@pytest.mark.thorough
@pytest.mark.parametrize("role", SENDERS)
async def test_every_boundary_of_a_body_is_judged_as_the_contract_says(
    contract: Contract, running: World, role: Role, tmp_path: Path
) -> None:
    """As those who send the bodies, each operation by one role."""
    before = set(SENDERS[: SENDERS.index(role)])
    sent = {name for name, roles in operations(contract) if role in roles and not roles & before}
    await run_as(role, running, tmp_path, sent, "--phases=coverage")


def operations(contract: Contract) -> list[tuple[str, set[Role]]]:
    """Each operation with the roles that may do it; what is open to everybody is fuzzed by nobody and by the office."""
    described = [each for methods in contract.document["paths"].values() for each in methods.values()]
    return [
        (each["operationId"], {Role(name) for name in each.get("x-roles", (Role.PUBLIC, Role.OFFICE))})
        for each in described
        if "operationId" in each
    ]


async def run_as(role: Role, world: World, folder: Path, asked: set[str], *options: str) -> None:
    """Fuzz these operations as this role: no failure."""
    place = await district(world, code="QT")
    jury = await judging(world, cases=2, judges=1, campaign=place.campaign, cut=1)
    seeds = await filing_seeds(world, place) | await commending_seeds(world) | await handover_seeds(world)
    judged = await judging_seeds(jury)
    seeds |= judged | {"case_id": [*seeds["case_id"], *judged["case_id"]]}
    await asyncio.to_thread(write_seeds, folder, seeds)
    token = await tokens(place, jury, role)
    async with listening(world) as address, signing_on(world):
        these = f"--include-operation-id-regex=^({'|'.join(sorted(asked))})$"
        ended = await fuzz(folder, address, token, these, *options)
    assert ended.status == 0, ended.everything


def write_seeds(folder: Path, ids: Mapping[str, list[str]]) -> None:
    """The configuration, and the ids it names, in libFuzzer's form; one of them always names nothing."""
    shutil.copy(CONFIG, folder)
    for name in tomllib.loads(CONFIG.read_text("utf-8"))["dictionaries"]:
        values = [*ids.get(name, []), ANY_ID]
        (folder / f"{name}.txt").write_text("\n".join(json.dumps(value) for value in values))


async def tokens(place: District, jury: Judging, role: Role) -> dict[str, str]:
    """A session to fuzz with, and another account's to sign out of everywhere."""
    names = ("PINPAI_TOKEN", "PINPAI_SPARE_TOKEN")
    if role is Role.PUBLIC:
        return dict.fromkeys(names, "nobody")
    return {name: await token_of(place, jury, role) for name in names}


async def token_of(place: District, jury: Judging, role: Role) -> str:
    if role is Role.REVIEWER:
        return bearer(await jury.world.sign_in(jury.judges[0]))
    committee = place.committee if role is Role.COMMITTEE else None
    client = await place.world.client_of(role, committee=committee, unit=place.unit if role is Role.UNIT else None)
    return bearer(client)


def bearer(client: ContractClient) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


async def fuzz(folder: Path, address: str, token: Mapping[str, str], *options: str) -> Ended:
    document = str(PATH)  # what the server sends, as test_drift.py says: to render it would take this process seconds
    return await run(SCHEMATHESIS, "run", document, f"--url={address}", "--no-color", *options, folder=folder, **token)
