from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class Vocabulary(Versioned, Base):
    """A vocabulary that the office keeps (代码表): words in their order, each with its code and its labels.

    It is stored once the office changes it; until then the words of the notice hold, which are in the code. So no row
    is there without an event.
    """

    __tablename__ = "vocabularies"

    name: Mapped[str] = mapped_column(unique=True)
    words: Mapped[list[dict[str, Any]]]
