from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import HonourLevel


class Unit(Versioned, Base):
    """A civilized unit (文明单位) under one committee."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("committee_id", "name"), UniqueConstraint("id", "committee_id"))

    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"))
    name: Mapped[str]
    honour_level: Mapped[HonourLevel]
    credit_code: Mapped[str | None] = mapped_column(unique=True)
    retired_at: Mapped[datetime | None]
