"""The followers of events, and the messages that are pushed."""

from datetime import UTC
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, PlainSerializer

from app.models.enums import Role, labels

FOLLOWERS_BY_ROLE = (Role.OFFICE, Role.MUNICIPAL)
"""The office follows everything, clients what happens to nominations of campaigns they were granted; others nothing."""

Pushed = Literal["nomination.prepared", "nomination.replaced", "nomination.withdrawn"]
PUSHED: dict[Pushed, str] = {
    "nomination.prepared": "A case is recommended, for the first time or corrected: fetch its payload, and answer.",
    "nomination.replaced": "This revision is no longer current; the corrected one comes with a message of its own.",
    "nomination.withdrawn": "The office takes its recommendation back: payload and files are gone, delete yours.",
}
"""The events pushed to the municipal office's addresses, and their meaning there. Its own answers are not sent back."""
Trial = Literal["endpoint.probed"]
TRIAL = "The office tries the address: the message means nothing else. Answer 2xx."
Timestamp = Annotated[
    AwareDatetime,
    PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str, when_used="json"),
    Field(
        description="Time of the event.", examples=["2015-09-20T02:00:00Z"], json_schema_extra={"format": "date-time"}
    ),
]


class PushedNomination(BaseModel):
    """A nomination, and its address."""

    nomination_id: UUID = Field(description="The nomination.")
    revision: int = Field(description="Its revision: 1, and one more after each return.", ge=1, le=10_000, examples=[1])
    digest: str = Field(
        description="SHA-256 of its payload, hexadecimal.",
        pattern="^[0-9a-f]{64}$",
        max_length=64,
        examples=["9f" * 32],
    )
    sequence: int = Field(description="Number of the event, as in `GET /events`.", ge=1, le=2**63 - 1, examples=[1042])
    href: str = Field(
        description="Address of the nomination, within this API or, where its address is configured, in full.",
        max_length=500,
        examples=["/api/v1/nominations/0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071"],
    )


class PushedMessage(BaseModel):
    """Pushed message: it announces an event without its content; a receiver with access fetches that."""

    type: Pushed = Field(
        description="Code of the event, as in `GET /events`.",
        json_schema_extra=labels("择优推荐", "由新一版推荐取代", "撤回推荐"),
    )
    timestamp: Timestamp
    data: PushedNomination = Field(description="To which nomination.")


class TriedEndpoint(BaseModel):
    """An address as the office registered it."""

    endpoint_id: UUID = Field(description="The endpoint.")


class TrialMessage(BaseModel):
    """Message that only tries whether the address takes messages and whether the secret is the right one."""

    type: Trial = Field(description="Code of the event.")
    timestamp: Timestamp
    data: TriedEndpoint = Field(description="Tried address.")
