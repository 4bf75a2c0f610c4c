from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import Role


class AuditEvent(Base):
    """What happened, for ever: written in the transaction of the change; the app's role may only insert and read."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "subject_id", "id"), Index(None, "actor_id", "id"), Index(None, "action", "id"))

    at: Mapped[datetime]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None] = mapped_column(index=True)
    committee_id: Mapped[UUID | None] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[Role]
    actor_name: Mapped[str]
    request_id: Mapped[UUID]
    before_digest: Mapped[str | None]
    after_digest: Mapped[str | None]
    data: Mapped[dict[str, Any]]
