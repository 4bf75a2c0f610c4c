from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class IdempotencyKey(Base):
    """The answer once given to a key: written with the effect, in one transaction, so there is both or neither.

    Neither the key, the request nor the answer can be read here; whoever sends the key again can.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    account_id: Mapped[UUID]
    key: Mapped[bytes]
    fingerprint: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[bytes | None]
