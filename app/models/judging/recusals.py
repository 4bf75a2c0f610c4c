from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import RecusalKind


class Recusal(Base):
    """A reviewer keeps away (回避) from one application, from a unit's, or from a committee's."""

    __tablename__ = "recusals"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, unit_id, from_committee_id) = 1", "one_object"),
        Index(
            "recusals_standing_key",
            "reviewer_id",
            "kind",
            "application_id",
            "unit_id",
            "from_committee_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("reviewers.account_id"), index=True)
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    from_committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"))
    kind: Mapped[RecusalKind]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    lifting_reason: Mapped[str | None]
