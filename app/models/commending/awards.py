from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import AwardBasis, AwardStatus


class Award(Versioned, Base):
    """An award (奖项) for an application or for a committee, from its proposal to its certificate."""

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, to_committee_id) = 1", "one_recipient"),
        CheckConstraint("(application_id IS NULL) = (version_id IS NULL)", "version_of_its_application"),
        Index(None, "campaign_id", "id"),
        Index(None, "commendation_id", "id"),
        Index(
            "awards_standing_application_key",
            "campaign_id",
            "kind",
            "application_id",
            unique=True,
            postgresql_where=text("status NOT IN ('dropped', 'revoked')"),
        ),
        Index(
            "awards_standing_committee_key",
            "campaign_id",
            "kind",
            "to_committee_id",
            unique=True,
            postgresql_where=text("status NOT IN ('dropped', 'revoked')"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    commendation_id: Mapped[UUID] = mapped_column(ForeignKey("commendations.id"))
    kind: Mapped[str]
    grade: Mapped[str | None]
    position: Mapped[int]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("application_versions.id"))
    to_committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True)
    to_committee_name: Mapped[str | None]
    basis: Mapped[AwardBasis]
    reason: Mapped[str]
    status: Mapped[AwardStatus] = mapped_column(default=AwardStatus.PROPOSED)
    public_summary: Mapped[str] = mapped_column(default="")
    pictures: Mapped[list[int]]
    certificate_number: Mapped[str | None] = mapped_column(unique=True)
    verification_code: Mapped[str | None] = mapped_column(unique=True)
    awarded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None]
