"""Deliveries over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.handover.endpoints import Milliseconds, StatusCode
from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, actions_of, row_actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import DeliveryFailure, DeliveryStatus, EndpointStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.handover import deliveries
from app.services.handover.deliveries import MOST_SHOWN
from app.services.policies.handover import deliveries as policy

router = Router("/deliveries", tags=["deliveries"])
Filters = Annotated[Chosen, filtered_by(deliveries.FILTERS)]
DeliveryId = Annotated[UUID, Path(description="The delivery.")]


class DeliverySummary(Out):
    """A message to an endpoint: about what, and how far it has come. Its id is the `webhook-id` of every attempt."""

    id: ResourceId
    endpoint_id: UUID = Field(description="To which endpoint.")
    url: str = Field(
        description="Its address.", max_length=500, examples=["https://wenming.tangshan.gov.cn/hooks/pinpai"]
    )
    endpoint_status: EndpointStatus = Field(description="State of that address.")
    nomination_id: UUID = Field(description="About which nomination.")
    revision: int = Field(description="Revision of it.", ge=1, examples=[1])
    sequence: int = Field(description="Number of the event it tells of.", ge=1, examples=[1204])
    type: str = Field(description="Type of that event.", max_length=60, examples=["nomination.prepared"])
    status: DeliveryStatus = Field(description="State.")
    attempts: int = Field(description="Number of attempts.", ge=0, examples=[1])
    tried_at: Instant | None = Field(
        description="Time of the last attempt; null before.", examples=["2015-11-20T02:00:00Z"]
    )
    status_code: StatusCode = Field(description="HTTP status of the last answer; null without one.", examples=[204])
    failure: DeliveryFailure | None = Field(description="Reason of its failure; null without one, or before.")
    next_attempt_at: Instant | None = Field(
        description="Not before then it is tried again; null when it will not be.", examples=[None]
    )
    delivered_at: Instant | None = Field(description="Time of its first arrival; null before.")
    created_at: Instant = Field(description="Since when it is owed.")
    actions: dict[str, Action] | None = row_actions_of(policy.OFFERED)


class DeliveryAttemptOut(Out):
    """One time a message was sent."""

    number: int = Field(description="Number of the attempt.", ge=1, examples=[1])
    tried_at: Instant = Field(description="Time of the attempt.")
    status_code: StatusCode = Field(description="HTTP status of the answer; null without one.")
    failure: DeliveryFailure | None = Field(description="Reason of the failure; null without one.")
    milliseconds: Milliseconds


class DeliveryOut(DeliverySummary):
    """A delivery with its attempts, and what may be done with it now."""

    tries: list[DeliveryAttemptOut] = Field(description="The latest attempts, the last first.", max_length=MOST_SHOWN)
    actions: dict[str, Action] = actions_of(policy.OFFERED)

    @classmethod
    async def read(cls, view: View, delivery_id: UUID) -> Self:
        record = await deliveries.read(view, delivery_id)
        return cls(
            tries=[DeliveryAttemptOut.model_validate(each) for each in record.attempts],
            actions=Action.by_name(record.actions, view.language),
            **values_of(record.row),
        )


class DeliveryPage(CountedPage[DeliverySummary]):
    """One page of deliveries, newest first."""


@router.get("", offers=deliveries.offered)
async def list_deliveries(view: Reads, filters: Filters, page: Paging) -> DeliveryPage:
    """List the deliveries with their endpoints and results, newest first. For the office alone.

    One is tried at once, then after 5 seconds, 1, 5 and 30 minutes, 2, 6 and 12 hours, then daily for a week; a pause
    the receiver asks for by `Retry-After` is kept, up to a day. Messages about one case arrive at an endpoint in
    order: the next one waits until the one before has arrived or was given up.
    """
    found = await deliveries.search(view, **filters, **page.binds)
    return DeliveryPage.of(found, [DeliverySummary.model_validate(row) for row in found.rows])


@router.get("/{delivery_id}")
async def read_delivery(delivery_id: DeliveryId, view: Reads) -> DeliveryOut:
    """Read a delivery with every attempt: when, what was answered, how long it took."""
    return await DeliveryOut.read(view, delivery_id)


@router.post("/{delivery_id}/redelivery", raises=[WrongState, RulesViolated])
async def redeliver(delivery_id: DeliveryId, ctx: Ctx) -> DeliveryOut:
    """Send a message once more that arrived or was given up, with its old id, and the whole schedule. Office only.

    A receiver that has it already recognises the id. The endpoint must be enabled.
    """
    await deliveries.redeliver(ctx, delivery_id)
    return await DeliveryOut.read(ctx, delivery_id)
