from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import AnnouncementAudience


class Announcement(Base):
    """A message of the office to committees, and to their units if it says so. Never changed, never deleted."""

    __tablename__ = "announcements"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    audience: Mapped[AnnouncementAudience]
    to_units: Mapped[bool]
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class AnnouncementRecipient(Base):
    """A committee that an announcement was sent to."""

    __tablename__ = "announcement_recipients"
    __table_args__ = (UniqueConstraint("announcement_id", "committee_id"),)

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"), index=True)


class AnnouncementDocument(Base):
    """A document that came with an announcement."""

    __tablename__ = "announcement_documents"
    __table_args__ = (UniqueConstraint("announcement_id", "document_id"),)

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
