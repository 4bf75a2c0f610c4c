from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import PaperKind


class PaperTemplate(Versioned, Base):
    """The office's own layout of a paper of a campaign; without a file the built-in one is in force again."""

    __tablename__ = "paper_templates"
    __table_args__ = (UniqueConstraint("campaign_id", "paper"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    paper: Mapped[PaperKind]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"), index=True)
    placeholders: Mapped[list[str]]
    placed_at: Mapped[datetime | None]
    placed_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
