from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Identity(Base):
    """A person as the provider of single sign-on knows them, bound to an account; deleting it ends its sessions."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]


class SignOnChallenge(Base):
    """A sign-on under way, by the hash of its secret; of an account if it is to be bound. Deleting it is its use."""

    __tablename__ = "sign_on_challenges"

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    redirect_uri: Mapped[str]
    expires_at: Mapped[datetime]


class LogoutToken(Base):
    """A sign-out that the provider has told, remembered so that it counts once, also for a sign-on under way."""

    __tablename__ = "logout_tokens"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    provider_session: Mapped[str | None] = mapped_column(index=True)
    expires_at: Mapped[datetime]
