"""Endpoints over HTTP."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Depends, Path, Request
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Keys, Opener, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, VersionTag, actions_of, row_actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import DeliveryFailure, EndpointStatus
from app.outgoing import Outgoing
from app.problems import RulesViolated, WrongState
from app.services.handover import endpoints
from app.services.handover.endpoints import EndpointChange, EndpointCreate
from app.services.policies.handover import endpoints as policy

router = Router("/endpoints", tags=["endpoints"])
Filters = Annotated[Chosen, filtered_by(endpoints.FILTERS)]
_UNSTORED = {"Cache-Control": "no-store"}
EndpointId = Annotated[UUID, Path(description="The endpoint.")]
StatusCode = Annotated[int | None, Field(ge=100, le=999, examples=[503])]
Milliseconds = Annotated[int, Field(description="Duration of the attempt.", ge=0, le=60_000, examples=[87])]
Secret = Annotated[
    str,
    Field(
        description="256 random bits; only this answer contains them. Verify messages with it by Standard Webhooks.",
        pattern=r"^whsec_[A-Za-z0-9+/]{43}=$",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="],
    ),
]


async def _outgoing(request: Request) -> Outgoing:
    outgoing: Outgoing = request.app.state.outgoing
    return outgoing


Sender = Annotated[Outgoing, Depends(_outgoing)]


class EndpointSummary(Out):
    """An address that nominations are pushed to, without its secret."""

    id: ResourceId
    etag: VersionTag
    url: str = Field(
        description="Address that messages are sent to.",
        max_length=500,
        examples=["https://wenming.tangshan.gov.cn/hooks/pinpai"],
    )
    description: str = Field(description="Owner of the system.", max_length=200, examples=["市文明办业务系统"])
    status: EndpointStatus = Field(description="State: messages are pushed to it only while it is active.")
    retiring_until: Instant | None = Field(
        description="Until then the secret before the present one signs too; null when one alone counts.",
        examples=[None],
    )
    pending: int = Field(description="Number of deliveries that are still to arrive.", ge=0, examples=[0])
    failed: int = Field(description="Number of deliveries that were given up.", ge=0, examples=[0])
    created_at: Instant = Field(description="Time of registration.")
    updated_at: Instant = Field(description="Time of the last change.")
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)


class EndpointOut(EndpointSummary):
    """An endpoint, and what may be done with it now."""

    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, endpoint_id: UUID, **more: Any) -> Self:
        record = await endpoints.read(view, endpoint_id)
        return cls.with_actions(record, view.language, **more)


class EndpointWithSecret(EndpointOut):
    """An endpoint with its new secret."""

    secret: Secret


class EndpointPage(CountedPage[EndpointSummary]):
    """One page of endpoints, oldest first."""


class ProbeOut(Out):
    """Result of a test message."""

    status_code: StatusCode = Field(
        description="HTTP status of the receiver's answer; null without one.", examples=[204]
    )
    failure: DeliveryFailure | None = Field(description="Reason of the failure; null without one.")
    milliseconds: Milliseconds


@router.get("", offers=endpoints.offered)
async def list_endpoints(view: Reads, filters: Filters, page: Paging) -> EndpointPage:
    """List the endpoints, oldest first. Only the office has any to see."""
    found = await endpoints.search(view, **filters, **page.binds)
    return EndpointPage.of(found, [EndpointSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, headers=_UNSTORED, raises=[RulesViolated])
async def create_endpoint(body: EndpointCreate, ctx: Ctx, outgoing: Sender, keys: Keys) -> EndpointWithSecret:
    """Register an address that what happens to nominations is pushed to from now on. Office only.

    The operator names the hosts that may be registered, with their ports; while none is named, push is switched off.
    The address must be `https` (`http` for this machine, in development). The answer holds the secret that messages
    are signed with: only this answer contains it.
    """
    endpoint_id, secret = await endpoints.register(ctx, body, outgoing, keys)
    return await EndpointWithSecret.read(ctx, endpoint_id, secret=secret)


@router.get("/{endpoint_id}")
async def read_endpoint(endpoint_id: EndpointId, view: Reads) -> EndpointOut:
    """Read an endpoint: where it is, whether it is pushed to, how much is on its way."""
    return await EndpointOut.read(view, endpoint_id)


@router.patch("/{endpoint_id}", raises=[WrongState])
async def update_endpoint(endpoint_id: EndpointId, body: EndpointChange, version: IfMatch, ctx: Ctx) -> EndpointOut:
    """Describe an endpoint anew, disable it, or enable it again. Office only.

    What is owed to a disabled endpoint fails when its turn comes; deliver it again once the endpoint is enabled. An
    endpoint that answers 410 is disabled by that. The address itself cannot change: register another.
    """
    await endpoints.edit(ctx, endpoint_id, body, version)
    return await EndpointOut.read(ctx, endpoint_id)


@router.delete(
    "/{endpoint_id}",
    status_code=204,
    raises=[RulesViolated],
)
async def delete_endpoint(endpoint_id: EndpointId, version: IfMatch, ctx: Ctx) -> None:
    """Delete an endpoint that nothing was ever owed to; disable any other. Office only."""
    await endpoints.delete(ctx, endpoint_id, version)


@router.post("/{endpoint_id}/secret-rotation", headers=_UNSTORED, raises=[WrongState])
async def rotate_endpoint_secret(endpoint_id: EndpointId, ctx: Ctx, keys: Keys) -> EndpointWithSecret:
    """Give an endpoint a new secret, which only this answer contains. Office only.

    For 24 hours messages carry two signatures, so that the receiver changes over without a gap. Only two secrets ever
    count: after a leak rotate twice.
    """
    secret = await endpoints.rotate(ctx, endpoint_id, keys)
    return await EndpointWithSecret.read(ctx, endpoint_id, secret=secret)


@router.post("/{endpoint_id}/probe")
async def probe_endpoint(endpoint_id: EndpointId, transaction: Opener, outgoing: Sender, keys: Keys) -> ProbeOut:
    """Send an endpoint a signed message of the type `endpoint.probed`, and see what it answers. Office only.

    It waits for the answer, at most 20 seconds; nothing is tried again.
    """
    reply = await endpoints.probe(transaction, endpoint_id, outgoing, keys)
    return ProbeOut(status_code=reply.status, failure=reply.failure, milliseconds=reply.milliseconds)
