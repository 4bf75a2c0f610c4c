from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import Role


class Notification(Base):
    """A notice for an account as it then was: in its feed at once, by mail together with the other new ones.

    `digest` names the mail it goes with, fixed before the first attempt, so that a repeated mail is the same mail.
    `position` numbers the notices in the order in which they were committed, for whoever follows them.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "occasion"),
        Index(None, "account_id", "id"),
        Index(None, "committee_id", "kind", "occasion"),
        Index(None, "told_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[Role]
    committee_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    kind: Mapped[str]
    occasion: Mapped[str]
    event: Mapped[int | None] = mapped_column(BigInteger)
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None]
    particulars: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    by_mail: Mapped[bool]
    digest: Mapped[UUID | None]
    mailed_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
