from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Seat(Base):
    """A place at the table (席位) beside one's own: of a committee, of a unit, or of a reviewer, until it is revoked.

    An account holds it, or — without one — the office as a whole, which enters what came on paper (代录).
    """

    __tablename__ = "seats"
    __table_args__ = (
        CheckConstraint("num_nonnulls(committee_id, unit_id, reviewer_id) = 1", "one_place"),
        CheckConstraint("account_id IS NULL OR reviewer_id IS NULL", "reviewers_are_themselves"),
        Index(
            "seats_standing_key",
            "account_id",
            "committee_id",
            "unit_id",
            "reviewer_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    reason: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revocation_reason: Mapped[str | None]
