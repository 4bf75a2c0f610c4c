"""Endpoints (接收地址): where the municipal office's system takes messages, and the secret they are signed with."""

import base64
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import DateTime, ScalarSelect, bindparam, case, func, select
from uuid_utils.compat import uuid7

from app.context import Context, OpenContext, View, acting_as
from app.database import Query, bound_ids
from app.inputs import Input, Line, Prose, unsent
from app.keyring import Keyring
from app.models import Delivery, Endpoint
from app.models.enums import DeliveryStatus, EndpointStatus, Role
from app.outgoing import Outgoing, Reply
from app.rows import row_type
from app.services.history import create, differing, expect, move, note, remove
from app.services.pages import FilterValue, Listing, Page, among, updated_since
from app.services.policies import Offered, Record, actions, judge, permit, refuse, require_role
from app.services.policies.events import TrialMessage, TriedEndpoint
from app.services.policies.handover import endpoints as policy
from app.services.policies.handover.deliveries import Message
from app.services.policies.handover.endpoints import EndpointFacts

VISIBLE = acting_as(Role.OFFICE)
"""The office's own affair."""


def _count(status: DeliveryStatus) -> ScalarSelect[int]:
    return select(func.count()).where(Delivery.endpoint_id == Endpoint.id, Delivery.status == status).scalar_subquery()


_NOW = bindparam("now", type_=DateTime(timezone=True))


@row_type
class EndpointSummary:
    """An endpoint in a list, without its secrets."""

    id: UUID
    version: int
    url: str
    description: str
    status: EndpointStatus
    retiring_until: datetime | None
    pending: int
    failed: int
    created_at: datetime
    updated_at: datetime


@row_type
class EndpointRow(EndpointSummary):
    """An endpoint with the number of all its deliveries."""

    deliveries: int


_SELECTED = select(
    Endpoint.id,
    Endpoint.version,
    Endpoint.url,
    Endpoint.description,
    Endpoint.status,
    case((Endpoint.retiring_until > _NOW, Endpoint.retiring_until)).label("retiring_until"),
    _count(DeliveryStatus.PENDING).label("pending"),
    _count(DeliveryStatus.FAILED).label("failed"),
    Endpoint.created_at,
    Endpoint.updated_at,
).where(VISIBLE)
_all_deliveries = select(func.count()).where(Delivery.endpoint_id == Endpoint.id).scalar_subquery()
_IN_FULL = Query(
    _SELECTED.add_columns(_all_deliveries.label("deliveries")).where(Endpoint.id == bound_ids("endpoint_ids").any_()),
    EndpointRow,
)
FILTERS = {
    "status": among(Endpoint.status, EndpointStatus, "Only in these states."),
    "updated_since": updated_since(Endpoint.updated_at),
}
_ENDPOINTS = Listing(_SELECTED, Endpoint.id, EndpointSummary, filters=FILTERS)
_LOCKED = select(Endpoint).where(Endpoint.id == bindparam("endpoint_id")).where(VISIBLE).with_for_update()
_USES = select(func.count()).where(Delivery.endpoint_id == bindparam("endpoint_id"))

Description = Annotated[
    Prose, Field(max_length=200, description="Owner of the system, and a contact.", examples=["市文明办业务系统"])
]


class EndpointCreate(Input):
    """Register an address that nominations are pushed to."""

    url: Line = Field(
        max_length=500,
        description="`https://host/path`; the host, and its port if it is not 443, must be one the operator has named.",
        examples=["https://wenming.tangshan.gov.cn/hooks/pinpai"],
    )
    description: Description = ""


class EndpointChange(Input):
    """Change the description or the status of an endpoint: named members are set, the others stay."""

    description: Description = Field(default_factory=unsent)
    status: EndpointStatus = Field(default_factory=unsent, description="`disabled`: nothing more is pushed to it.")


async def register(ctx: Context, body: EndpointCreate, outgoing: Outgoing, keyring: Keyring) -> tuple[UUID, str]:
    """Register an address that may be sent to; return its id and the secret, which no later answer contains."""
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.url_findings(outgoing.refusal(body.url)))
    new, endpoint_id = _new_secret(), uuid7()
    endpoint = Endpoint(id=endpoint_id, **body.model_dump(), secret=keyring.encrypt(new, place(endpoint_id)))
    return create(ctx, endpoint, policy.CREATED).id, new


async def edit(ctx: Context, endpoint_id: UUID, body: EndpointChange, version: int | None) -> None:
    """Change what was named and differs."""
    endpoint = await get(ctx, endpoint_id)
    expect(endpoint, version)
    changes = differing(endpoint, body.model_dump(exclude_unset=True))
    status = changes.pop("status", None)
    if status or changes:
        move(ctx, endpoint, policy.BECOMING[status] if status else policy.EDIT, **changes)


async def delete(ctx: Context, endpoint_id: UUID, version: int | None) -> None:
    """Delete an address that nothing was ever to be pushed to."""
    endpoint = await get(ctx, endpoint_id)
    expect(endpoint, version)
    deliveries = await ctx.session.scalar(_USES, {"endpoint_id": endpoint_id}) or 0
    judge(policy.DELETE, ctx.actor.role, EndpointFacts(endpoint.status, deliveries))
    await remove(ctx, endpoint, policy.DELETE.event)


async def rotate(ctx: Context, endpoint_id: UUID, keyring: Keyring) -> str:
    """Return a new secret; for a while the previous one signs too, and no longer the one before that."""
    endpoint = await get(ctx, endpoint_id)
    new = _new_secret()
    until = ctx.now + policy.CHANGEOVER
    secret = keyring.encrypt(new, place(endpoint_id))
    move(ctx, endpoint, policy.ROTATE, secret=secret, retiring_secret=endpoint.secret, retiring_until=until)
    return new


async def disable(ctx: Context, endpoint_id: UUID, cause: str) -> None:
    """Disable an endpoint that answered that it is gone; one that is disabled stays so."""
    endpoint = await get(ctx, endpoint_id)
    if endpoint.status is EndpointStatus.ACTIVE:
        move(ctx, endpoint, policy.DISABLE, data={"cause": cause})


async def probe(transaction: OpenContext, endpoint_id: UUID, outgoing: Outgoing, keyring: Keyring) -> Reply:
    """Send a message without meaning, and return the reply; no transaction is open meanwhile."""
    async with transaction() as ctx:
        endpoint = await get(ctx, endpoint_id)
        permit(policy.PROBE, role=ctx.actor.role, status=endpoint.status)
        note(ctx, endpoint, policy.PROBE.event)
        trial = TrialMessage(type="endpoint.probed", timestamp=ctx.now, data=TriedEndpoint(endpoint_id=endpoint_id))
        message = Message(str(uuid7()), trial.model_dump_json().encode())
        headers = message.headers(live_secrets(endpoint, keyring, ctx.now), sent_at())
    return await outgoing.post(endpoint.url, message.body, headers)


def live_secrets(endpoint: Endpoint, keyring: Keyring, now: datetime) -> list[str]:
    """Return the secrets that sign at this instant: during a changeover two."""
    changing = endpoint.retiring_until and endpoint.retiring_until > now
    stored = [endpoint.secret, endpoint.retiring_secret if changing else None]
    return [keyring.decrypt(secret, place(endpoint.id)) for secret in stored if secret]


def place(endpoint_id: UUID) -> str:
    """Return the place that an endpoint's secrets are bound to."""
    return f"endpoint {endpoint_id}: secret"


def sent_at() -> datetime:
    """Return the real time: the receiver judges the age of a message by a clock that no demonstration has moved."""
    return datetime.fromtimestamp(int(time.time()), UTC)


async def get(ctx: Context, endpoint_id: UUID) -> Endpoint:
    """The endpoint, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, endpoint_id=endpoint_id)


async def read(view: View, endpoint_id: UUID) -> Record[EndpointRow]:
    """One endpoint; NotFound unless visible."""
    row = await view.get(_IN_FULL, endpoint_ids=[endpoint_id], now=view.now)
    return Record(row, _actions(view, row))


async def offered(view: View, rows: Sequence[EndpointSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these endpoints, for the rows of a list."""
    found = await view.rows(_IN_FULL, endpoint_ids=[row.id for row in rows], now=view.now)
    return {row.id: _actions(view, row) for row in found}


def _actions(view: View, row: EndpointRow) -> Offered:
    return actions(policy.ACTS, view.actor.role, EndpointFacts(row.status, row.deliveries))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[EndpointSummary]:
    return await _ENDPOINTS.page(view, after=after, limit=limit, now=view.now, **filters)


def _new_secret() -> str:
    """256 random bits, as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
