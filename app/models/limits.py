from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class UploadAllowance(Base):
    """The bytes an account has uploaded of late, as the instant at which its allowance will be whole again."""

    __tablename__ = "upload_allowances"

    account_id: Mapped[UUID] = mapped_column(unique=True)
    restored_at: Mapped[datetime]
