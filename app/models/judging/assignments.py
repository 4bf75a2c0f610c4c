from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import AssignmentOrigin, WithdrawalCause


class Assignment(Base):
    """A case assigned to a reviewer (分配). Withdrawn, never deleted, so that its review is kept."""

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "application_id"],
            ["round_entries.round_id", "round_entries.application_id"],
            "assignments_entry_fkey",
        ),
        Index(
            "assignments_standing_key",
            "round_id",
            "application_id",
            "reviewer_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "reviewer_id"),
        Index(None, "application_id"),
    )

    round_id: Mapped[UUID]
    application_id: Mapped[UUID]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("reviewers.account_id"))
    origin: Mapped[AssignmentOrigin]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    withdrawal_cause: Mapped[WithdrawalCause | None]
    withdrawal_reason: Mapped[str | None]
