from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Follower(Base):
    """Who reads the numbered events one after the other, and how far they have come."""

    __tablename__ = "followers"

    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
