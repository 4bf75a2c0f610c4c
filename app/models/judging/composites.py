from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Composite(Base):
    """A result made of several (综合成绩), with the inputs it was computed from. Never changed or deleted."""

    __tablename__ = "composites"
    __table_args__ = (Index(None, "campaign_id", "id"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    code: Mapped[str]
    name: Mapped[str]
    source_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The sources of its parts."""
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    inputs: Mapped[dict[str, Any]]
    inputs_digest: Mapped[str]
    result: Mapped[dict[str, Any]]
    result_digest: Mapped[str]
