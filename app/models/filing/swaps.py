from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import SwapStatus

_OPEN = "status = 'requested'"


class Swap(Versioned, Base):
    """A request to exchange a filed application for a sealed one, or its stamped scan for another, and the answer."""

    __tablename__ = "swaps"
    __table_args__ = (
        CheckConstraint("(replacement_id IS NULL) <> (file_id IS NULL)", "one_replacement"),
        Index("swaps_open_key", "application_id", unique=True, postgresql_where=_OPEN),
        Index("swaps_open_replacement_key", "replacement_id", unique=True, postgresql_where=_OPEN),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"), index=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    replacement_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"), unique=True)
    status: Mapped[SwapStatus] = mapped_column(default=SwapStatus.REQUESTED)
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    filing_id: Mapped[UUID | None] = mapped_column(ForeignKey("filings.id"))
