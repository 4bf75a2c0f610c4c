from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import Role

_OF_HOLDERS = text("actor_role IN ('committee', 'unit')")
"""Acts of those who hold seats: whether there is any decides what the office may do in their place."""
_OF_CLIENTS = text("subject_type = 'nomination' OR subject_type = 'deployment'")
_RULES_CHANGED = text("action = 'campaign.edited' AND data ? 'changes'")


class AuditEvent(Base):
    """One event, kept for ever: written in the transaction of the change, and never changed again.

    The same row is the event others follow: `sequence` numbers it without a gap once everything before it is decided,
    and `mac` chains it to the row before, under a key that the database does not know. `changes` are values before and
    after, and addresses: the chain covers their digest, which is among the particulars, so that they alone are erased.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "subject_id", "id"),
        Index(None, "actor_id", "id"),
        Index(None, "action", "id"),
        Index(None, "campaign_id", "id"),
        Index(None, "committee_id", "id"),
        Index("audit_events_at_idx", "at", postgresql_using="brin"),
        Index(
            "audit_events_unchained_idx",
            "sequence",
            "transaction",
            "ordinal",
            postgresql_where=text("mac IS NULL"),
        ),
        Index("audit_events_nominations_idx", "sequence", postgresql_where=_OF_CLIENTS),
        Index("audit_events_of_holders_in_idx", "committee_id", postgresql_where=_OF_HOLDERS),
        Index("audit_events_of_holders_on_idx", "subject_id", postgresql_where=_OF_HOLDERS),
        Index("audit_events_traces_idx", "at", postgresql_where=text("changes ? 'trace'")),
        Index("audit_events_values_idx", "at", postgresql_where=text("changes IS NOT NULL AND NOT changes ? 'trace'")),
        Index("audit_events_rules_changed_idx", "subject_id", postgresql_where=_RULES_CHANGED),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  # SQLAlchemy's own way; nobody waits for what the database adds

    at: Mapped[datetime]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    subject_version: Mapped[int | None]
    campaign_id: Mapped[UUID | None] = mapped_column()
    committee_id: Mapped[UUID | None] = mapped_column()
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[Role]
    actor_name: Mapped[str]
    request_id: Mapped[UUID]
    before_digest: Mapped[str | None]
    after_digest: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    transaction: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))
    ordinal: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    sequence: Mapped[int | None] = mapped_column(BigInteger, FetchedValue(), unique=True)
    mac: Mapped[str | None] = mapped_column(FetchedValue())
