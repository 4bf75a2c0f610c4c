from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Session(Base):
    """A sign-in. Only the token's hash is kept; deleting the row ends the session at once."""

    __tablename__ = "sessions"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    client: Mapped[str]
    address: Mapped[str] = mapped_column(INET)


class SignInFailure(Base):
    """A refused sign-in, remembered for throttling: by account and address, never by password."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index(None, "username_hash", "at"), Index(None, "address", "at"))

    username_hash: Mapped[bytes]
    address: Mapped[str] = mapped_column(INET)
    at: Mapped[datetime]
