from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class FormerName(Base):
    """A name that a committee or a unit had, until it was renamed (曾用名)."""

    __tablename__ = "former_names"
    __table_args__ = (CheckConstraint("num_nonnulls(committee_id, unit_id) = 1", "of_one"),)

    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    until: Mapped[datetime]
