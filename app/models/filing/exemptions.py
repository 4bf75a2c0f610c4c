from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import LimitKind


class Exemption(Base):
    """A looser limit for one committee, or for one application of it."""

    __tablename__ = "exemptions"
    __table_args__ = (
        CheckConstraint(
            "kind NOT IN ('minimum_filed', 'maximum_filed', 'minimum_together', 'maximum_together') "
            "OR application_id IS NULL",
            "number_of_a_committee",
        ),
        Index(None, "campaign_id", "committee_id"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[LimitKind]
    value: Mapped[int]
    reason: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revocation_reason: Mapped[str | None]
