"""Programmes: campaigns of one notice, its entries and batches, together."""

from typing import Any

from sqlalchemy.orm import Mapped

from app.models.base import Base, Versioned


class Programme(Versioned, Base):
    """A notice of several campaigns (系列活动). `settings` is what holds for all of them, as data."""

    __tablename__ = "programmes"

    title: Mapped[str]
    year: Mapped[int]
    settings: Mapped[dict[str, Any]]
