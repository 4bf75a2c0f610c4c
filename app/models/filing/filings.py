from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Participation(Base):
    """A committee's place in a campaign. Its row is the lock for every rule about the committee's filed set."""

    __tablename__ = "participations"
    __table_args__ = (UniqueConstraint("campaign_id", "committee_id"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"))
    applications_numbered: Mapped[int] = mapped_column(default=0)
    filings_numbered: Mapped[int] = mapped_column(default=0)


class Filing(Base):
    """A committee's act of filing (上报), with its receipt (回执). Never changed, never deleted."""

    __tablename__ = "filings"
    __table_args__ = (
        Index("ix_filings_recommended_order", "recommended_order", postgresql_using="gin"),
        Index(
            "ix_filings_orders",
            "campaign_id",
            "committee_id",
            "filed_at",
            "id",
            postgresql_where=text("recommended_order IS NOT NULL"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    verification_code: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    recommended_order: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), info={"since": "0030"})
    filed_at: Mapped[datetime]
    filed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class FilingItem(Base):
    """One application of a filing, as it was filed."""

    __tablename__ = "filing_items"
    __table_args__ = (UniqueConstraint("filing_id", "position"),)

    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filings.id"))
    position: Mapped[int]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"), unique=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
