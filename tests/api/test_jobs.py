"""Work in the background, as the office sees it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.models.enums import Role
from app.services import jobs
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.statements import noted

ADDRESS = "/api/v1/jobs"
Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def queued(world: World, task: str = "deliver", **options: Any) -> str:
    """The address of a new job."""
    async with jobs.acting(world.database) as ctx:
        return f"{ADDRESS}/{UUID(int=await jobs.enqueue(ctx, task, **options))}"


async def stands(owner: Owner, address: str, status: str, attempts: int = 0) -> None:
    await owner.execute(
        "UPDATE procrastinate_jobs SET status = $2::text::procrastinate_job_status, attempts = $3 WHERE id = $1",
        UUID(address.rpartition("/")[2]).int,
        status,
        attempts,
    )


async def test_a_job_tells_what_it_is_about_and_when_it_is_due(world: World, office: ContractClient) -> None:
    address = await queued(world, "handle_later", at=NOW + timedelta(hours=1), follower="deliveries", sequence=3)
    job = (await office.get(address)).json()
    waits = job.pop("due_at"), job.pop("queued_at")
    assert waits[0] > waits[1]
    assert job == {
        "id": address.rpartition("/")[2],
        "task": "handle_later",
        "summary": "补做未能处理的事件",
        "status": "waiting",
        "attempts": 0,
        "failure": None,
        "arguments": {"follower": "deliveries", "sequence": 3},
        "tried_at": None,
    }


async def test_what_failed_comes_first_then_what_runs_then_what_waits(
    world: World, office: ContractClient, owner: Owner
) -> None:
    waiting, running, first, second = [await queued(world) for _ in range(4)]
    await stands(owner, running, "doing")
    for address in (second, first):
        await stands(owner, address, "failed", attempts=15)
    order = [address.rpartition("/")[2] for address in (first, second, running, waiting)]
    page = (await office.get(ADDRESS, params={"limit": 3})).json()
    rest = (await office.get(ADDRESS, params={"limit": 3, "cursor": page["next_cursor"]})).json()
    assert [job["id"] for job in page["items"] + rest["items"]] == order
    assert [page["total"], rest["total"], rest["next_cursor"]] == [4, 4, None]


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"status": "failed"}, 1),
        ({"status": ["failed", "waiting"]}, 2),
        ({"status": "running"}, 0),
        ({"task": "mail"}, 1),
        ({"task": "nothing"}, 0),
    ],
)
async def test_the_list_is_filtered(
    world: World, office: ContractClient, owner: Owner, params: dict[str, Any], count: int
) -> None:
    await queued(world, "mail")
    await stands(owner, await queued(world, "deliver"), "failed")
    assert (await office.get(ADDRESS, params=params)).json()["total"] == count


@pytest.mark.parametrize(("status", "answer"), [("failed", 200), ("todo", 200), ("doing", 409)])
async def test_what_failed_or_waits_is_done_again_at_once_and_that_is_audited(
    world: World, office: ContractClient, owner: Owner, status: str, answer: int
) -> None:
    address = await queued(world, at=NOW + timedelta(days=1))
    await stands(owner, address, status, attempts=15)
    retried = await office.post(f"{address}/retry")
    assert retried.status_code == answer
    job = (await office.get(address)).json()
    audited = (await office.get("/api/v1/audit-events", params={"action": "job.retried"})).json()["items"]
    if answer == 200:
        assert retried.json() == job
        assert [job["status"], job["attempts"], job["due_at"]] == ["waiting", 0, None]
        assert [event["subject_id"] for event in audited] == [job["id"]]
    else:
        assert [retried.json()["state"], job["attempts"], audited] == ["running", 15, []]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICE, Role.PUBLIC}])
async def test_nobody_else_has_anything_to_do_with_jobs(world: World, role: Role) -> None:
    address = await queued(world)
    committee = await world.committee()
    unit = await world.unit(committee)
    client = await world.client_of(
        role,
        committee=committee if role is Role.COMMITTEE else None,
        unit=unit if role is Role.UNIT else None,
    )
    answers = [await client.get(ADDRESS), await client.get(address), await client.post(f"{address}/retry")]
    answers += [await client.get(f"{ADDRESS}/{uuid4()}"), await client.post(f"{ADDRESS}/{uuid4()}/retry")]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert (await world.client().get(ADDRESS)).status_code == 401


@pytest.mark.parametrize("job_id", [UUID(int=0), UUID(int=2**63), UUID(int=2**128 - 1)])
async def test_what_is_no_job_is_not_found(office: ContractClient, job_id: UUID) -> None:
    answers = [await office.get(f"{ADDRESS}/{job_id}"), await office.post(f"{ADDRESS}/{job_id}/retry")]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("count", [1, 5])
async def test_a_page_costs_one_statement_beside_the_session(world: World, office: ContractClient, count: int) -> None:
    for _ in range(count):
        await queued(world)
    with noted(world.database) as sent:
        assert (await office.get(ADDRESS)).json()["total"] == count
    assert len([each for each in sent if "procrastinate" in each]) == 1
