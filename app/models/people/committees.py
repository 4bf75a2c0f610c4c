from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import CommitteeKind


class Committee(Versioned, Base):
    """A Party committee (党（工）委). `code` is the prefix of the numbers people read."""

    __tablename__ = "committees"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[CommitteeKind]
    leader_name: Mapped[str | None]
    leader_title: Mapped[str | None]
    liaison_name: Mapped[str | None]
    liaison_phone: Mapped[str | None]
    retired_at: Mapped[datetime | None]
