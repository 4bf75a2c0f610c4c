from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Sketch(Base):
    """Marks by which a submitted content is found among all others: hashes of its text, and bands of its pictures.

    The worker makes it after the submission, once for each content of an application.
    """

    __tablename__ = "sketches"
    __table_args__ = (UniqueConstraint("application_id", "digest"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    digest: Mapped[str]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("application_versions.id"))
    hashes: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    fingerprints: Mapped[dict[str, Any]]


sketch_marks = Table(
    "sketch_marks",
    Base.metadata,
    Column("mark", Integer, primary_key=True, autoincrement=False),
    Column("sketch_id", Uuid, primary_key=True),
)
"""The sketches by their marks, which the database keeps as an index: the hashes, and the complements of the bands.

An index over the arrays themselves finds all that have a mark. Here the latest few can be asked for, which matters for
a set phrase that stands in every third text.
"""


class Resemblance(Base):
    """A content that resembles one of another application; there is a row for each of the two."""

    __tablename__ = "resemblances"
    __table_args__ = (
        UniqueConstraint("sketch_id", "other_id"),
        Index(None, "other_id"),
        Index("resemblances_share_idx", text("(- share)"), "id"),
        Index("resemblances_pictures_idx", text("(- pictures)"), "id"),
    )

    sketch_id: Mapped[UUID] = mapped_column(ForeignKey("sketches.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("sketches.id", ondelete="CASCADE"))
    share: Mapped[int]
    other_share: Mapped[int]
    pictures: Mapped[int]
