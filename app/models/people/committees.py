from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.comparable import comparable
from app.models.base import DERIVED, Base, Versioned


class Committee(Versioned, Base):
    """A Party committee (党（工）委). `code` is the prefix of the numbers people read; one that is retired frees it.

    `comparable_name` is null where an earlier one looked the same before names were compared so. One that was merged
    into another is retired, and names the committee that stands for it now: never one that was merged itself. A direct
    one is no committee: it stands for the units that none stands above (直属单位), and the office acts in its place.
    """

    __tablename__ = "committees"

    __table_args__ = (
        *(
            Index(f"committees_{name}_key", name, unique=True, postgresql_where=text("retired_at IS NULL"))
            for name in ("code", "name", "comparable_name")
        ),
        Index("committees_direct_key", "direct", unique=True, postgresql_where=text("direct AND retired_at IS NULL")),
    )

    code: Mapped[str]
    name: Mapped[str]
    comparable_name: Mapped[str | None] = mapped_column(info=DERIVED)
    kind: Mapped[str] = mapped_column(String(32))
    direct: Mapped[bool] = mapped_column(default=False, server_default="false", info={"since": "0020"})
    leader_name: Mapped[str | None]
    leader_title: Mapped[str | None]
    liaison_name: Mapped[str | None]
    liaison_phone: Mapped[str | None]
    retired_at: Mapped[datetime | None]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True, info={"since": "0015"})

    @validates("name")
    def _compare(self, _: str, name: str) -> str:
        self.comparable_name = comparable(name)
        return name
