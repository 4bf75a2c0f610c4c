"""Events over HTTP, for others to follow; and the messages that are pushed to them."""

from collections.abc import Callable
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out, ResourceId
from app.api.http.routing import Router
from app.rows import values_of
from app.services import events
from app.services.events import NumberedEvent
from app.services.policies.events import PUSHED, TRIAL, PushedMessage, TrialMessage

router = Router("/events", tags=["events"])
webhooks = APIRouter(tags=["webhooks"])
"""The messages we send, for the contract alone: nobody calls these here, so they stay FastAPI's own router."""
EventType = Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$", examples=["nomination.prepared"])]
Number = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[1042])]


class EventResource(Out):
    """Subject of an event."""

    type: str = Field(description="The kind of resource.", max_length=40, examples=["nomination"])
    id: ResourceId
    version: int | None = Field(
        description="Its version after it; null for what has none.", ge=1, le=2**31 - 1, examples=[1]
    )


class EventOut(Out):
    """An event. It has no content: read the resource, as far as you may."""

    sequence: Number = Field(
        description="Its number, in the order of commits, for ever; without a gap, but for the one before "
        "`deployment.restored`."
    )
    type: EventType = Field(description="Stable code of the event; new ones may be added.")
    resource: EventResource = Field(description="To what.")
    campaign_id: UUID | None = Field(description="Its campaign; null when it belongs to none.")
    at: Instant = Field(description="Time of the event.")

    @classmethod
    def of(cls, event: NumberedEvent) -> Self:
        about = EventResource(type=event.subject_type, id=event.subject_id, version=event.subject_version)
        return cls(type=event.action, resource=about, **values_of(event))


class EventFeed(Out):
    """The next events, oldest first."""

    items: list[EventOut] = Field(description="Fewer than `limit` when there are no more yet.", max_length=500)
    last: int = Field(
        description="Number of the last one, or `after` itself: send it as `after` for what comes next.",
        ge=0,
        le=2**63 - 1,
        examples=[1042],
    )


@router.get("")
async def read_events(
    view: Reads,
    after: Annotated[
        int, Query(description="Number of the last event you have; 0 from the beginning.", ge=0, le=2**63 - 1)
    ] = 0,
    limit: Annotated[int, Query(description="Maximum number.", ge=1, le=500)] = 100,
) -> EventFeed:
    """List the events after one: the office gets all, a municipal client those of nominations it was granted.

    Ask again with `last` as `after`: a client that does so misses nothing and gets nothing twice, even under concurrent
    changes. Asking again for known events is always allowed. An event appears a second or two after it happened. Its
    `type` is one of the acts of the audit list; those of nominations are also pushed (see the webhooks).

    After a restore from a backup the numbers go on at least a million higher, with `deployment.restored`, which every
    follower gets: what you read before it may not have happened. Read again what you keep a copy of.
    """
    found = await events.feed(view, after=after, limit=limit)
    return EventFeed(items=[EventOut.of(event) for event in found], last=found[-1].sequence if found else after)


MessageId = Annotated[
    str,
    Header(
        alias="webhook-id",
        description="The message's id: the same at every attempt. If you have it already, answer 2xx and do nothing.",
        max_length=64,
        examples=["0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071"],
    ),
]
SentAt = Annotated[
    int,
    Header(
        alias="webhook-timestamp",
        description="Time of this attempt, in seconds since 1970; older than five minutes is a replay.",
        ge=0,
        le=2**40,
        examples=[1442714400],
    ),
]
Signature = Annotated[
    str,
    Header(
        alias="webhook-signature",
        description="`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64; while a secret is being replaced, two"
        " of them, parted by a space.",
        max_length=500,
        examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
    ),
]
ANSWERS: dict[int | str, dict[str, Any]] = {
    204: {"description": "Any 2xx: taken, and not sent again."},
    "default": {
        "description": "410: the address is gone, and nothing is sent to it any more. Anything else, a redirect too, or"
        " nothing within 15 seconds: tried again later."
    },
}
NOMINATION = {
    "nomination_id": "0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071",
    "revision": 1,
    "digest": "9f" * 32,
    "sequence": 1042,
    "href": "/api/v1/nominations/0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071",
}


ENDPOINT = {"endpoint_id": "0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071"}


async def push_nomination(
    message: PushedMessage, message_id: MessageId, sent_at: SentAt, signature: Signature
) -> None: ...


async def push_trial(message: TrialMessage, message_id: MessageId, sent_at: SentAt, signature: Signature) -> None: ...


def _document(kind: str, meaning: str, push: Callable[..., Any], data: dict[str, Any]) -> None:
    """Describe one kind of message in the contract's `webhooks`."""
    name = "push_" + kind.replace(".", "_")
    example = {"type": kind, "timestamp": "2015-09-20T02:00:00Z", "data": data}

    webhooks.add_api_route(
        kind,
        push,
        methods=["POST"],
        name=name,
        operation_id="push" + "".join(map(str.capitalize, kind.split("."))),
        summary=kind,
        description=f"{meaning}\n\nSent to the addresses of the municipal office, signed by Standard Webhooks.",
        status_code=204,
        response_class=Response,
        responses=ANSWERS,
        openapi_extra={"requestBody": {"content": {"application/json": {"example": example}}}},
    )


for _kind, _meaning in PUSHED.items():
    _document(_kind, _meaning, push_nomination, NOMINATION)
_document("endpoint.probed", TRIAL, push_trial, ENDPOINT)
