from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Endorsement(Base):
    """A committee's seal (审核盖章): the scan of the stamped form, bound to the digest it approves."""

    __tablename__ = "endorsements"
    __table_args__ = (
        Index("endorsements_standing_key", "application_id", unique=True, postgresql_where="voided_at IS NULL"),
        Index(None, "application_id"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    digest: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    endorsed_at: Mapped[datetime]
    endorsed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    void_reason: Mapped[str | None]
    changed_fields: Mapped[list[str]] = mapped_column(default=list)
