from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import AccountStatus, Role


class Account(Versioned, Base):
    """A person, or a machine client (role `municipal`), that may sign in."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("(role IN ('committee', 'unit')) = (committee_id IS NOT NULL)", "committee_of_its_role"),
        CheckConstraint("(role = 'unit') = (unit_id IS NOT NULL)", "unit_of_its_role"),
        ForeignKeyConstraint(["unit_id", "committee_id"], ["units.id", "units.committee_id"]),
    )

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    role: Mapped[Role]
    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(index=True)
    status: Mapped[AccountStatus] = mapped_column(default=AccountStatus.INVITED)
    secret_hash: Mapped[str | None]
    retiring_secret_hash: Mapped[str | None]
    activation_hash: Mapped[bytes | None] = mapped_column(unique=True)
    activation_expires_at: Mapped[datetime | None]
