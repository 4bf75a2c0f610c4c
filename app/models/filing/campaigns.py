"""Campaigns and the extensions of their deadlines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import CampaignStatus

_ADDED = {"since": "0043"}


class Campaign(Versioned, Base):
    """One year's campaign. `settings` is the whole notice as data, under its own digest.

    One of a programme is an entry, a batch, or both, and has its `position` among them.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("num_nulls(programme_id, position) IN (0, 2)", "placed"),
        Index(None, "programme_id", "position"),
    )

    name: Mapped[str]
    year: Mapped[int]
    status: Mapped[CampaignStatus] = mapped_column(default=CampaignStatus.DRAFT)
    settings: Mapped[dict[str, Any]]
    settings_digest: Mapped[str]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"), info=_ADDED)
    position: Mapped[int | None] = mapped_column(info=_ADDED)
    entry: Mapped[str | None] = mapped_column(info=_ADDED)
    batch: Mapped[str | None] = mapped_column(info=_ADDED)
