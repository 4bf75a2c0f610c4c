from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class Reviewer(Versioned, Base):
    """The profile of an account of role `reviewer`: its organisation, its expertise and its load."""

    __tablename__ = "reviewers"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "committee_id"], ["units.id", "units.committee_id"], deferrable=True),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), unique=True)
    organisation: Mapped[str]
    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"))
    unit_id: Mapped[UUID | None]
    expertise: Mapped[list[str]] = mapped_column(default=list)
    minimum_load: Mapped[int] = mapped_column(default=0)
    maximum_load: Mapped[int]
