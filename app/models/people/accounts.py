from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import BY_LISTS_ALONE, DERIVED, Base, Versioned, searched_columns
from app.models.enums import AccountStatus, Role
from app.phones import dialled


class Account(Versioned, Base):
    """A person, or a machine client (role `municipal`), that may sign in.

    An activation code works once it is confirmed: at once where nobody can be wronged by it, otherwise by the owner or
    by a second person, never by `activation_issued_by`. `phone_numbers` are those in the phone, as they are dialled.
    """

    __tablename__ = "accounts"
    __mapper_args__ = BY_LISTS_ALONE
    __table_args__ = (
        CheckConstraint("(role IN ('committee', 'unit')) = (committee_id IS NOT NULL)", "committee_of_its_role"),
        CheckConstraint("(role = 'unit') = (unit_id IS NOT NULL)", "unit_of_its_role"),
        ForeignKeyConstraint(["unit_id", "committee_id"], ["units.id", "units.committee_id"], deferrable=True),
        Index(None, "phone_numbers", postgresql_using="gin"),
        Index(None, "updated_at"),
        *searched_columns("name", "username"),
    )

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    phone_numbers: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=DERIVED)
    email: Mapped[str | None]
    mail: Mapped[bool] = mapped_column(default=True)
    role: Mapped[Role]
    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(index=True)
    status: Mapped[AccountStatus] = mapped_column(default=AccountStatus.INVITED)
    secret_hash: Mapped[str | None]
    retiring_secret_hash: Mapped[str | None]
    activation_hash: Mapped[bytes | None] = mapped_column(unique=True)
    activation_expires_at: Mapped[datetime | None]
    activation_issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), info={"since": "0007"})
    activation_confirmed_at: Mapped[datetime | None] = mapped_column(info={"since": "0007"})
    activation_resets_factors: Mapped[bool] = mapped_column(default=False, info={"since": "0007"})

    @validates("phone")
    def _dial(self, _: str, phone: str | None) -> str | None:
        self.phone_numbers = dialled(phone)
        return phone
