from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.models.base import Base


class Tally(Base):
    """A number that something was counted up or down by; the sum of all is how many there are.

    The database adds to them whatever changes the state of an application, what its listing says, or an award: nobody
    waits for another's count. They name what they count without a foreign key, which would lock it.
    """

    __tablename__ = "tallies"
    __table_args__ = (Index(None, "subject_id", "dimension"),)

    subject_id: Mapped[UUID]
    committee_id: Mapped[UUID | None]
    dimension: Mapped[str]
    code: Mapped[str]
    count: Mapped[int]
