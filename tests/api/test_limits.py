"""The loops of an attacker with an account, each meeting its limit: words, a wait, and nothing done."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import func, select

from app.imaging import ImagingPool
from app.models import Application, AuditEvent, File
from app.models.enums import AwardStatus, CommendationStatus, FileState, Role
from app.services.files import UploadLimits
from app.services.limits import Disk, Meter, Traffic, UploadedBytes
from app.services.policies.limits import CHANGES_USED_UP, PROCESSING_USED_UP, UPLOADS_USED_UP, Allowance
from app.storage import Storage, StorageFull
from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.commending import commending
from tests.world.filing import District, district
from tests.world.uploads import photo, send_photo

API = "/api/v1"


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


@pytest.fixture(autouse=True)
def own_limits(app: FastAPI) -> Iterator[None]:
    """Put back what a test lowers."""
    state = app.state
    kept, traffic = (state.upload_limits, state.quotas), replace(state.traffic)
    yield
    state.upload_limits, state.quotas = kept
    for name in ("changes", "at_once", "uploads_at_once"):
        setattr(state.traffic, name, getattr(traffic, name))


@pytest.fixture
def traffic(app: FastAPI) -> Traffic:
    busy: Traffic = app.state.traffic
    return busy


@pytest.fixture
def limit(app: FastAPI) -> Callable[..., None]:
    """Set limits of uploads."""

    def setting(*, size: int = 2**30, seconds: int = 3600, disk: Disk | None = None) -> None:
        uploaded = UploadedBytes(Allowance(UPLOADS_USED_UP, size, hours=24))
        processing = Meter(Allowance(PROCESSING_USED_UP, seconds, hours=1))
        app.state.upload_limits = UploadLimits(uploaded, processing, disk or Disk(None, 0))

    return setting


def quota(app: FastAPI, **lower: int) -> None:
    app.state.quotas = replace(app.state.quotas, **lower)


def refused(answer: Response, status: int, code: str, *words: str) -> None:
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["type"].endswith("limit-reached" if status == 429 else "insufficient-storage")
    assert problem["limit"]["code"] == code
    assert problem["detail"] == problem["limit"]["message"]
    assert all(word in problem["detail"] for word in words)
    assert (int(answer.headers["retry-after"]) >= 1) if status == 429 else ("retry-after" not in answer.headers)


async def draft(place: District) -> str:
    row = await place.world.application(place.campaign, place.unit)
    return f"{API}/applications/{row.id}"


async def upload_and_delete(client: ContractClient, application: str, data: bytes) -> Response:
    answer = await send_photo(client, application, data)
    if answer.status_code == 201:
        image = answer.json()
        address = f"{application}/images/{image['id']}"
        assert (await client.delete(address, headers={"If-Match": image["etag"]})).status_code == 200
    return answer


async def states(world: World) -> list[FileState]:
    async with world.database.transaction() as session:
        return list((await session.scalars(select(File.state))).all())


async def test_upload_delete_upload_meets_the_allowance_of_bytes(place: District, limit: Callable[..., None]) -> None:
    """The attack: 80 GB an hour, each picture deleted again, its bytes kept for thirty days."""
    application, cost = await draft(place), sum(len(photo(number)) for number in range(3))
    limit(size=cost * 2)
    for number in range(20):
        answer = await upload_and_delete(place.by_unit, application, photo(number))
        if answer.status_code != 201:
            break
    refused(answer, 429, "uploads_used_up", "额度")
    assert 3 <= number <= 8
    assert FileState.RESERVED not in await states(place.world), "what is refused leaves no row"


async def test_parallel_uploads_never_pass_the_allowance_together(place: District, limit: Callable[..., None]) -> None:
    application, data = await draft(place), [photo(number) for number in range(8)]
    limit(size=max(map(len, data)) * 3 + 2**12)
    answers = await asyncio.gather(*(send_photo(place.by_unit, application, each) for each in data))
    assert sorted(answer.status_code for answer in answers)[:1] == [201]
    kept = sum(len(each) for each, answer in zip(data, answers, strict=True) if answer.status_code == 201)
    assert kept <= max(map(len, data)) * 3 + 2**12
    assert 429 in {answer.status_code for answer in answers}


async def test_what_is_kept_counts_where_it_is_more_than_what_was_sent(
    place: District, limit: Callable[..., None]
) -> None:
    """A small file may show much: the painted picture is what fills the disk."""
    application = await draft(place)
    tile = photo(1, kind="PNG", size=(1600, 1600))
    limit(size=len(tile) + 100)
    answer = await send_photo(place.by_unit, application, tile)
    refused(answer, 429, "uploads_used_up")
    assert FileState.STORED not in await states(place.world)


async def test_a_loop_of_bombs_meets_the_allowance_of_worker_seconds(
    place: District, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: a small PNG of 8192 pixels a side holds a worker for seconds, again and again."""
    application = await draft(place)
    limit(seconds=90)
    busy, run = 0, ImagingPool.run

    async def slow(pool: ImagingPool, task: str, data: bytes, held: Any, **options: int) -> Any:
        nonlocal busy
        busy += 1
        return await run(pool, task, data, lambda _: held(20.0), **options)

    monkeypatch.setattr(ImagingPool, "run", slow)
    answers = [await send_photo(place.by_unit, application, b"no picture") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [409] * 4 + [429] * 2
    refused(answers[-1], 429, "processing_used_up", "90")
    assert busy == 4
    assert await states(place.world) == []


@pytest.mark.thorough
async def test_real_bombs_meet_it_too(place: District, limit: Callable[..., None]) -> None:
    """The same without a stand-in: some 200 KB that show 67 megapixels."""
    application, bomb = await draft(place), photo(1, kind="PNG", size=(8192, 8192))
    assert len(bomb) < 2**18
    limit(seconds=33)
    for _ in range(30):
        answer = await upload_and_delete(place.by_unit, application, bomb)
        if answer.status_code != 201:
            break
    refused(answer, 429, "processing_used_up", "33")


async def test_an_upload_that_no_worker_looked_at_is_not_counted(
    place: District, limit: Callable[..., None], world: World
) -> None:
    application, data = await draft(place), photo(1)
    limit(size=len(data) + 2**12, seconds=20)
    for _ in range(5):
        refused(await send_photo(place.by_unit, application, data), 429, "processing_used_up")
    limits: UploadLimits = world.app.state.upload_limits
    limits.processing = Meter(Allowance(PROCESSING_USED_UP, 3600, hours=1))
    assert (await send_photo(place.by_unit, application, data)).status_code == 201


async def test_drafts_have_a_quota_under_concurrency_too(place: District) -> None:
    quota(place.world.app, applications_per_unit=5)
    body = {"campaign_id": str(place.campaign.id)}

    async def begin() -> Response:
        return await place.by_unit.post(f"{API}/applications", json=body, headers=key())

    answers = await asyncio.gather(*(begin() for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [507] * 7
    refused(max(answers, key=lambda answer: answer.status_code), 507, "too_many_applications", "5")
    async with place.world.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Application)) == 5
    gone = next(answer.json() for answer in answers if answer.status_code == 201)
    deleted = await place.by_unit.delete(f"{API}/applications/{gone['id']}", headers={"If-Match": gone["etag"]})
    assert (deleted.status_code, (await begin()).status_code) == (204, 201)


async def test_units_and_accounts_of_a_committee_have_quotas_and_the_office_has_none(place: District) -> None:
    quota(place.world.app, units_per_committee=3, accounts_per_committee=4)
    committee_id, unit_id = str(place.committee.id), str(place.unit.id)

    async def make(client: ContractClient, number: int) -> list[Response]:
        unit = {"name": f"新单位{number}", "honour_level": "district", "committee_id": committee_id}
        username = f"{place.committee.code.lower()}.clerk-{number}"
        account = {"username": username, "name": "李文博", "role": "unit", "unit_id": unit_id}
        return [
            await client.post(f"{API}/units", json=unit),
            await client.post(f"{API}/accounts", json=account),
        ]

    made = await asyncio.gather(*(make(place.by_committee, number) for number in range(5)))
    refusals = [("too_many_units", "3"), ("too_many_accounts", "4")]
    for answers, (code, most) in zip(zip(*made, strict=True), refusals, strict=True):
        there = "a unit is there, and an account of the committee's own beside the unit's"
        assert sorted(answer.status_code for answer in answers) == [201] * 2 + [507] * 3, there
        refused(max(answers, key=lambda answer: answer.status_code), 507, code, most)
    assert [answer.status_code for answer in await make(place.by_office, 9)] == [201, 201]


async def test_objections_of_an_account_have_a_quota(world: World) -> None:
    place = await commending(world, (1, 90.0))
    award = await place.award()
    await place.stands(CommendationStatus.PUBLICISED, AwardStatus.PROPOSED)
    quota(world.app, objections_per_account=2)
    client = await world.client_of(Role.UNIT, unit=place.units[0])
    body = {"award_id": str(award.id), "text": "与实际不符"}
    answers = [await client.post(f"{place.path}/objections", json=body, headers=key()) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [201, 201]
    refused(answers[2], 507, "too_many_objections", "2")


async def test_every_change_counts_also_one_that_is_refused(place: District, traffic: Traffic) -> None:
    """Create and delete, or knock for ever: each is a request that changes something."""
    traffic.changes = Meter(Allowance(CHANGES_USED_UP, 5, hours=1))
    body = {"campaign_id": str(place.campaign.id)}
    for number in range(5):
        answer = await place.by_unit.post(f"{API}/applications", json=body if number % 2 else {}, headers=key())
        assert answer.status_code in {201, 422}
    async with place.world.database.transaction() as session:
        before = await session.scalar(select(func.count()).select_from(AuditEvent))
    refused(await place.by_unit.post(f"{API}/applications", json=body, headers=key()), 429, "changes_used_up", "5")
    async with place.world.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEvent)) == before
    assert (await place.by_unit.get(f"{API}/applications")).status_code == 200
    assert (await place.by_committee.post(f"{API}/applications", json={}, headers=key())).status_code == 422


async def test_requests_at_once_are_limited_by_account_and_the_body_is_not_read(
    place: District, traffic: Traffic
) -> None:
    traffic.at_once, traffic.uploads_at_once = 3, 1
    application, read = await draft(place), 0
    sending, going_on = asyncio.Event(), asyncio.Event()

    async def slow_body() -> Any:
        nonlocal read
        read += 1
        sending.set()
        await going_on.wait()
        yield b"--x--\r\n"

    async def upload() -> Response:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        return await place.by_unit.post(f"{application}/images", content=slow_body(), headers=headers)

    first = asyncio.create_task(upload())
    await sending.wait()
    refused(await upload(), 429, "too_many_uploads_at_once", "1")
    assert read == 1
    traffic.at_once = 1
    refused(await place.by_unit.get(f"{API}/applications"), 429, "too_many_at_once", "1")
    assert (await place.by_committee.get(f"{API}/applications")).status_code == 200
    going_on.set()
    assert (await first).status_code == 422
    assert (await place.by_unit.get(f"{API}/applications")).status_code == 200


async def test_below_the_floor_no_files_are_taken_and_everything_else_is(
    place: District, limit: Callable[..., None], tmp_path: Path
) -> None:
    application = await draft(place)
    limit(disk=Disk(tmp_path, 2**62))
    refused(await send_photo(place.by_unit, application, photo()), 507, "disk_almost_full", "管理员")
    body = {"campaign_id": str(place.campaign.id)}
    assert (await place.by_unit.post(f"{API}/applications", json=body, headers=key())).status_code == 201


async def test_a_full_store_is_told_as_such(place: District, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StorageFull

    monkeypatch.setattr(Storage, "put", full)
    refused(await send_photo(place.by_unit, await draft(place), photo()), 507, "storage_full", "管理员")


async def test_the_words_are_english_where_they_are_asked_for(place: District, traffic: Traffic) -> None:
    traffic.at_once = 0
    answer = await place.by_unit.get(f"{API}/applications", headers={"Accept-Language": "en"})
    refused(answer, 429, "too_many_at_once", "Too many requests of this account at once: at most 0.")
