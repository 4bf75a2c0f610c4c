from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Attachment(Base):
    """A supporting document of an application (佐证材料), of a kind that its campaign asks for."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("application_id", "sha256"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str]
    title: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    added_at: Mapped[datetime]


class VersionAttachment(Base):
    """A supporting document of a fixed version, by its place; it keeps the bytes from being cleared."""

    __tablename__ = "version_attachments"
    __table_args__ = (UniqueConstraint("version_id", "place"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"))
    place: Mapped[int]
    attachment_id: Mapped[UUID] = mapped_column(index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), index=True)
