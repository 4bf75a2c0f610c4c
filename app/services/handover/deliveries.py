"""Deliveries (报送): each announcement to each endpoint once in effect, tried until it is received or given up.

The message keeps its id through all attempts: one that arrived without our learning of it is recognised there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, exists, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context, View
from app.database import Database, Query, bound_id
from app.keyring import Keyring
from app.models import AuditEvent, Delivery, DeliveryAttempt, Endpoint, Nomination
from app.models.enums import DeliveryFailure, DeliveryStatus, EndpointStatus
from app.outgoing import Outgoing, Reply
from app.rows import row_type
from app.services import jobs
from app.services.events import NumberedEvent
from app.services.handover import endpoints, nominations
from app.services.history import change, create, move
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import Offered, Record, actions
from app.services.policies.events import PUSHED, Pushed, PushedMessage, PushedNomination
from app.services.policies.handover import deliveries as policy
from app.services.policies.handover.deliveries import DeliveryFacts

TASK = "deliver"


@row_type
class Owed:
    """An announcement that an endpoint has no delivery of yet."""

    sequence: int
    action: str
    endpoint_id: UUID
    nomination_id: UUID
    application_id: UUID


_OWED = Query(
    select(
        AuditEvent.sequence,
        AuditEvent.action,
        Endpoint.id.label("endpoint_id"),
        Nomination.id.label("nomination_id"),
        Nomination.application_id,
    )
    .join(Nomination, Nomination.id == AuditEvent.subject_id)
    .join(Endpoint, Endpoint.status == EndpointStatus.ACTIVE)
    .where(AuditEvent.sequence == bindparam("sequences", type_=ARRAY(BigInteger)).any_())
    .where(~exists().where(Delivery.endpoint_id == Endpoint.id, Delivery.event == AuditEvent.sequence))
    .order_by(AuditEvent.sequence, Endpoint.id),
    Owed,
)


@row_type
class Announced:
    """The content of a delivery's message: what happened, and to which nomination."""

    type: Pushed
    sequence: int
    at: datetime
    nomination_id: UUID
    revision: int
    digest: str


_MESSAGE = Query(
    select(
        Delivery.type,
        Delivery.event.label("sequence"),
        AuditEvent.at,
        Delivery.nomination_id,
        Nomination.revision,
        Nomination.payload_digest.label("digest"),
    )
    .join(Nomination, Nomination.id == Delivery.nomination_id)
    .join(AuditEvent, AuditEvent.sequence == Delivery.event)
    .where(Delivery.id == bound_id("delivery_id")),
    Announced,
)
_LOCKED = select(Delivery).where(Delivery.id == bindparam("delivery_id")).where(endpoints.VISIBLE).with_for_update()

_last = (
    select(DeliveryAttempt.tried_at, DeliveryAttempt.status_code, DeliveryAttempt.failure)
    .where(DeliveryAttempt.delivery_id == Delivery.id)
    .order_by(DeliveryAttempt.number.desc())
    .limit(1)
    .lateral("last")
)


@row_type
class DeliverySummary:
    """A delivery with its latest attempt; an attempt's members are None before the first."""

    id: UUID
    endpoint_id: UUID
    url: str
    endpoint_status: EndpointStatus
    nomination_id: UUID
    revision: int
    sequence: int
    type: str
    status: DeliveryStatus
    attempts: int
    tried_at: datetime | None
    status_code: int | None
    failure: DeliveryFailure | None
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime


@row_type
class Attempt:
    """One time a message was sent."""

    number: int
    tried_at: datetime
    status_code: int | None
    failure: DeliveryFailure | None
    milliseconds: int


_SELECTED = (
    select(
        Delivery.id,
        Delivery.endpoint_id,
        Endpoint.url,
        Endpoint.status.label("endpoint_status"),
        Delivery.nomination_id,
        Nomination.revision,
        Delivery.event.label("sequence"),
        Delivery.type,
        Delivery.status,
        Delivery.attempts,
        _last.c.tried_at,
        _last.c.status_code,
        _last.c.failure,
        Delivery.next_attempt_at,
        Delivery.delivered_at,
        Delivery.created_at,
    )
    .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
    .join(Nomination, Nomination.id == Delivery.nomination_id)
    .outerjoin(_last, true())
    .where(endpoints.VISIBLE)
)
FILTERS = {
    "endpoint_id": exactly(Delivery.endpoint_id, UUID, "Only to this endpoint."),
    "nomination_id": exactly(Delivery.nomination_id, UUID, "Only about this nomination."),
    "status": among(Delivery.status, DeliveryStatus, "Only in these states."),
}
_DELIVERIES = Listing(_SELECTED, Delivery.id, DeliverySummary, filters=FILTERS, newest_first=True)
_DELIVERY = Query(_SELECTED.where(Delivery.id == bound_id("delivery_id")), DeliverySummary)
MOST_SHOWN = 100
_ATTEMPTS = Query(
    select(
        DeliveryAttempt.number,
        DeliveryAttempt.tried_at,
        DeliveryAttempt.status_code,
        DeliveryAttempt.failure,
        DeliveryAttempt.milliseconds,
    )
    .where(DeliveryAttempt.delivery_id == bound_id("delivery_id"))
    .order_by(DeliveryAttempt.number.desc())
    .limit(MOST_SHOWN),
    Attempt,
)


@dataclass(frozen=True)
class DeliveryRecord(Record[DeliverySummary]):
    """A delivery, with its latest attempts."""

    attempts: Sequence[Attempt]


@dataclass(frozen=True, slots=True)
class Means:
    """The means of sending: the way out, the keys of the endpoints' secrets, and our own address for links."""

    outgoing: Outgoing
    keyring: Keyring
    link_base: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """The needs of one attempt once its transaction has ended."""

    delivery_id: UUID
    url: str
    body: bytes
    headers: dict[str, str]
    at: datetime


async def offer(ctx: Context, events: Sequence[NumberedEvent]) -> None:
    """Give every active endpoint a delivery of each announcement; those that exist stay as they are."""
    announced = [event.sequence for event in events if event.action in PUSHED]
    for owed in await ctx.rows(_OWED, sequences=announced) if announced else []:
        delivery = Delivery(
            event=owed.sequence,
            type=owed.action,
            endpoint_id=owed.endpoint_id,
            nomination_id=owed.nomination_id,
            next_attempt_at=ctx.now,
        )
        create(ctx, delivery, policy.CREATED)
        await _enqueue(ctx, delivery, owed.application_id)


async def deliver(database: Database, means: Means, *, delivery_id: str, before: int) -> None:
    """Try once; `before` is how often it was tried when this job was made. No transaction is open while it is sent."""
    async with jobs.acting(database) as ctx:
        parcel = await _packed(ctx, UUID(delivery_id), means)
    if parcel is None:
        return
    reply = await means.outgoing.post(parcel.url, parcel.body, parcel.headers)
    async with jobs.acting(database) as ctx:
        pause = await _noted(ctx, parcel, reply, before)
    if pause and reply.failure:
        raise jobs.Postponed(pause, reply.failure)


async def redeliver(ctx: Context, delivery_id: UUID) -> None:
    """Send the same message, with the same id, once more."""
    delivery = await get(ctx, delivery_id)
    endpoint = await ctx.session.get_one(Endpoint, delivery.endpoint_id)
    facts = DeliveryFacts(delivery.status, endpoint.status)
    move(ctx, delivery, policy.REDELIVER, facts, next_attempt_at=ctx.now)
    nomination = await ctx.session.get_one(Nomination, delivery.nomination_id)
    await _enqueue(ctx, delivery, nomination.application_id)


async def get(ctx: Context, delivery_id: UUID) -> Delivery:
    """The delivery, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, delivery_id=delivery_id)


async def read(view: View, delivery_id: UUID) -> DeliveryRecord:
    """One delivery and its latest attempts, the last first; NotFound unless visible."""
    row = await view.get(_DELIVERY, delivery_id=delivery_id)
    attempts = await view.rows(_ATTEMPTS, delivery_id=delivery_id)
    return DeliveryRecord(row, _actions(view, row), attempts)


async def offered(view: View, rows: Sequence[DeliverySummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these deliveries, for the rows of a list."""
    return {row.id: _actions(view, row) for row in rows}


def _actions(view: View, row: DeliverySummary) -> Offered:
    return actions(policy.OFFERED, view.actor.role, DeliveryFacts(row.status, row.endpoint_status))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[DeliverySummary]:
    return await _DELIVERIES.page(view, after=after, limit=limit, **filters)


async def _enqueue(ctx: Context, delivery: Delivery, application_id: UUID) -> None:
    """One case's messages reach an endpoint in their order, also from one revision of a nomination to the next."""
    lock = f"{TASK} {application_id} {delivery.endpoint_id}"
    await jobs.enqueue(ctx, TASK, lock=lock, delivery_id=delivery.id, before=delivery.attempts)


async def _packed(ctx: Context, delivery_id: UUID, means: Means) -> Parcel | None:
    """Sign the message; None when there is nothing left to send."""
    delivery = await get(ctx, delivery_id)
    if delivery.status is not DeliveryStatus.PENDING:
        return None
    endpoint = await ctx.session.get_one(Endpoint, delivery.endpoint_id)
    if endpoint.status is EndpointStatus.DISABLED:
        move(ctx, delivery, policy.GIVE_UP, data={"cause": policy.ENDPOINT_DISABLED.code}, next_attempt_at=None)
        return None
    await nominations.send(ctx, delivery.nomination_id)
    message = await _message(ctx, delivery, means.link_base)
    headers = message.headers(endpoints.live_secrets(endpoint, means.keyring, ctx.now), endpoints.sent_at())
    return Parcel(delivery.id, endpoint.url, message.body, headers, ctx.now)


async def _message(ctx: Context, delivery: Delivery, link_base: str) -> policy.Message:
    event = await ctx.get(_MESSAGE, delivery_id=delivery.id)
    about = PushedNomination(
        nomination_id=event.nomination_id,
        revision=event.revision,
        digest=event.digest,
        sequence=event.sequence,
        href=f"{link_base}/api/v1/nominations/{event.nomination_id}",
    )
    message = PushedMessage(type=event.type, timestamp=event.at, data=about)
    return policy.Message(str(delivery.id), message.model_dump_json().encode())


async def _noted(ctx: Context, parcel: Parcel, reply: Reply, before: int) -> timedelta | None:
    """Store the attempt; return the wait before the next one, if there is one."""
    delivery = await get(ctx, parcel.delivery_id)
    number = delivery.attempts + 1
    tried = {"tried_at": parcel.at, "status_code": reply.status, "failure": reply.failure}
    attempt = DeliveryAttempt(delivery_id=delivery.id, number=number, milliseconds=reply.milliseconds, **tried)
    ctx.session.add(attempt)
    if delivery.status is not DeliveryStatus.PENDING:  # another worker took over and was faster
        change(ctx, delivery, policy.TRY.event, attempts=number)
        return None
    if reply.failure is None:
        arrived = delivery.delivered_at or ctx.now
        move(ctx, delivery, policy.ARRIVE, attempts=number, delivered_at=arrived, next_attempt_at=None)
        await nominations.arrive(ctx, delivery.nomination_id)
        return None
    return await _failed(ctx, delivery, reply, number, before)


async def _failed(ctx: Context, delivery: Delivery, reply: Reply, number: int, before: int) -> timedelta | None:
    gone = reply.failure is DeliveryFailure.GONE
    if gone:
        await endpoints.disable(ctx, delivery.endpoint_id, DeliveryFailure.GONE)
    pause = None if gone else policy.pause_after(number - before, reply.retry_after)
    act = policy.TRY if pause else policy.GIVE_UP
    again = ctx.now + pause if pause else None
    move(ctx, delivery, act, data={"failure": reply.failure}, attempts=number, next_attempt_at=again)
    return pause
