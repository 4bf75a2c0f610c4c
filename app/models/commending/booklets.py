from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import BookletPictures, BookletStatus


class Booklet(Base):
    """The booklet (案例汇编) of a commendation: how far its latest order is, and the files that were bound of it.

    It is made of what others store, and made again at any time: the history has its orders, not its rows.
    """

    __tablename__ = "booklets"
    __table_args__ = (CheckConstraint("status <> 'bound' OR num_nonnulls(pdf_id, docx_id) > 0", "bound_with_a_file"),)

    commendation_id: Mapped[UUID] = mapped_column(ForeignKey("commendations.id"), unique=True)
    number: Mapped[int] = mapped_column(default=0)
    """How often it was ordered: a job of an earlier order does nothing."""
    status: Mapped[BookletStatus] = mapped_column(default=BookletStatus.BINDING)
    pictures: Mapped[BookletPictures]
    cases: Mapped[int]
    laid: Mapped[int] = mapped_column(default=0)
    source_digest: Mapped[str | None]
    pdf_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"), unique=True)
    docx_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"), unique=True)
    flaws: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What in its cases kept it, or its PDF, from being bound."""
    losses: Mapped[int] = mapped_column(default=0)
    """How often a limited process was lost over this order."""
    bound_at: Mapped[datetime | None]
