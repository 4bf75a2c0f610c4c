from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Notification(Base):
    """What an account was told: in its feed at once, by mail together with what else is new."""

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("account_id", "kind", "occasion"), Index(None, "account_id", "id"))

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    occasion: Mapped[str]
    event: Mapped[int | None] = mapped_column(BigInteger)
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None]
    particulars: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
