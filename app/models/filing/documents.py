from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import DocumentKind


class Document(Base):
    """A file that the office attached to a campaign; for everybody, or for those it is sent to."""

    __tablename__ = "documents"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    kind: Mapped[DocumentKind]
    title: Mapped[str]
    public: Mapped[bool]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    added_at: Mapped[datetime]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
