from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import RankingMethod, RoundIntake, RoundKind, RoundStatus


class Round(Versioned, Base):
    """A round of judging (评选轮次). Its row is the lock for its assignments, and for what its ranking counts."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        CheckConstraint("kind <> 'live' OR NOT blind", "live_not_blind"),
        CheckConstraint("kind = 'live' OR NOT scans_needed", "scans_of_live"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int]
    name: Mapped[str]
    status: Mapped[RoundStatus] = mapped_column(default=RoundStatus.DRAFT)
    kind: Mapped[RoundKind] = mapped_column(default=RoundKind.WRITTEN, info={"since": "0031"})
    intake: Mapped[RoundIntake]
    source_round_id: Mapped[UUID | None] = mapped_column(ForeignKey("rounds.id"))
    intake_limit: Mapped[int | None]
    blind: Mapped[bool]
    shows_others: Mapped[bool] = mapped_column(default=False)
    scans_needed: Mapped[bool] = mapped_column(default=False, info={"since": "0045"})
    criteria: Mapped[list[dict[str, Any]]]
    reviews_wanted: Mapped[int]
    method: Mapped[RankingMethod]
    tie_breaks: Mapped[list[str]] = mapped_column(default=list)
    cut: Mapped[int | None]
    seed: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cases_numbered: Mapped[int] = mapped_column(default=0)


class RoundEntry(Base):
    """A case of a round: the version that is judged, under a number that does not reveal its origin."""

    __tablename__ = "round_entries"
    __table_args__ = (
        UniqueConstraint("round_id", "application_id"),
        UniqueConstraint("round_id", "case_number"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"))
    case_number: Mapped[int | None]
    entered_at: Mapped[datetime]


class PanelMember(Base):
    """A reviewer who judges in a round (评审组成员)."""

    __tablename__ = "panel_members"
    __table_args__ = (UniqueConstraint("round_id", "reviewer_id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"))
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("reviewers.account_id"), index=True)
    joined_at: Mapped[datetime]
