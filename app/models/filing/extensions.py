from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import DeadlineKind, ExtensionCause


class Extension(Base):
    """A later deadline for one committee, or for one application of it."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("kind = 'application' OR application_id IS NULL", "application_deadline_only"),
        Index(None, "campaign_id", "committee_id"),
        Index(None, "committee_id", "id"),
        Index(
            "extensions_of_committees_idx",
            "committee_id",
            "campaign_id",
            postgresql_where=text("application_id IS NULL"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[DeadlineKind]
    cause: Mapped[ExtensionCause] = mapped_column(default=ExtensionCause.GRANT)
    due_on: Mapped[date]
    until: Mapped[datetime]
    reason: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revocation_reason: Mapped[str | None]
