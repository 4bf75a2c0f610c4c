from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.comparable import comparable
from app.models.base import DERIVED, Base, Versioned
from app.models.enums import AwardBasis, AwardStatus

_LATER = {"since": "0040"}


def _standing(sort: str, recipient: str | TextClause, of_sort: str = "", *more: str) -> Index:
    """One award of a kind in a campaign for each recipient of a sort, as long as it stands."""
    return Index(
        f"awards_standing_{sort}_key",
        *("campaign_id", "kind", recipient, *more),
        unique=True,
        postgresql_where=text(f"status NOT IN ('dropped', 'revoked'){of_sort}"),
    )


class Award(Versioned, Base):
    """An award (奖项) from its proposal to its certificate, for an application, a committee, a unit, or a person.

    All but an application's name a committee: the recipient itself, or that of the unit or of the person.
    """

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, to_committee_id) = 1", "one_recipient"),
        CheckConstraint("(application_id IS NULL) = (version_id IS NULL)", "version_of_its_application"),
        CheckConstraint(
            "(to_unit_id IS NULL) = (to_unit_name IS NULL) "
            "AND (person_name IS NULL) = (comparable_person_name IS NULL) "
            "AND (application_id IS NULL OR num_nonnulls(to_unit_id, person_name) = 0) "
            "AND (person_name IS NOT NULL OR person_title IS NULL)",
            "unit_or_person",
        ),
        Index(None, "campaign_id", "id"),
        Index(None, "commendation_id", "id"),
        Index(None, "to_unit_id", "id"),
        _standing("application", "application_id"),
        _standing("committee", "to_committee_id", " AND to_unit_id IS NULL AND person_name IS NULL"),
        _standing("unit", "to_unit_id", " AND person_name IS NULL"),
        _standing(
            "person",
            text("coalesce(to_unit_id, to_committee_id)"),
            " AND person_name IS NOT NULL",
            *("comparable_person_name", "person_namesake"),
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    commendation_id: Mapped[UUID] = mapped_column(ForeignKey("commendations.id"))
    kind: Mapped[str]
    grade: Mapped[str | None]
    position: Mapped[int]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("application_versions.id"))
    to_committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committees.id"), index=True)
    to_committee_name: Mapped[str | None]
    to_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), info=_LATER)
    to_unit_name: Mapped[str | None] = mapped_column(info=_LATER)
    person_name: Mapped[str | None] = mapped_column(info=_LATER)
    comparable_person_name: Mapped[str | None] = mapped_column(info=DERIVED)
    person_title: Mapped[str | None] = mapped_column(info=_LATER)
    person_namesake: Mapped[int] = mapped_column(default=0, info=_LATER)
    basis: Mapped[AwardBasis]
    reason: Mapped[str]
    status: Mapped[AwardStatus] = mapped_column(default=AwardStatus.PROPOSED)
    public_summary: Mapped[str] = mapped_column(default="")
    pictures: Mapped[list[int]]
    certificate_number: Mapped[str | None] = mapped_column(unique=True)
    verification_code: Mapped[str | None] = mapped_column(unique=True)
    awarded_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None]

    @validates("person_name")
    def _compare(self, _: str, name: str | None) -> str | None:
        self.comparable_person_name = name and comparable(name)
        return name
