from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class FigureTable(Base):
    """Figures of a source outside the system (外部得分), imported whole. Never changed: another one replaces it."""

    __tablename__ = "figure_tables"
    __table_args__ = (
        Index(None, "campaign_id", "id"),
        Index(
            "figure_tables_first_key",
            *("campaign_id", "source"),
            unique=True,
            postgresql_where=text("replaces_id IS NULL"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    source: Mapped[str]
    terms: Mapped[dict[str, Any]]
    """The source as the notice had it, which says how figures become points."""
    source_name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    note: Mapped[str]
    reason: Mapped[str | None]
    """Reason of a replacement."""
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("figure_tables.id"), unique=True)
    evidence: Mapped[list[dict[str, Any]]]
    """Documents of the campaign that prove the figures, each with the digest of its bytes."""
    figures: Mapped[dict[str, Any]]
    """The figure of each case, as a decimal."""
    digest: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
