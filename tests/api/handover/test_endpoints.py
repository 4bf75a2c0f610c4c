import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import select
from standardwebhooks import Webhook

from app.database import Clock
from app.models import AuditEvent, Endpoint
from app.models.enums import Role
from app.outgoing import Outgoing
from app.services.handover import endpoints
from app.settings import Settings
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.actions import told
from tests.world.deliveries import Owner, allowing, delivering, pushing
from tests.world.receiver import Receiver, receiving, silence, status
from tests.world.statements import noted

URL = "/api/v1/endpoints"
NAMED = "https://wenming.tangshan.gov.cn/hooks"


@pytest.fixture
def named(app: FastAPI) -> Iterator[None]:
    """The operator has named a host."""
    with pushing(app, Outgoing(frozenset({"wenming.tangshan.gov.cn"}))):
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def receiver(app: FastAPI) -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        with pushing(app, allowing(receiver, Outgoing())):
            yield receiver


async def registered(office: ContractClient, url: str = NAMED, **more: Any) -> dict[str, Any]:
    answer = await office.post(URL, json={"url": url} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_an_endpoint_is_registered_and_tells_its_secret_once(world: World, named: None) -> None:
    office = await world.client_of(Role.OFFICE)
    answer = await office.post(URL, json={"url": NAMED, "description": "市文明办业务系统"})
    made = answer.json()
    assert (made["url"], made["status"], made["retiring_until"]) == (NAMED, "active", None)
    assert (made["pending"], made["failed"]) == (0, 0)
    assert answer.headers["cache-control"] == "no-store"
    read = await office.get(answer.headers["location"])
    assert read.json() == {name: value for name, value in made.items() if name != "secret"}
    assert (await office.get(URL, params={"actions": "true"})).json()["items"] == [read.json()]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://wenming.tangshan.gov.cn/hooks", "https_required"),
        ("https://user:word@wenming.tangshan.gov.cn/", "malformed_url"),
        ("https://文明.example/", "malformed_url"),
        ("https://[::1]/", "malformed_url"),
        ("https://2130706433/", "host_not_allowed"),
        ("https://wenming.tangshan.gov.cn.:443/", "host_not_allowed"),
        ("https://169.254.169.254/latest/meta-data", "host_not_allowed"),
    ],
)
async def test_an_address_that_is_not_named_as_it_is_written_is_refused(
    world: World, named: None, url: str, code: str
) -> None:
    office = await world.client_of(Role.OFFICE)
    refused = await office.post(URL, json={"url": url})
    assert refused.status_code == 409
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [(code, "/url")]


async def test_while_no_host_is_named_push_is_switched_off(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    refused = await office.post(URL, json={"url": NAMED})
    (finding,) = refused.json()["findings"]
    assert (finding["code"], finding["message"]) == (
        "push_switched_off",
        "本系统未启用推送：运行配置中没有允许的主机。",
    )


async def test_an_address_is_registered_once(world: World, named: None) -> None:
    office = await world.client_of(Role.OFFICE)
    await registered(office)
    refused = await office.post(URL, json={"url": NAMED})
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [("already_exists", "/url")]


async def test_an_endpoint_is_described_disabled_and_enabled_by_whoever_read_it(world: World, named: None) -> None:
    office = await world.client_of(Role.OFFICE)
    made = await registered(office)
    path = f"{URL}/{made['id']}"

    async def change(tag: str, **body: Any) -> dict[str, Any]:
        answer = await office.patch(path, json=body, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    off = await change(made["etag"], status="disabled", description="换了系统")
    assert (off["status"], off["description"], off["etag"]) == ("disabled", "换了系统", '"2"')
    assert (await change(off["etag"], status="disabled"))["etag"] == '"2"'
    assert (await office.get(URL, params={"status": "active"})).json()["total"] == 0
    rotating = await office.post(f"{path}/secret-rotation")
    assert (rotating.status_code, rotating.json()["state"]) == (409, "disabled")
    on = await change(off["etag"], status="active")
    assert (on["status"], on["etag"]) == ("active", '"3"')
    stale = await office.patch(path, json={"description": "x"}, headers={"If-Match": made["etag"]})
    assert stale.status_code == 412
    assert (await office.patch(path, json={"description": "x"})).status_code == 428
    for body in ({"status": None}, {"url": "https://a.example/"}, {"status": "gone"}):
        assert (await office.patch(path, json=body, headers={"If-Match": "*"})).status_code == 422
    actions = [each.action for each in await events_of(world)]
    assert actions == ["endpoint.created", "endpoint.disabled", "endpoint.enabled"]


async def test_an_endpoint_tells_the_acts_of_its_state(world: World, named: None) -> None:
    office = await world.client_of(Role.OFFICE)
    made = await registered(office)
    always: dict[str, list[str]] = {"edit": [], "probe": [], "delete": []}
    assert told(made) == always | {"disable": [], "enable": ["wrong_state"], "rotate": []}
    off = await office.patch(f"{URL}/{made['id']}", json={"status": "disabled"}, headers={"If-Match": "*"})
    assert told(off.json()) == always | {"disable": ["wrong_state"], "enable": [], "rotate": ["wrong_state"]}
    refused = await office.post(f"{URL}/{made['id']}/secret-rotation")
    assert refused.json()["state"] == off.json()["actions"]["rotate"]["findings"][0]["params"]["state"]


async def events_of(world: World) -> list[AuditEvent]:
    async with world.database.transaction() as session:
        found = select(AuditEvent).where(AuditEvent.subject_type == "endpoint").order_by(AuditEvent.ordinal)
        return list(await session.scalars(found))


async def test_an_endpoint_is_deleted_only_if_nothing_was_ever_owed_to_it(
    world: World, settings: Settings, owner: Owner, receiver: Receiver
) -> None:
    office = await world.client_of(Role.OFFICE)
    unused, used = await registered(office, receiver.url + "/1"), await registered(office, receiver.url + "/2")
    path = f"{URL}/{unused['id']}"
    assert (await office.delete(path)).status_code == 428
    assert (await office.delete(path, headers={"If-Match": '"9"'})).status_code == 412
    assert (await office.delete(path, headers={"If-Match": unused["etag"]})).status_code == 204
    assert (await office.get(path)).status_code == 404

    place = await delivering(world, settings, owner)
    await place.nominate()
    await place.announce()
    refused = await office.delete(f"{URL}/{used['id']}", headers={"If-Match": used["etag"]})
    (finding,) = refused.json()["findings"]
    assert (finding["code"], finding["params"]) == ("endpoint_in_use", {"count": 1})
    read = (await office.get(f"{URL}/{used['id']}")).json()
    assert read["pending"] == 1
    assert read["actions"]["delete"] == {"allowed": False, "findings": [finding]}


async def test_a_secret_is_rotated_and_the_one_before_counts_for_a_day(world: World, named: None, clock: Clock) -> None:
    office = await world.client_of(Role.OFFICE)
    made = await registered(office)
    rotated = await office.post(f"{URL}/{made['id']}/secret-rotation")
    assert rotated.json()["secret"] != made["secret"]
    assert rotated.json()["retiring_until"] == "2015-04-22T02:00:00Z"
    async with world.database.transaction() as session:
        row = await session.get_one(Endpoint, made["id"])
    live = endpoints.live_secrets(row, world.keyring, NOW)
    assert live == [rotated.json()["secret"], made["secret"]]
    assert [secret for secret in live if secret.encode() in row.secret + (row.retiring_secret or b"")] == []
    clock.stopped_at = NOW + timedelta(days=1)
    assert (await office.get(f"{URL}/{made['id']}")).json()["retiring_until"] is None


async def test_a_probe_is_signed_and_tells_what_was_answered(world: World, receiver: Receiver) -> None:
    office = await world.client_of(Role.OFFICE)
    made = await registered(office, receiver.url)
    receiver.answers.extend([status(204), status(500, b"confidential"), silence])
    outcomes = []
    for _ in range(3):
        answer = await office.post(f"{URL}/{made['id']}/probe")
        assert answer.status_code == 200, answer.text
        outcomes.append((answer.json()["status_code"], answer.json()["failure"]))
    assert outcomes == [(204, None), (500, "refused"), (None, "timed_out")]
    message = Webhook(made["secret"]).verify(receiver.received[0].body, receiver.received[0].headers)
    assert (message["type"], message["data"]) == ("endpoint.probed", {"endpoint_id": made["id"]})


async def test_nobody_but_the_office_has_endpoints(world: World, named: None) -> None:
    office = await world.client_of(Role.OFFICE)
    made = await registered(office)
    path, any_version = f"{URL}/{made['id']}", {"If-Match": "*"}
    committee = await world.committee()
    for client in (
        await world.client_of(Role.COMMITTEE, committee=committee),
        await world.client_of(Role.UNIT, unit=await world.unit(committee)),
        await world.client_of(Role.REVIEWER),
        await world.client_of(Role.MUNICIPAL),
    ):
        assert (await client.get(URL)).json()["total"] == 0
        assert (await client.post(URL, json={"url": NAMED + "/2"})).status_code == 403
        for answer in (
            await client.get(path),
            await client.patch(path, json={"description": "x"}, headers=any_version),
            await client.delete(path, headers=any_version),
            await client.post(f"{path}/secret-rotation"),
            await client.post(f"{path}/probe"),
        ):
            assert answer.status_code == 404
    assert (await world.client().get(URL)).status_code == 401
    assert (await office.get(path)).json()["etag"] == made["etag"]


async def test_a_secret_is_in_no_other_answer_log_or_trace(
    world: World, receiver: Receiver, owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office = await world.client_of(Role.OFFICE)
    made = await registered(office, receiver.url)
    path = f"{URL}/{made['id']}"
    new = (await office.post(f"{path}/secret-rotation")).json()["secret"]
    await office.patch(path, json={"status": "disabled"}, headers={"If-Match": "*"})
    answers = [
        await office.post(f"{path}/probe"),
        await office.get(path),
        await office.get(URL),
        await office.get("/api/v1/audit-events"),
        await office.get("/api/v1/events"),
    ]
    assert {each.status_code for each in answers} == {200}
    rows = [row["line"] for row in await owner.fetch("SELECT t::text AS line FROM audit_events AS t")]
    rows += [row["line"] for row in await owner.fetch("SELECT t::text AS line FROM idempotency_keys AS t")]
    exposed = "\n".join([caplog.text, *rows, *(each.text for each in answers)])
    assert [secret for secret in (made["secret"], new) if secret[6:] in exposed] == []


@pytest.mark.parametrize("rows", [1, 5])
async def test_a_page_costs_one_statement_whatever_its_length(world: World, named: None, rows: int) -> None:
    office = await world.client_of(Role.OFFICE)
    for number in range(rows):
        await registered(office, f"{NAMED}/{number}")
    with noted(world.database) as sent:
        assert len((await office.get(URL)).json()["items"]) == rows
    assert len([one for one in sent if "FROM endpoints" in one]) == 1
