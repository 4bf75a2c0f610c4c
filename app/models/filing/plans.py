from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import PlanStatus


class Plan(Versioned, Base):
    """A committee's implementation plan (附件1) in a campaign, and its rows as they were last submitted.

    `promised_cases` are the rows that its delivery is measured by: those of the deadline, and what was added since.
    """

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("campaign_id", "committee_id"), Index(None, "updated_at"))

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"), index=True)
    status: Mapped[PlanStatus] = mapped_column(default=PlanStatus.DRAFT)
    submitted_at: Mapped[datetime | None]
    submitted_cases: Mapped[list[dict[str, Any]] | None]
    promised_cases: Mapped[list[dict[str, Any]] | None] = mapped_column(info={"since": "0017"})
    return_reason: Mapped[str | None]


class PlannedCase(Base):
    """One row of the plan: 计划申报创新案例名称 and 实施单位, a known unit or a free name.

    It has no position once a revision has left it out, as long as the plan that was submitted still has it.
    """

    __tablename__ = "planned_cases"
    __table_args__ = (
        UniqueConstraint("plan_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("unit_id IS NULL OR unit_name IS NULL", "one_implementing_unit"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    position: Mapped[int | None]
    name: Mapped[str | None]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    unit_name: Mapped[str | None]
    category: Mapped[str | None]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id", ondelete="SET NULL"), unique=True)
