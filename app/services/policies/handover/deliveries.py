"""The regulation of deliveries (报送): the message, its signature, and for how long it is tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.findings import Finding, Rule
from app.models.enums import DeliveryStatus as Status
from app.models.enums import EndpointStatus, Role
from app.services.policies import Act, Event, jobs

OFFICE = Role.OFFICE

ENDPOINT_DISABLED = Rule(
    "endpoint_disabled", "该接收地址已停用，请先启用。", "The endpoint is disabled: enable it first."
)
LONGEST_PAUSE = timedelta(days=1)
"""A receiver may ask for a pause, not for being forgotten."""


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """The values that the rules of a delivery judge: its state, and that of its endpoint."""

    status: Status
    endpoint_status: EndpointStatus


def redelivery_findings(facts: DeliveryFacts) -> list[Finding]:
    """Require an endpoint that is pushed to."""
    return [ENDPOINT_DISABLED()] if facts.endpoint_status is EndpointStatus.DISABLED else []


def pause_after(failures: int, asked_for: timedelta | None) -> timedelta | None:
    """Return the shortest wait after a number of failures; None: no further attempt."""
    least = jobs.pause_after(failures, 0)
    return least and max(least, min(asked_for or timedelta(), LONGEST_PAUSE))


@dataclass(frozen=True, slots=True)
class Message:
    """A message under an id that stays: the same bytes at every attempt, signed anew."""

    id: str
    body: bytes

    def headers(self, secrets: Iterable[str], sent_at: datetime) -> dict[str, str]:
        """Standard Webhooks: one signature for each secret that counts."""
        from standardwebhooks import Webhook  # noqa: PLC0415  # only where a message is sent

        signatures = [Webhook(secret).sign(self.id, sent_at, self.body.decode()) for secret in secrets]
        return {
            "Content-Type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


_Act = Act[Status, DeliveryFacts]

TRY = _Act("try", Event("delivery.tried", "尝试报送", "Tried to deliver it"), by={OFFICE: {Status.PENDING}})
ARRIVE = _Act(
    "arrive",
    Event("delivery.delivered", "已送达", "Delivered it"),
    by={OFFICE: {Status.PENDING}},
    target=Status.DELIVERED,
)
GIVE_UP = _Act(
    "give_up",
    Event("delivery.failed", "报送失败", "Gave up delivering it"),
    by={OFFICE: {Status.PENDING}},
    target=Status.FAILED,
)
REDELIVER = _Act(
    "redeliver",
    Event("delivery.redelivered", "重新报送", "Had it delivered again"),
    by={OFFICE: {Status.DELIVERED, Status.FAILED}},
    target=Status.PENDING,
    rules=redelivery_findings,
)
ACTS = (TRY, ARRIVE, GIVE_UP, REDELIVER)

OFFERED = (REDELIVER,)
"""The act of people; the others are the worker's."""

CREATED = Event("delivery.created", "列入报送", "Owed it to an endpoint")
