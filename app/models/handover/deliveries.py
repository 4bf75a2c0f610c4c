from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import DeliveryStatus


class Delivery(Versioned, Base):
    """One message to one address: about which nomination, and how often it was tried."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("endpoint_id", "event"),)

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("endpoints.id"))
    nomination_id: Mapped[UUID] = mapped_column(ForeignKey("nominations.id"), index=True)
    event: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str]
    status: Mapped[DeliveryStatus] = mapped_column(default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """One try of a delivery, and what came of it. Never changed, never deleted."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id"))
    number: Mapped[int]
    tried_at: Mapped[datetime]
    status_code: Mapped[int | None]
    failure: Mapped[str | None]
    milliseconds: Mapped[int]
