from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column, validates

from app.comparable import comparable
from app.models.base import DERIVED, Base, Versioned
from app.models.enums import CommitteeKind


class Committee(Versioned, Base):
    """A Party committee (党（工）委). `code` is the prefix of the numbers people read.

    `comparable_name` is null where an earlier one looked the same before names were compared so.
    """

    __tablename__ = "committees"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    comparable_name: Mapped[str | None] = mapped_column(unique=True, info=DERIVED)
    kind: Mapped[CommitteeKind]
    leader_name: Mapped[str | None]
    leader_title: Mapped[str | None]
    liaison_name: Mapped[str | None]
    liaison_phone: Mapped[str | None]
    retired_at: Mapped[datetime | None]

    @validates("name")
    def _compare(self, _: str, name: str) -> str:
        self.comparable_name = comparable(name)
        return name
