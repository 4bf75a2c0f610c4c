"""Deliveries: each announcement to each endpoint once in effect, signed, in order, tried until it arrives."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from standardwebhooks import Webhook, WebhookVerificationError

from app.database import Clock
from app.models import Endpoint
from app.models.enums import DeliveryFailure, DeliveryStatus, EndpointStatus, NominationStatus
from app.services import jobs
from app.services.handover import deliveries, endpoints
from app.services.history import mark
from app.services.policies.events import PushedMessage
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.endpoints import CHANGEOVER
from app.settings import Settings
from tests.handover.processes import environment
from tests.world import NOW, World
from tests.world.deliveries import BASE, SECRET, Delivering, Owner, delivering, duplicates
from tests.world.receiver import Behaviour, Received, Receiver, dripping, endless, hang_up, receiving, silence, status
from tests.world.statements import noted
from tests.world.worker import event

PENDING, DELIVERED, FAILED = DeliveryStatus.PENDING, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED


@pytest_asyncio.fixture(loop_scope="session")
async def place(world: World, settings: Settings, owner: Owner) -> Delivering:
    return await delivering(world, settings, owner)


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def verified(message: Received, secret: str = SECRET) -> dict[str, Any]:
    """Content of a message, verified with the standard's own library."""
    payload: dict[str, Any] = Webhook(secret).verify(message.body, message.headers)
    return payload


async def stands(place: Delivering) -> list[tuple[DeliveryStatus, int]]:
    return [(each.status, each.attempts) for each in await place.deliveries()]


async def test_what_happens_to_a_nomination_is_owed_to_every_active_endpoint_once(
    place: Delivering, receiver: Receiver
) -> None:
    first, second = await place.endpoint(receiver), await place.endpoint(receiver, "/2")
    await place.endpoint(receiver, "/3", status=EndpointStatus.DISABLED)
    nomination = await place.nominate()
    await place.announce()
    async with jobs.acting(place.world.database) as ctx:
        rows = [event(each.event, each.type) for each in await place.deliveries()]
        await deliveries.offer(ctx, rows)
    await place.announce()
    owed = await place.deliveries()
    assert [(each.endpoint_id, each.nomination_id, each.type, each.status, each.attempts) for each in owed] == [
        (endpoint.id, nomination.id, "nomination.prepared", PENDING, 0) for endpoint in (first, second)
    ]
    assert await place.jobs() == [("todo", 0, None)] * 2


async def test_only_what_is_to_be_pushed_is_owed(place: Delivering, receiver: Receiver) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    async with jobs.acting(place.world.database) as ctx:
        for event in (policy.EDIT.event, policy.SEND.event, policy.RECEIVE.event, policy.ANSWERED):
            mark(ctx, nomination.id, event)
    await place.withdraw(nomination)
    await place.announce()
    assert [each.type for each in await place.deliveries()] == ["nomination.prepared", "nomination.withdrawn"]


@pytest.mark.parametrize("cases", [1, 6])
async def test_owing_costs_one_look_however_many_events_there_are(
    place: Delivering, receiver: Receiver, cases: int
) -> None:
    await place.endpoint(receiver)
    for _ in range(cases):
        await place.nominate()
    with noted(place.world.database) as sent:
        await place.announce()
    assert len([one for one in sent if one.startswith("SELECT") and "FROM audit_events JOIN nominations" in one]) == 1


async def test_a_message_is_thin_signed_and_makes_the_nomination_delivered(
    place: Delivering, receiver: Receiver
) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    await place.announce()
    await place.work()
    (message,), (delivery,), (attempt,) = receiver.received, await place.deliveries(), await place.tries()
    assert message.id == str(delivery.id)
    assert verified(message) == {
        "type": "nomination.prepared",
        "timestamp": "2015-04-21T02:00:00Z",
        "data": {
            "nomination_id": str(nomination.id),
            "revision": 1,
            "digest": "9f" * 32,
            "sequence": delivery.event,
            "href": f"{BASE}/api/v1/nominations/{nomination.id}",
        },
    }
    PushedMessage.model_validate_json(message.body)
    assert len(message.body) < 500
    assert message.headers["content-type"] == "application/json"
    assert (delivery.status, delivery.attempts, delivery.delivered_at) == (DELIVERED, 1, NOW)
    assert (attempt.number, attempt.tried_at, attempt.status_code, attempt.failure) == (1, NOW, 204, None)
    found = await place.nomination(nomination)
    assert (found.status, found.delivered_at) == (NominationStatus.DELIVERED, NOW)
    assert await place.jobs() == []


async def test_a_nomination_is_on_its_way_from_the_first_attempt(place: Delivering, receiver: Receiver) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    await place.announce()
    receiver.answers.append(status(500))
    await place.work()
    assert (await place.nomination(nomination)).status is NominationStatus.DELIVERING


async def test_what_is_further_already_is_not_moved_back(place: Delivering, receiver: Receiver) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    await place.withdraw(nomination)
    await place.announce()
    await place.work()
    assert [verified(each)["type"] for each in receiver.received] == ["nomination.prepared", "nomination.withdrawn"]
    assert (await place.nomination(nomination)).status is NominationStatus.WITHDRAWN


async def test_for_a_day_both_secrets_sign_and_then_the_new_one_alone(
    place: Delivering, receiver: Receiver, clock: Clock
) -> None:
    endpoint = await place.endpoint(receiver)
    async with jobs.acting(place.world.database) as ctx:
        new = await endpoints.rotate(ctx, endpoint.id, place.world.keyring)
    for moment in (NOW + CHANGEOVER - timedelta(seconds=1), NOW + CHANGEOVER):
        clock.stopped_at = moment
        await place.nominate()
        await place.announce()
        await place.work()
    during, after = receiver.received
    assert verified(during, SECRET) == verified(during, new)
    assert verified(after, new)["type"] == "nomination.prepared"
    with pytest.raises(WebhookVerificationError):
        verified(after, SECRET)


async def test_a_message_replayed_late_or_altered_is_refused_by_the_receivers_library(
    place: Delivering, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.endpoint(receiver)
    await place.nominate()
    await place.announce()
    await place.work()
    (message,) = receiver.received
    forged = [
        Received(message.path, message.headers, message.body.replace(b'"revision":1', b'"revision":2')),
        Received(message.path, message.headers | {"webhook-id": "another"}, message.body),
        Received(message.path, message.headers | {"webhook-timestamp": "1430000000"}, message.body),
        Received(message.path, message.headers | {"webhook-signature": "v1," + "A" * 43 + "="}, message.body),
    ]
    for each in forged:
        with pytest.raises(WebhookVerificationError):
            verified(each)

    earlier = datetime.now(UTC) - timedelta(minutes=6)
    monkeypatch.setattr(endpoints, "sent_at", lambda: earlier)
    await place.nominate()
    await place.announce()
    await place.work()
    with pytest.raises(WebhookVerificationError, match="too old"):
        verified(receiver.received[1])


@pytest.mark.parametrize(
    ("answer", "code", "failure"),
    [
        (status(500, b"secret trace"), 500, DeliveryFailure.REFUSED),
        (status(404), 404, DeliveryFailure.REFUSED),
        (status(302, Location="http://127.0.0.1:1/"), 302, DeliveryFailure.REDIRECTED),
        (silence, None, DeliveryFailure.TIMED_OUT),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), None, DeliveryFailure.TIMED_OUT),
        (hang_up, None, DeliveryFailure.BROKEN_ANSWER),
    ],
)
async def test_what_does_not_count_is_noted_and_tried_again_with_the_same_id(
    place: Delivering, receiver: Receiver, answer: Behaviour, code: int | None, failure: DeliveryFailure
) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    await place.announce()
    receiver.answers.append(answer)
    await place.work()
    (delivery,) = await place.deliveries()
    assert (delivery.status, delivery.attempts) == (PENDING, 1)
    assert delivery.next_attempt_at == NOW + timedelta(seconds=4)
    assert await place.jobs() == [("todo", 1, f"Postponed: {failure.value}")]
    await place.hurry()
    await place.work()
    assert await stands(place) == [(DELIVERED, 2)]
    assert [(each.status_code, each.failure) for each in await place.tries()] == [(code, failure), (204, None)]
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert (await place.nomination(nomination)).status is NominationStatus.DELIVERED


async def test_an_answer_without_end_that_is_well_still_counts_once(place: Delivering, receiver: Receiver) -> None:
    await place.endpoint(receiver)
    await place.nominate()
    await place.announce()
    receiver.answers.append(endless)
    await place.work()
    assert (await stands(place), len(receiver.received)) == ([(DELIVERED, 1)], 1)


async def test_nobody_listening_is_noted(place: Delivering) -> None:
    async with receiving() as gone:
        await place.endpoint(gone)
    await place.nominate()
    await place.announce()
    await place.work()
    assert [(each.status_code, each.failure) for each in await place.tries()] == [(None, DeliveryFailure.UNREACHABLE)]


@pytest.mark.parametrize(("asked", "least"), [("3600", 3600), ("1", 4), ("999999999", 86400)])
async def test_a_receiver_may_ask_for_a_pause_up_to_a_day(
    place: Delivering, receiver: Receiver, asked: str, least: int
) -> None:
    await place.endpoint(receiver)
    await place.nominate()
    await place.announce()
    receiver.answers.append(status(429, Retry_After=asked))
    await place.work()
    (delivery,) = await place.deliveries()
    assert delivery.next_attempt_at == NOW + timedelta(seconds=least)
    wait = await place.owner.fetchval("SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs")
    assert least - 3 < wait <= max(least, 6)


async def test_an_endpoint_that_is_gone_is_disabled_and_owed_nothing_more(
    place: Delivering, receiver: Receiver
) -> None:
    endpoint = await place.endpoint(receiver)
    nomination = await place.nominate()
    await place.withdraw(nomination)
    await place.announce()
    receiver.answers.append(status(410))
    await place.work()
    await place.nominate()
    await place.announce()
    assert await stands(place) == [(FAILED, 1), (FAILED, 0)]
    assert (len(receiver.received), await place.jobs()) == (1, [])
    async with place.world.database.transaction() as session:
        assert (await session.get_one(Endpoint, endpoint.id)).status is EndpointStatus.DISABLED


async def test_an_address_that_is_no_longer_named_is_not_sent_to(place: Delivering, receiver: Receiver) -> None:
    await place.endpoint(receiver)
    await place.nominate()
    await place.announce()
    place.outgoing = type(place.outgoing)()
    await place.work()
    assert [(each.status_code, each.failure) for each in await place.tries()] == [(None, DeliveryFailure.NOT_ALLOWED)]
    assert receiver.received == []


async def test_after_a_week_it_is_given_up_and_the_office_may_send_it_again(
    place: Delivering, receiver: Receiver
) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    await place.announce()
    receiver.answers.extend([status(500)] * 16)
    pauses = []
    for _ in range(15):
        await place.work()
        (delivery,) = await place.deliveries()
        pauses.append(delivery.next_attempt_at)
        await place.hurry()
    days = [86400] * 7
    least = [NOW + timedelta(seconds=0.8 * pause) for pause in (5, 60, 300, 1800, 7200, 21600, 43200, *days)]
    assert pauses == [*least, None]
    assert (await stands(place), await place.jobs()) == ([(FAILED, 15)], [])
    assert (await place.nomination(nomination)).status is NominationStatus.DELIVERING

    async with jobs.acting(place.world.database) as ctx:
        await deliveries.redeliver(ctx, delivery.id)
    await place.work()
    assert await stands(place) == [(PENDING, 16)]  # with the whole schedule before it
    await place.hurry()
    await place.work()
    assert await stands(place) == [(DELIVERED, 17)]
    assert (len(receiver.received), duplicates(receiver)) == (17, 16)
    assert [each.number for each in await place.tries()] == list(range(1, 18))


async def test_the_next_message_about_a_case_waits_for_the_one_before_and_other_cases_do_not(
    place: Delivering, receiver: Receiver
) -> None:
    await place.endpoint(receiver)
    case = await place.world.filed(place.campaign, place.unit)
    first = await place.nominate(case)
    await place.withdraw(first)
    again = await place.nominate(case, revision=2)
    await place.announce()
    receiver.answers.append(status(500))
    await place.work()
    other = await place.nominate()
    await place.announce()
    await place.work()
    known = {str(first.id): "first", str(other.id): "other", str(again.id): "again"}

    def story() -> list[tuple[str, str]]:
        payload = [verified(each) for each in receiver.received]
        return [(known[each["data"]["nomination_id"]], each["type"].partition(".")[2]) for each in payload]

    assert story() == [("first", "prepared"), ("other", "prepared")]
    await place.hurry()
    await place.work(workers=2)
    assert story()[2:] == [("first", "prepared"), ("first", "withdrawn"), ("again", "prepared")]


async def test_of_two_workers_with_one_delivery_both_send_one_id_and_it_arrives_once(
    place: Delivering, receiver: Receiver
) -> None:
    await place.endpoint(receiver)
    await place.nominate()
    await place.announce()
    (delivery,) = await place.deliveries()
    (task,) = place.tasks.values()
    await asyncio.gather(*[task(delivery_id=str(delivery.id), before=0) for _ in range(2)])
    await place.work()
    assert await stands(place) == [(DELIVERED, len(receiver.received))]
    assert len({each.id for each in receiver.received}) == 1
    count = "SELECT count(*) FROM audit_events WHERE action = $1"
    assert await place.owner.fetchval(count, "delivery.delivered") == 1
    assert await place.owner.fetchval(count, "nomination.delivered") == 1


@pytest.mark.thorough
async def test_a_worker_killed_between_sending_and_writing_it_down_sends_the_same_id_again(
    place: Delivering, receiver: Receiver, tmp_path: Path
) -> None:
    await place.endpoint(receiver)
    nomination = await place.nominate()
    given = environment(place.settings, PINPAI_HISTORY_ANCHORS=str(tmp_path / "anchors"))
    given["PINPAI_WEBHOOK_HOSTS"] = receiver.authority
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "app.worker", env=given)

    async def kill(_: object) -> None:
        worker.kill()

    receiver.answers.append(kill)
    await asyncio.wait_for(worker.wait(), 30)
    assert await stands(place) == [(PENDING, 0)]
    assert (await place.nomination(nomination)).status is NominationStatus.DELIVERING
    await jobs.take_over(place.world.database, timedelta())
    await place.hurry()
    await place.work()
    assert await stands(place) == [(DELIVERED, 1)]
    assert (len(receiver.received), duplicates(receiver)) == (2, 1)
    assert (await place.nomination(nomination)).status is NominationStatus.DELIVERED


@pytest.mark.thorough
async def test_whatever_the_receiver_does_everything_arrives_in_order_and_once_in_effect(
    place: Delivering, receiver: Receiver
) -> None:
    chance = random.Random(20151120)
    for part in ("/a", "/b"):
        await place.endpoint(receiver, part)
    cases = [await place.nominate() for _ in range(12)]
    for nomination in cases[::3]:
        await place.withdraw(nomination)
    await place.announce()
    owed = await place.deliveries()
    kinds: list[Behaviour] = [status(204), status(500), status(503), hang_up, status(301, Location="http://127.0.0.1/")]
    while await place.jobs():
        receiver.answers.extend(chance.choices(kinds, weights=(4, 1, 1, 2, 1), k=20))
        await place.work(workers=2)
        await place.hurry()
    assert len(owed) == 2 * (12 + 4)
    arrived = [each.id for each in receiver.received]
    assert {str(each.id) for each in owed} - set(arrived) == set()
    done = await place.deliveries()
    assert {each.status for each in done} == {DELIVERED}
    assert sum(each.attempts for each in done) == len(arrived) == len(await place.tries())
    heard: dict[tuple[str, str], list[int]] = {}
    for each in receiver.received:
        data = verified(each)["data"]
        heard.setdefault((each.path, data["nomination_id"]), []).append(data["sequence"])
    assert all(sequences == sorted(sequences) for sequences in heard.values())
    assert duplicates(receiver) == len(arrived) - len(owed) > 0


async def test_neither_secrets_nor_answers_are_written_anywhere(
    place: Delivering, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    endpoint = await place.endpoint(receiver)
    async with jobs.acting(place.world.database) as ctx:
        new = await endpoints.rotate(ctx, endpoint.id, place.world.keyring)
    await place.nominate()
    await place.announce()
    receiver.answers.append(status(500, b"answered-in-confidence"))
    await place.work()
    tables = ("audit_events", "deliveries", "delivery_attempts", "procrastinate_jobs", "procrastinate_events")
    rows = [await place.owner.fetch(f"SELECT t::text AS line FROM {table} AS t") for table in tables]
    lines = [line["line"] for found in rows for line in found]
    assert len(lines) > 5
    written = "\n".join([caplog.text, *lines])
    words = (SECRET[6:], new[6:], "answered-in-confidence", "v1,")
    assert [word for word in words if word in written] == []
