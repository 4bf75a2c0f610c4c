from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.enums import Assurance


class Session(Base):
    """A sign-in. Only the token's hash is kept; deleting the row ends the session at once.

    `authenticated_at` is the last time its person proved who they are, with everything the account asks for; `seat_id`
    the seat that was chosen with the sign-in, which its requests are made in unless they name another. By single
    sign-on, `identity_id` opened it, and it ends with `provider_session`.
    """

    __tablename__ = "sessions"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    assurance: Mapped[Assurance] = mapped_column(default=Assurance.ONE_FACTOR)
    authenticated_at: Mapped[datetime]
    seat_id: Mapped[UUID | None] = mapped_column(ForeignKey("seats.id"))
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"), index=True)
    provider_session: Mapped[str | None]
    client: Mapped[str]
    address: Mapped[str] = mapped_column(INET)


class SignInAttempt(Base):
    """An attempt to sign in, remembered for throttling; `succeeded` is null until it is decided."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "subject_hash", "at"), Index(None, "address", "at"))

    subject_hash: Mapped[bytes]
    address: Mapped[str] = mapped_column(INET)
    at: Mapped[datetime]
    succeeded: Mapped[bool | None]
