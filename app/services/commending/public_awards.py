"""What anybody may read of commendations without an account: what is publicised, and what was published and stands.

Every statement is that of a reader who is nobody; whoever asks gets the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Text, Uuid, bindparam, func, select

from app.context import View
from app.database import Query, Row
from app.inputs import Code
from app.models import ApplicationVersion, Award, Campaign, Commendation, File, VersionImage
from app.models.enums import AwardStatus
from app.problems import NotFound
from app.services.commending import awards, commendations
from app.services.commending.commendations import CommendationRow
from app.services.files import StoredFile
from app.services.filing import campaigns
from app.services.pages import Listing, Page, containing, exactly
from app.services.policies.filing.notice import CampaignSettings

_AWARD_ID, _COMMENDATION_ID = (bindparam(name, type_=Uuid) for name in ("award_id", "commendation_id"))
_CODE, _SLOT = bindparam("code", type_=Text), bindparam("slot", type_=Integer)


def _of_awards(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Awards beside what they are for."""
    return (
        select(*columns, Campaign.settings_digest)
        .select_from(Award)
        .join(Commendation, Commendation.id == Award.commendation_id)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    )


_columns = {column.key: column for column in awards.PUBLIC}
_PUBLIC = _of_awards(*awards.PUBLIC).where(awards.VISIBLE)
_AWARD = Query(_PUBLIC.where(Award.id == _AWARD_ID))
_OF_COMMENDATION = Query(_PUBLIC.where(Award.commendation_id == _COMMENDATION_ID).order_by(Award.position, Award.id))
FILTERS = {
    "commendation_id": exactly(Award.commendation_id, UUID, "Only of this commendation."),
    "kind": exactly(Award.kind, Code, "Only of this kind.", examples=["excellent_case"]),
    "category": exactly(_columns["category"], Code, "Only in this category.", examples=["qingman"]),
    "q": containing(
        "Only with this text in a name or in the summary.",
        *(_columns[name] for name in ("name", "unit_name", "committee_name", "public_summary")),
    ),
}
_AWARDS = Listing(_PUBLIC, Award.id, filters=FILTERS)
_PICTURE = Query(
    select(File.id, File.media_type, File.sha256)
    .select_from(Award)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .join(VersionImage, VersionImage.version_id == Award.version_id)
    .join(File, File.id == VersionImage.file_id)
    .where(awards.VISIBLE, Award.id == _AWARD_ID, VersionImage.slot == _SLOT)
    .where(Award.pictures.contains(func.to_jsonb(_SLOT)))
)
_CERTIFICATE = Query(
    _of_awards(
        Award.status,
        Award.certificate_number,
        Award.revoked_at,
        *(_columns[name] for name in ("kind", "grade", "name", "unit_name", "category", "awarded_at")),
    ).where(Award.verification_code == _CODE)
)


@dataclass(frozen=True, slots=True)
class PublicCommendation:
    """A commendation as anybody may read it, with its awards in their order."""

    row: CommendationRow
    wording: str
    awards: Sequence[Row]


async def commendation(view: View, commendation_id: UUID) -> PublicCommendation:
    """One commendation with its awards in their order; NotFound unless it is public."""
    row = (await commendations.read(view, commendation_id)).row
    settings = await campaigns.settings_of(view, row.settings_digest)
    found = await view.rows(_OF_COMMENDATION, commendation_id=commendation_id)
    return PublicCommendation(row, settings.commendation.wording, await _named(view, found))


async def award(view: View, award_id: UUID) -> Row:
    """One award; NotFound for what is not public."""
    return await _only(view, await view.rows(_AWARD, award_id=award_id))


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    page = await _AWARDS.page(view, after=after, limit=limit, **filters)
    return replace(page, rows=await _named(view, page.rows))


async def picture(view: View, award_id: UUID, slot: int) -> StoredFile:
    """A picture the office has approved; its name tells nothing of the application."""
    row = await view.get(_PICTURE, award_id=award_id, slot=slot)
    return StoredFile(row["id"], row["media_type"], row["sha256"], f"{award_id}-{slot}.jpg")


async def certificate(view: View, verification_code: str) -> Row:
    """What a certificate with this code is worth today; of one that was revoked, only that and when it was."""
    row = await _only(view, await view.rows(_CERTIFICATE, code=verification_code))
    kept = ("status", "certificate_number", "revoked_at")
    return row if row["status"] == AwardStatus.AWARDED else {name: row[name] for name in kept}


async def _only(view: View, rows: Sequence[Row]) -> Row:
    if not rows:
        raise NotFound
    return (await _named(view, rows))[0]


async def _named(view: View, rows: Sequence[Row]) -> list[Row]:
    """With the campaign's words for its codes, which nobody can look up without an account."""
    return [row | _words(await campaigns.settings_of(view, row["settings_digest"]), row) for row in rows]


def _words(settings: CampaignSettings, row: Row) -> Row:
    kind = settings.award_kind(row["kind"])
    grades = {grade.code: grade.name for grade in kind.grades} if kind else {}
    categories = {category.code: category.name for category in settings.categories}
    return {
        "kind_name": kind.name if kind else row["kind"],
        "grade_name": grades.get(row["grade"]),
        "category_name": categories.get(row["category"]),
    }
