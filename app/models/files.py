from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import FileState


class File(Base):
    """Bytes in the store. The row comes first and goes last, so every object that can exist has a row."""

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("state <> 'stored' OR sha256 IS NOT NULL", "known_when_stored"),
        Index(None, "state", "state_since"),
        Index(None, "sha256"),
    )

    state: Mapped[FileState] = mapped_column(default=FileState.RESERVED)
    state_since: Mapped[datetime]
    media_type: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    damaged: Mapped[bool] = mapped_column(default=False, server_default="false")
    codes: Mapped[str] = mapped_column(default="", server_default="")
    """The codes that a scan shows, one a line."""
