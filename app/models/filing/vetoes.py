from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Veto(Base):
    """An answer of the office to an item of the veto list (负面清单), about one filed version of an application."""

    __tablename__ = "vetoes"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        CheckConstraint("NOT found OR reason IS NOT NULL", "found_for_a_reason"),
        Index("vetoes_found_idx", "campaign_id", postgresql_where=text("found")),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"))
    code: Mapped[str]
    found: Mapped[bool]
    reason: Mapped[str | None]
    answered_at: Mapped[datetime]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
