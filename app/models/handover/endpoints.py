from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned
from app.models.enums import EndpointStatus


class Endpoint(Versioned, Base):
    """A receiving address of the municipal office, with the secret its messages are signed with, encrypted."""

    __tablename__ = "endpoints"

    url: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str]
    status: Mapped[EndpointStatus] = mapped_column(default=EndpointStatus.ACTIVE)
    secret: Mapped[bytes]
    retiring_secret: Mapped[bytes | None]
    retiring_until: Mapped[datetime | None]
