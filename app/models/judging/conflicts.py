from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import ConflictReason


class ConflictDismissal(Base):
    """The office's decision that a conflict, found after the assignment, keeps the reviewer from nothing. For ever."""

    __tablename__ = "conflict_dismissals"
    __table_args__ = (UniqueConstraint("assignment_id", "conflict"),)

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"))
    conflict: Mapped[ConflictReason]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
