from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Follower(Base):
    """A reader of the numbered events, one after the other, and the number it has reached."""

    __tablename__ = "followers"

    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
