"""Commendations for readers without an account: publicised ones, and published ones with the awards in force.

Every statement is that of an anonymous reader, so that everybody gets the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Integer, SQLColumnExpression, Text, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import array

from app.context import View
from app.database import Query, bound_id
from app.file_names import Part, named, numbered_code, picture_part
from app.inputs import Code
from app.models import Application, ApplicationVersion, Award, Campaign, Commendation, File, VersionImage
from app.models.enums import AwardStatus
from app.rows import row_type
from app.services.commending import awards, commendations, recipients
from app.services.files import StoredFile
from app.services.filing import campaigns
from app.services.pages import FilterValue, Listing, Page, Rows, among, containing, exactly
from app.services.policies.filing.cells import CellInWords, for_public
from app.services.policies.filing.own_cells import Values

_AWARD_ID, _COMMENDATION_ID = (bound_id(name) for name in ("award_id", "commendation_id"))
_CODE, _SLOT = bindparam("code", type_=Text), bindparam("slot", type_=Integer)


@row_type
class PublicAwardRow(awards.PublicAward):
    """An award, with the settings that name its codes."""

    cells: Values | None
    settings_digest: str


@row_type
class CertificateRow:
    """A certificate as it counts today; once revoked, only its number and the instant of the revocation."""

    status: AwardStatus
    certificate_number: str
    revoked_at: datetime | None
    recipient: str | None
    kind: str | None
    grade: str | None
    name: str | None
    person_title: str | None
    unit_name: str | None
    committee_name: str | None
    category: str | None
    awarded_at: datetime | None
    settings_digest: str


def _of_awards(*columns: SQLColumnExpression[object]) -> Rows:
    """Select from awards with their commendation, campaign, application and version."""
    return (
        select(*columns, Campaign.settings_digest)
        .select_from(Award)
        .join(Commendation, Commendation.id == Award.commendation_id)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .outerjoin(Application, Application.id == Award.application_id)
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    )


_PUBLIC = _of_awards(*awards.PUBLIC, ApplicationVersion.cells).where(awards.VISIBLE)
_AWARD = Query(_PUBLIC.where(Award.id == _AWARD_ID), PublicAwardRow)
_OF_COMMENDATION = Query(
    _PUBLIC.where(Award.commendation_id == _COMMENDATION_ID).order_by(*recipients.LISTED), PublicAwardRow
)
FILTERS = {
    "programme_id": exactly(Campaign.programme_id, UUID, "Only of campaigns of this programme."),
    "commendation_id": exactly(Award.commendation_id, UUID, "Only of this commendation."),
    "kind": among(Award.kind, Code, "Only of these kinds.", max_length=20),
    "category": among(awards.CATEGORY, Code, "Only in these categories.", max_length=20),
    "q": containing(
        "Only with this text in a name or in the summary.",
        recipients.NAME,
        recipients.UNIT_NAME,
        recipients.COMMITTEE_NAME,
        Award.public_summary,
    ),
}
_entry = func.coalesce(Campaign.position, 0)
_SORTS = {"entry": array([_entry, *recipients.LISTED[:-1]])}
"""The order of a programme's entries, and in each that of a published list."""
_AWARDS = Listing(_PUBLIC, Award.id, PublicAwardRow, filters=FILTERS, sorts=_SORTS)


@row_type
class _Picture:
    id: UUID
    media_type: str
    sha256: str
    name: str
    certificate_number: str | None
    year: int


_PICTURE = Query(
    select(*(File.id, File.media_type, File.sha256), recipients.NAME, Award.certificate_number, Campaign.year)
    .select_from(Award)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .join(Campaign, Campaign.id == Award.campaign_id)
    .join(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .join(VersionImage, VersionImage.version_id == Award.version_id)
    .join(
        File,
        File.id == case((bindparam("thumbnail", type_=Boolean), VersionImage.thumbnail_id), else_=VersionImage.file_id),
    )
    .where(awards.VISIBLE, Award.id == _AWARD_ID, VersionImage.slot == _SLOT)
    .where(Award.pictures.contains(func.to_jsonb(_SLOT))),
    _Picture,
)


def _unless_revoked(column: SQLColumnExpression[object], name: str) -> ColumnElement[object]:
    return case((Award.status == AwardStatus.AWARDED, column)).label(name)


_CERTIFICATE = Query(
    _of_awards(
        Award.status,
        Award.certificate_number,
        Award.revoked_at,
        _unless_revoked(recipients.SORT, "recipient"),
        _unless_revoked(Award.kind, "kind"),
        _unless_revoked(Award.grade, "grade"),
        _unless_revoked(recipients.NAME, "name"),
        _unless_revoked(Award.person_title, "person_title"),
        _unless_revoked(recipients.UNIT_NAME, "unit_name"),
        _unless_revoked(recipients.COMMITTEE_NAME, "committee_name"),
        _unless_revoked(awards.CATEGORY, "category"),
        _unless_revoked(Award.awarded_at, "awarded_at"),
    ).where(Award.verification_code == _CODE),
    CertificateRow,
)


@dataclass(frozen=True, slots=True)
class CodeNames:
    """The campaign's names for the codes of an award, for readers who cannot look them up."""

    kind_name: str | None
    grade_name: str | None
    category_name: str | None


@dataclass(frozen=True, slots=True)
class PublicAwardRecord:
    """An award with the names of its codes, and what is public of the campaign's own cells."""

    row: PublicAwardRow
    names: CodeNames
    cells: Sequence[CellInWords] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with the names of its codes."""

    row: CertificateRow
    names: CodeNames


@dataclass(frozen=True, slots=True)
class PublicCommendation:
    """A commendation as anybody may read it, with its awards in their order."""

    row: commendations.CommendationRow
    wording: str
    awards: Sequence[PublicAwardRecord]


async def commendation(view: View, commendation_id: UUID) -> PublicCommendation:
    """One commendation with its awards in their order; NotFound unless it is public."""
    row = (await commendations.read(view, commendation_id)).row
    settings = await campaigns.settings_of(view, row.settings_digest)
    found = await view.rows(_OF_COMMENDATION, commendation_id=commendation_id)
    return PublicCommendation(row, settings.commendation.wording, await _records(view, found))


async def award(view: View, award_id: UUID) -> PublicAwardRecord:
    """One award; NotFound unless it is public."""
    row = await view.get(_AWARD, award_id=award_id)
    return await _record(view, row)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[PublicAwardRecord]:
    by = "entry" if filters.get("programme_id") else None
    page = await _AWARDS.sorted_page(view, by, after=after, limit=limit, **filters)
    return page.of(await _records(view, page.rows))


async def picture(view: View, award_id: UUID, slot: int, *, thumbnail: bool = False) -> StoredFile:
    """A picture the office has approved, under a name that does not identify the application."""
    row = await view.get(_PICTURE, award_id=award_id, slot=slot, thumbnail=thumbnail)
    which = Part(f"{row.year}-{row.name}", numbered_code("award", row.certificate_number, row.year, award_id))
    part = picture_part(slot, thumbnail=thumbnail)
    return StoredFile(row.id, row.media_type, row.sha256, named(row.media_type, which, part))


async def certificate(view: View, verification_code: str) -> Certificate:
    """The certificate with this code; NotFound when no certificate has it."""
    row = await view.get(_CERTIFICATE, code=verification_code)
    return Certificate(row, await _names(view, row))


async def _records(view: View, rows: Sequence[PublicAwardRow]) -> list[PublicAwardRecord]:
    return [await _record(view, row) for row in rows]


async def _record(view: View, row: PublicAwardRow) -> PublicAwardRecord:
    settings = await campaigns.settings_of(view, row.settings_digest)
    return PublicAwardRecord(row, await _names(view, row), for_public(settings.cells, row.cells or {}))


async def _names(view: View, row: PublicAwardRow | CertificateRow) -> CodeNames:
    settings = await campaigns.settings_of(view, row.settings_digest)
    kind = settings.award_kind(row.kind) if row.kind else None
    grades = {grade.code: grade.name for grade in kind.grades} if kind else {}
    categories = {category.code: category.name for category in settings.categories}
    return CodeNames(
        kind.name if kind else row.kind,
        grades.get(row.grade) if row.grade else None,
        categories.get(row.category) if row.category else None,
    )
