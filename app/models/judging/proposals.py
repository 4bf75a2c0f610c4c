from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import ProposalKind, ProposalStatus


class Proposal(Versioned, Base):
    """A computed distribution of cases among reviewers (分配方案), applied and undone as one act."""

    __tablename__ = "proposals"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    kind: Mapped[ProposalKind]
    status: Mapped[ProposalStatus] = mapped_column(default=ProposalStatus.PROPOSED)
    seed: Mapped[int]
    budget: Mapped[int | None]
    basis_digest: Mapped[str]
    result: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
