from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Grant(Base):
    """A campaign whose nominations a machine client of the municipal office may read, until the grant is revoked.

    `granted_by` is null for those that the migration made for clients of before there were grants.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "grants_standing_key", "account_id", "campaign_id", unique=True, postgresql_where=text("revoked_at IS NULL")
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
