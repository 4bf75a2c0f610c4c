from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Image(Base):
    """One of an application's pictures. Slots 1 to 8 are the last word on how many there can be."""

    __tablename__ = "images"
    __table_args__ = (
        UniqueConstraint("application_id", "slot", deferrable=True, initially="IMMEDIATE"),
        UniqueConstraint("application_id", "source_sha256"),
        UniqueConstraint("application_id", "sha256"),
        CheckConstraint("slot BETWEEN 1 AND 8", "slot"),
        Index(None, "sha256"),
        Index(None, "source_sha256"),
        Index(None, "fingerprint"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    slot: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    caption: Mapped[str] = mapped_column(default="")
    role: Mapped[str | None] = mapped_column(info={"since": "0039"})
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    thumbnail_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    sha256: Mapped[str]
    source_sha256: Mapped[str]
    fingerprint: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    added_at: Mapped[datetime]


class VersionImage(Base):
    """A picture of a fixed version; it keeps the bytes from being cleared."""

    __tablename__ = "version_images"
    __table_args__ = (UniqueConstraint("version_id", "slot"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"))
    slot: Mapped[int]
    image_id: Mapped[UUID] = mapped_column(index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), index=True)
    thumbnail_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), index=True)
