from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import CommendationStatus


class Commendation(Versioned, Base):
    """A commendation (通报表彰). Its row is the lock for its awards and the objections to them."""

    __tablename__ = "commendations"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    title: Mapped[str]
    preface: Mapped[str] = mapped_column(default="")
    status: Mapped[CommendationStatus] = mapped_column(default=CommendationStatus.DRAFT)
    publicised_at: Mapped[datetime | None]
    publicity_first_on: Mapped[date | None]
    publicity_last_on: Mapped[date | None]
    publicity_ends_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    document_number: Mapped[str | None] = mapped_column(unique=True)
