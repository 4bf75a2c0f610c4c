from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, validates

from app.models.base import DERIVED, Base, Versioned, grams_index
from app.models.enums import ApplicationStatus, VersionOccasion
from app.phones import dialled

NAMES_PARTNERS = "partners <> '[]'::jsonb"
_ONCE_FILED = text("filed_version_id IS NOT NULL")
_COUNTED = ["filed_version_id", "reconsidered"]


class Application(Versioned, Base):
    """An application (附件2): the form's cells as typed, its state, and the filed version.

    It begins with the committee of its unit, which a trigger holds, and what was filed stays with who filed it when the
    unit is moved.
    """

    __tablename__ = "applications"
    __table_args__ = (
        Index(None, "committee_id", "id"),
        Index(None, "unit_id", "id"),
        Index(None, "campaign_id", "id"),
        Index("applications_status_idx", "status", "id", postgresql_where=_ONCE_FILED),
        Index(None, "updated_at"),
        Index(None, "filed_at", postgresql_where=_ONCE_FILED),
        Index(None, "committee_id", "campaign_id", "status", postgresql_include=_COUNTED),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committees.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    number: Mapped[str] = mapped_column(unique=True)
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.DRAFT)

    brand_name: Mapped[str | None]
    leader_name: Mapped[str | None]
    leader_title: Mapped[str | None]
    phone: Mapped[str | None]
    phone_numbers: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=DERIVED)
    category: Mapped[str | None]
    topic: Mapped[str | None] = mapped_column(info={"since": "0016"})
    started_on: Mapped[str | None]
    ended_on: Mapped[str | None]
    innovation: Mapped[str] = mapped_column(default="")
    practices: Mapped[str] = mapped_column(default="")
    effects: Mapped[str] = mapped_column(default="")
    cells: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}", info={"since": "0024"})

    narrative_length: Mapped[int] = mapped_column(default=0)
    image_count: Mapped[int] = mapped_column(default=0)
    versions: Mapped[int] = mapped_column(default=0)
    content_digest: Mapped[str]
    endorsed_digest: Mapped[str | None]

    submitted_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    filed_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("application_versions.id", use_alter=True), unique=True
    )
    reconsidered: Mapped[bool] = mapped_column(default=False, server_default="false", info={"since": "0027"})
    """Filed, taken back by its committee, and considered again: until it is filed anew it is as if it never was."""
    reason_codes: Mapped[list[str]] = mapped_column(default=list)
    reason: Mapped[str | None]

    @validates("phone")
    def _dial(self, _: str, phone: str | None) -> str | None:
        self.phone_numbers = dialled(phone)
        return phone


_LISTED = ("category", "topic", "honour_level", "honour_rank", "committee_kind", "kind_rank")


class ApplicationListing(Base):
    """An application as lists search, filter, sort and count it: one row for its owners, one of what was filed.

    The database keeps it with every change of the application, its units and its committee. The text has the comparable
    forms of the brand's name, the number, every name of the units and the committee (of now, of before, as filed), and
    of short texts in the campaign's own cells. `stage` is `own` or `filed`, and no boolean: PostgreSQL would not see
    that there is at most one row of each, and join it where nobody asks.
    """

    __tablename__ = "application_listings"
    __table_args__ = (
        UniqueConstraint("application_id", "stage"),
        *(Index(None, "stage", name, "application_id") for name in _LISTED),
        grams_index(),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    stage: Mapped[str]
    campaign_id: Mapped[UUID]
    text: Mapped[str]
    category: Mapped[str]
    topic: Mapped[str]
    honour_level: Mapped[str]
    honour_rank: Mapped[int]
    committee_kind: Mapped[str]
    kind_rank: Mapped[int]
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer), Computed("grams(text, true)", persisted=True))


def _cell(path: str, kind: str = "text") -> MappedColumn[Any]:
    """A value of the content as a column of its own, kept by the database, for what reads many rows."""
    return mapped_column(Computed(f"(content #>> '{path}')::{kind}", persisted=True), info=DERIVED)


class ApplicationVersion(Base):
    """The content of an application at a submission or a filing. Never changed, never deleted."""

    __tablename__ = "application_versions"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        Index(
            "application_versions_partners_idx",
            "partners",
            postgresql_using="gin",
            postgresql_where=text(NAMES_PARTNERS),
        ),
        Index("application_versions_comparable_brand_idx", text("comparable(brand_name)")),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    number: Mapped[int]
    occasion: Mapped[VersionOccasion]
    digest: Mapped[str]
    topic: Mapped[str | None]
    partners: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    content: Mapped[dict[str, Any]]
    unit_name: Mapped[str] = _cell("{unit_name}")
    committee_name: Mapped[str] = _cell("{committee_name}")
    brand_name: Mapped[str | None] = _cell("{form,brand_name}")
    category: Mapped[str | None] = _cell("{form,category}")
    narrative_length: Mapped[int] = _cell("{narrative_length}", "integer")
    image_count: Mapped[int] = _cell("{image_count}", "integer")
    phone_numbers: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=DERIVED)
    cells: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, Computed("content #> '{form,cells}'", persisted=True), info=DERIVED
    )
    fixed_at: Mapped[datetime]
    fixed_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))

    @validates("content")
    def _dial(self, _: str, content: dict[str, Any]) -> dict[str, Any]:
        self.phone_numbers = dialled(content["form"]["phone"])
        return content
