from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Ranking(Base):
    """A round's result when the round closed, with the inputs it was computed from. Never changed or deleted."""

    __tablename__ = "rankings"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), unique=True)
    frozen_at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]]
    inputs_digest: Mapped[str]
    result: Mapped[dict[str, Any]]
    result_digest: Mapped[str]
