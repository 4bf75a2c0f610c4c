from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Backup(Base):
    """A backup that was tried: what it took, or why it failed. The backup itself lies elsewhere, under its stamp."""

    __tablename__ = "backups"
    __table_args__ = (CheckConstraint("(stamp IS NULL) = (failure IS NOT NULL)", "taken_or_failed"),)

    finished_at: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[int]
    stamp: Mapped[str | None]
    objects: Mapped[int]
    copied: Mapped[int]
    lost: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    failure: Mapped[str | None]


class Restoration(Base):
    """A restore from a backup: from then on events are numbered beyond those that were lost.

    Until it is released nothing is sent.
    """

    __tablename__ = "restorations"

    done_at: Mapped[datetime]
    stamp: Mapped[str] = mapped_column(unique=True)
    as_of: Mapped[datetime]
    reached: Mapped[int] = mapped_column(BigInteger)
    resumes_after: Mapped[int] = mapped_column(BigInteger)
    released_at: Mapped[datetime | None]
