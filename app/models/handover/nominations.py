from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import AnswerKind, NominationStatus


class Nomination(Versioned, Base):
    """A case recommended to the municipal office (择优推荐): what is handed over is fixed with it."""

    __tablename__ = "nominations"
    __table_args__ = (
        UniqueConstraint("application_id", "revision"),
        Index(
            "nominations_standing_key",
            "application_id",
            unique=True,
            postgresql_where=text("status NOT IN ('replaced', 'withdrawn')"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    award_id: Mapped[UUID | None] = mapped_column(ForeignKey("awards.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"))
    revision: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    reason: Mapped[str]
    status: Mapped[NominationStatus] = mapped_column(default=NominationStatus.PREPARED)
    payload: Mapped[dict[str, Any]]
    payload_digest: Mapped[str]
    prepared_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str | None]


class Answer(Base):
    """An answer of the municipal office to a nomination, under its own reference. Never changed, never deleted."""

    __tablename__ = "nomination_answers"
    __table_args__ = (UniqueConstraint("answered_by", "reference"),)

    nomination_id: Mapped[UUID] = mapped_column(ForeignKey("nominations.id"), index=True)
    reference: Mapped[str]
    kind: Mapped[AnswerKind]
    payload_digest: Mapped[str]
    text: Mapped[str]
    result: Mapped[str | None]
    answered_at: Mapped[datetime]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
