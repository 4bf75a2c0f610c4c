from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.comparable import comparable
from app.models.base import DERIVED, Base

_STANDING = text("revoked_at IS NULL")


class EarlierWin(Base):
    """An award of a year before this system, as the office entered it (以往获奖): whose, which, and when."""

    __tablename__ = "earlier_wins"
    __table_args__ = (
        Index(
            "earlier_wins_standing_key",
            *("year", "kind", "grade", "comparable_unit_name", "comparable_brand_name"),
            unique=True,
            postgresql_where=_STANDING,
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "comparable_unit_name", postgresql_where=_STANDING),
        Index(None, "comparable_brand_name", postgresql_where=_STANDING),
    )

    year: Mapped[int]
    kind: Mapped[str]
    grade: Mapped[str | None]
    award: Mapped[str]
    unit_name: Mapped[str]
    comparable_unit_name: Mapped[str] = mapped_column(info=DERIVED)
    brand_name: Mapped[str | None]
    comparable_brand_name: Mapped[str | None] = mapped_column(info=DERIVED)
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revocation_reason: Mapped[str | None]

    @validates("unit_name", "brand_name")
    def _compare(self, column: str, name: str | None) -> str | None:
        setattr(self, f"comparable_{column}", name and comparable(name))
        return name
