from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import ReviewStatus

_SECOND_PERSON = """
    CASE WHEN entered_by IS NULL THEN checked_by IS NULL AND status <> 'entered'
    WHEN status = 'submitted' THEN checked_by IS NOT NULL AND checked_by <> entered_by ELSE checked_by IS NULL END
"""


class Review(Versioned, Base):
    """A reviewer's judgement of an assigned case: a score and a remark for every criterion, and the weighted total.

    Of a paper sheet of a live round it says who entered it, who checked that, and which file is its scan.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint(_SECOND_PERSON, "second_person"),
        CheckConstraint("scan_id IS NULL OR entered_by IS NOT NULL", "scan_of_sheet"),
        Index(None, "updated_at"),
    )

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), unique=True)
    status: Mapped[ReviewStatus] = mapped_column(default=ReviewStatus.DRAFT)
    scores: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    remark: Mapped[str] = mapped_column(default="")
    total: Mapped[float | None]
    submitted_at: Mapped[datetime | None]
    reopening_reason: Mapped[str | None]
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), info={"since": "0031"})
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), info={"since": "0031"})
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"), unique=True, info={"since": "0045"})
