import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import func, select, update

from app.models import Account, Application, AuditEvent, Campaign, Unit
from app.models.enums import Role
from app.services import idempotency
from tests.contract.client import ContractClient
from tests.world import NOW, World, key
from tests.world.filing import district
from tests.world.uploads import photo

PATH = "/api/v1/applications"
COMMITTEE = {"name": "乔屯街道党工委", "kind": "township_subdistrict"}


@pytest.fixture
async def campaign(world: World) -> Campaign:
    return await world.campaign()


@pytest.fixture
async def unit(world: World) -> Unit:
    return await world.unit(await world.committee())


@pytest.fixture
async def account(world: World, unit: Unit) -> Account:
    return await world.account(Role.UNIT, unit=unit)


@pytest.fixture
async def client(world: World, account: Account) -> ContractClient:
    return await world.sign_in(account)


async def effects(world: World) -> tuple[int, int]:
    async with world.database.transaction() as session:
        made = await session.scalar(select(func.count()).select_from(Application))
        noted = await session.scalar(select(func.count()).where(AuditEvent.action == "application.created"))
        return made or 0, noted or 0


def body(campaign: Campaign, **cells: Any) -> dict[str, Any]:
    return {"campaign_id": str(campaign.id)} | cells


async def test_fifty_sends_of_one_key_have_one_effect_and_one_answer(
    world: World, campaign: Campaign, client: ContractClient
) -> None:
    one = key()
    answers = await asyncio.gather(*(client.post(PATH, json=body(campaign), headers=one) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.text, answer.headers["etag"], answer.headers["location"]) for answer in answers}) == 1
    assert sorted(answer.headers.get("idempotency-replayed", "") for answer in answers) == [""] + ["true"] * 49
    assert len({answer.headers["x-request-id"] for answer in answers}) == 50
    assert await effects(world) == (1, 1)


async def test_an_act_that_creates_nothing_is_repeated_byte_for_byte(world: World) -> None:
    place = await district(world)
    path, one = f"{PATH}/{await place.complete()}", key()
    answers = [await place.by_unit.post(f"{path}/submission", headers=one) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert ["location" in answer.headers for answer in answers] == [False, False]
    assert len({(answer.content, answer.headers["etag"]) for answer in answers}) == 1
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true"]


async def test_what_is_kept_for_a_repetition_cannot_be_read(
    world: World, campaign: Campaign, client: ContractClient, owner: Any
) -> None:
    one, phone, name = key(), "0315-3724062", "李文博"
    made = await client.post(PATH, json=body(campaign, phone=phone, leader_name=name), headers=one)
    assert (made.status_code, phone in made.text, name in made.text) == (201, True, True)
    [row] = await owner.fetch("SELECT * FROM idempotency_keys")
    kept = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    known = [phone, name, one["Idempotency-Key"], made.json()["id"], made.json()["number"]]
    assert [word for word in known if word.encode() in kept] == []
    request = idempotency.fingerprint(["POST", PATH, "", ""], made.request.content)
    assert [digest for digest in (request, sha256(made.request.content).digest()) if digest in kept] == []


async def test_the_same_key_with_another_body_is_refused(campaign: Campaign, client: ContractClient) -> None:
    one = key()
    await client.post(PATH, json=body(campaign), headers=one)
    refused = await client.post(PATH, json=body(campaign, brand_name="另一个"), headers=one)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:problem-type:pinpai:idempotency-key-reused")


async def test_the_same_key_for_another_act_is_refused(campaign: Campaign, client: ContractClient) -> None:
    one = key()
    made = await client.post(PATH, json=body(campaign), headers=one)
    refused = await client.post(made.headers["location"] + "/submission", headers=one)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:problem-type:pinpai:idempotency-key-reused")


async def test_what_was_refused_may_be_sent_again_under_its_key(
    world: World, campaign: Campaign, client: ContractClient
) -> None:
    one, clock = key(), world.database.clock
    clock.stopped_at = NOW + timedelta(days=365)
    refused = await client.post(PATH, json=body(campaign), headers=one)
    assert refused.json()["findings"][0]["code"] == "deadline_passed"
    clock.stopped_at = NOW
    made = await client.post(PATH, json=body(campaign), headers=one)
    assert (made.status_code, "idempotency-replayed" in made.headers) == (201, False)
    assert await effects(world) == (1, 1)


async def test_a_key_of_another_account_is_another_key(world: World, campaign: Campaign, unit: Unit) -> None:
    one = key()
    for _ in range(2):
        client = await world.client_of(Role.UNIT, unit=unit)
        made = await client.post(PATH, json=body(campaign), headers=one)
        assert (made.status_code, "idempotency-replayed" in made.headers) == (201, False)
    assert await effects(world) == (2, 2)


async def test_another_session_of_the_same_account_is_told_the_same(
    world: World, campaign: Campaign, account: Account, client: ContractClient
) -> None:
    one = key()
    first = await client.post(PATH, json=body(campaign), headers=one)
    again = await (await world.sign_in(account)).post(PATH, json=body(campaign), headers=one)
    assert (again.text, again.headers["idempotency-replayed"]) == (first.text, "true")


async def test_whose_rights_changed_is_not_told_what_was_answered_before(
    world: World, campaign: Campaign, account: Account, client: ContractClient
) -> None:
    one, elsewhere = key(), await world.unit(await world.committee())
    await client.post(PATH, json=body(campaign), headers=one)
    async with world.database.transaction() as session:
        moved = {"unit_id": elsewhere.id, "committee_id": elsewhere.committee_id}
        await session.execute(update(Account).where(Account.id == account.id).values(**moved))
    refused = await client.post(PATH, json=body(campaign), headers=one)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:problem-type:pinpai:idempotency-key-reused")


@pytest.mark.parametrize("given", [None, "", "short", "with a space in it", "品牌品牌品牌品牌".encode(), "k" * 256])
async def test_an_act_that_matters_needs_a_key(campaign: Campaign, client: ContractClient, given: Any) -> None:
    headers = {} if given is None else {"Idempotency-Key": given}
    refused = await client.post(PATH, json=body(campaign), headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:problem-type:pinpai:idempotency-key-required")


@pytest.mark.parametrize("given", ["k" * 8, "k" * 255, '"quoted-key"'])
async def test_a_key_may_be_quoted(campaign: Campaign, client: ContractClient, given: str) -> None:
    made = await client.post(PATH, json=body(campaign), headers={"Idempotency-Key": given})
    again = await client.post(PATH, json=body(campaign), headers={"Idempotency-Key": given.strip('"')})
    assert UUID(made.json()["id"]) == UUID(again.json()["id"])


async def test_an_upload_is_repeated_whatever_a_client_writes_between_its_parts(world: World) -> None:
    place = await district(world)
    path, one = f"{PATH}/{(await place.complete(pictures=0))}/images", key()
    answers = [await upload(place.by_unit, path, photo(1), boundary, one) for boundary in ("first", "second")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (answers[1].json(), answers[1].headers["idempotency-replayed"]) == (answers[0].json(), "true")
    other = await upload(place.by_unit, path, photo(2), "third", one)
    assert other.json()["type"] == "urn:problem-type:pinpai:idempotency-key-reused"
    again = await upload(place.by_unit, path, photo(1), "fourth", key())
    assert again.json()["findings"][0]["code"] == "duplicate_image"


async def test_an_upload_whose_connection_breaks_before_its_answer_is_kept_has_no_effect(
    world: World, owner: Any
) -> None:
    place = await district(world)
    path, one = f"{PATH}/{(await place.complete(pictures=0))}/images", key()
    async with owner.transaction(), world.database.reading() as reader:
        sent = asyncio.create_task(upload(place.by_unit, path, photo(1), "x", one))
        await until(owner, HELD)
        await until(reader, BROKEN, owner.get_server_pid())
    assert (await sent).status_code == 503
    made = await upload(place.by_unit, path, photo(1), "x", one)
    again = await upload(place.by_unit, path, photo(1), "x", one)
    assert (made.status_code, made.json()) == (201, again.json())


HELD = "SELECT 1 FROM idempotency_keys WHERE answer IS NULL FOR UPDATE"
BROKEN = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))"


async def until(connection: Any, question: str, *arguments: int) -> None:
    for _ in range(2000):
        if await connection.fetch(question, *arguments):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(question)


async def test_a_refused_upload_may_be_sent_again_under_its_key(world: World) -> None:
    place = await district(world)
    path, one = f"{PATH}/{(await place.complete(pictures=0))}/images", key()
    broken = [await upload(place.by_unit, path, photo(1)[:200], "x", one) for _ in range(2)]
    assert [answer.json()["findings"][0]["code"] for answer in broken] == ["broken_image"] * 2


async def upload(client: ContractClient, path: str, data: bytes, boundary: str, headers: dict[str, str]) -> Response:
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return await client.post(path, files={"file": ("a.jpg", data, "image/jpeg")}, headers=headers | kind)


@pytest.mark.parametrize("given", ["short", "with a space in it", "k" * 258])
async def test_a_key_that_is_none_is_refused_also_where_none_is_needed(world: World, given: str) -> None:
    office = await world.client_of(Role.OFFICE)
    refused = await office.post("/api/v1/committees", json=COMMITTEE, headers={"Idempotency-Key": given})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/Idempotency-Key")


async def test_where_none_is_needed_an_act_without_a_key_is_done_each_time(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    made = [await office.post("/api/v1/committees", json=COMMITTEE | {"name": name}) for name in ("甲", "乙")]
    assert [answer.status_code for answer in made] == [201, 201]
