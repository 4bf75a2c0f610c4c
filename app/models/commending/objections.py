from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import ObjectionStatus


class Objection(Versioned, Base):
    """An objection (异议) to an award that is being publicised, with its recorded answer."""

    __tablename__ = "objections"

    commendation_id: Mapped[UUID] = mapped_column(ForeignKey("commendations.id"), index=True)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("awards.id"), index=True)
    status: Mapped[ObjectionStatus] = mapped_column(default=ObjectionStatus.OPEN)
    text: Mapped[str]
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    on_behalf_of: Mapped[str | None]
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
