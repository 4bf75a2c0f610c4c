"""Campaigns and the extensions of their deadlines."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import CampaignStatus


class Campaign(Versioned, Base):
    """One year's campaign. `settings` is the whole notice as data, under its own digest."""

    __tablename__ = "campaigns"

    name: Mapped[str]
    year: Mapped[int]
    status: Mapped[CampaignStatus] = mapped_column(default=CampaignStatus.DRAFT)
    settings: Mapped[dict[str, Any]]
    settings_digest: Mapped[str]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
