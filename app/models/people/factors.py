from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import FactorKind


class Factor(Versioned, Base):
    """Something a person signs in with beside the password; it counts once it is confirmed.

    An authenticator app has an encrypted secret, and the last time step whose code was taken; a passkey a public key,
    and the counter of its signatures.
    """

    __tablename__ = "factors"
    __table_args__ = (
        CheckConstraint("(kind = 'totp') = (secret IS NOT NULL AND last_step IS NOT NULL)", "authenticator"),
        CheckConstraint(
            "(kind = 'passkey') = (credential_id IS NOT NULL AND public_key IS NOT NULL AND sign_count IS NOT NULL)",
            "passkey",
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FactorKind]
    name: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    secret: Mapped[bytes | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    credential_id: Mapped[bytes | None] = mapped_column(unique=True)
    public_key: Mapped[bytes | None]
    sign_count: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that replaces a lost factor once; deleting the row is its use."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)


class PasskeyChallenge(Base):
    """Random bytes that a passkey must sign, once and soon; without an account where the passkey names it."""

    __tablename__ = "passkey_challenges"

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    challenge: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
