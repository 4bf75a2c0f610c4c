from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app import credit_codes
from app.comparable import comparable
from app.models.base import BY_LISTS_ALONE, DERIVED, Base, Versioned, searched_columns
from app.models.enums import CreditCodeDoubt


class Unit(Versioned, Base):
    """A civilized unit (文明单位) under one committee.

    `comparable_name` is null where an earlier one looked the same before names were compared so; `credit_code_doubt`
    where there is none, or where the office confirmed the code.
    """

    __tablename__ = "units"
    __mapper_args__ = BY_LISTS_ALONE
    __table_args__ = (
        *(
            Index(
                f"units_committee_id_{name}_key",
                "committee_id",
                name,
                unique=True,
                postgresql_where=text("retired_at IS NULL"),
            )
            for name in ("name", "comparable_name", "credit_code")
        ),
        UniqueConstraint("id", "committee_id"),
        Index(None, "updated_at"),
        *searched_columns("name", "credit_code"),
    )

    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"))
    name: Mapped[str]
    comparable_name: Mapped[str | None] = mapped_column(info=DERIVED)
    honour_level: Mapped[str] = mapped_column(String(32))
    credit_code: Mapped[str | None] = mapped_column(index=True)
    credit_code_doubt: Mapped[CreditCodeDoubt | None] = mapped_column(info={"since": "0012"})
    retired_at: Mapped[datetime | None]

    @validates("name")
    def _compare(self, _: str, name: str) -> str:
        self.comparable_name = comparable(name)
        return name

    @validates("credit_code")
    def _check(self, _: str, code: str | None) -> str | None:
        self.credit_code_doubt = doubt_of(code) if code else None
        return code


def doubt_of(code: str) -> CreditCodeDoubt | None:
    """Return what is doubtful about a code."""
    if credit_codes.is_identity_number(code):
        return CreditCodeDoubt.IDENTITY_NUMBER
    return None if credit_codes.is_valid(code) else CreditCodeDoubt.CHECK_DIGIT
