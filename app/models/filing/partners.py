from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Partner(Base):
    """A unit that was asked to apply together with an application's own, and its consent.

    A trigger lets none be asked or agree unless the application may be edited, and no unit be its own partner.
    """

    __tablename__ = "partners"
    __table_args__ = (UniqueConstraint("application_id", "unit_id"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    agreed_at: Mapped[datetime | None]
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
