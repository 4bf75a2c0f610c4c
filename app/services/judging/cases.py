"""Cases (评审案例): the applications assigned to a judge, each under a number that does not reveal its origin."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, Text, Uuid, and_, bindparam, case, cast, func, literal_column, select

from app import file_names
from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id
from app.models import (
    Application,
    ApplicationVersion,
    Assignment,
    Campaign,
    File,
    Review,
    Round,
    RoundEntry,
    VersionAttachment,
    VersionImage,
)
from app.models.enums import ReviewStatus, Role
from app.problems import NotFound
from app.rows import row_type
from app.services.files import StoredFile
from app.services.filing import attachments, cells, images
from app.services.judging.visibility import IN_FORCE, ROUND_VISIBLE, hold_round
from app.services.pages import FilterValue, Listing, Page, Rows, among, exactly
from app.services.policies.judging.cases import Content, disclosed

VISIBLE = and_(acting_as(Role.REVIEWER), Assignment.reviewer_id == ACTOR_ID, ROUND_VISIBLE, IN_FORCE)
"""Judges see their own cases in rounds that have begun (bind `now`), while the assignment counts; nobody else any."""

_of_round = func.left(func.md5(cast(Round.id, Text)), literal_column("24"))
CASE_ID = cast(
    _of_round.concat(func.lpad(func.to_hex(RoundEntry.case_number), literal_column("8"), literal_column("'0'"))), Uuid
)
"""The id of a case for judges, made of its round and its number. The id of an assignment or of an entry would reveal
when it was made, and so which cases came late, and together."""
IS_CASE = bound_id("case_id") == CASE_ID

_status = func.coalesce(Review.status, ReviewStatus.DRAFT.value)
FILTERS = {
    "round_id": exactly(Round.id, UUID, "Only of this round."),
    "review_status": among(_status, ReviewStatus, "Only cases in which your review has this state.", max_length=3),
}


def of_judge(*columns: Any) -> Rows:
    """Select these columns of the judge's cases."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .join(Round, Round.id == Assignment.round_id)
        .join(RoundEntry, and_(RoundEntry.round_id == Round.id, RoundEntry.application_id == Application.id))
        .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
        .where(VISIBLE)
    )


@row_type
class CaseSummary:
    """A case in a judge's list."""

    id: UUID
    round_id: UUID
    round_name: str
    closes_at: datetime
    case_number: int
    brand_name: str | None
    category: str | None
    review_status: ReviewStatus


@row_type
class FiledCase(CaseSummary):
    """A case with the content that was filed, which is more than a judge may read."""

    blind: bool
    number: str
    content: Content
    settings_digest: str


@row_type
class CasePicture:
    """The file of a picture, and its place in the case."""

    id: UUID
    media_type: str
    sha256: str
    case_number: int
    slot: int


@row_type
class CaseAttachment:
    """The file of a supporting document, and its place in the case."""

    id: UUID
    media_type: str
    sha256: str
    case_number: int
    place: int


@row_type
class CasePlace:
    """The round of a case."""

    round_id: UUID


_SUMMARY = (
    CASE_ID.label("id"),
    Round.id.label("round_id"),
    Round.name.label("round_name"),
    Round.closes_at,
    RoundEntry.case_number,
    ApplicationVersion.brand_name,
    ApplicationVersion.category,
    _status.label("review_status"),
)
_reviewed = Review.assignment_id == Assignment.id
_CASES = Listing(of_judge(*_SUMMARY).outerjoin(Review, _reviewed), CASE_ID, CaseSummary, filters=FILTERS)
"""By round and number: the order reveals no more than the number does."""

_FILED = Query(
    of_judge(*_SUMMARY, Round.blind, Application.number, ApplicationVersion.content, Campaign.settings_digest)
    .join(Campaign, Campaign.id == Round.campaign_id)
    .outerjoin(Review, _reviewed)
    .where(IS_CASE),
    FiledCase,
)
_STORED = Query(
    of_judge(File.id, File.media_type, File.sha256, RoundEntry.case_number, VersionImage.slot)
    .join(VersionImage, VersionImage.version_id == ApplicationVersion.id)
    .join(
        File,
        File.id == case((bindparam("thumbnail", type_=Boolean), VersionImage.thumbnail_id), else_=VersionImage.file_id),
    )
    .where(IS_CASE, VersionImage.slot == bindparam("slot", type_=Integer)),
    CasePicture,
)
_ATTACHED = Query(
    of_judge(File.id, File.media_type, File.sha256, RoundEntry.case_number, VersionAttachment.place)
    .join(VersionAttachment, VersionAttachment.version_id == ApplicationVersion.id)
    .join(File, File.id == VersionAttachment.file_id)
    .where(IS_CASE, VersionAttachment.place == bindparam("place", type_=Integer)),
    CaseAttachment,
)
_PLACE = Query(of_judge(Round.id.label("round_id")).where(IS_CASE), CasePlace)
_LOCKED = of_judge(Assignment).where(IS_CASE).with_for_update(of=Assignment)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case, and as much of its content as its judge may read."""

    row: FiledCase
    content: Content


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[CaseSummary]:
    """Return the judge's cases by round and number; none to anybody else."""
    return await _CASES.page(view, after=after, limit=limit, now=view.now, **filters)


async def read(view: View, case_id: UUID) -> CaseRecord:
    """Return one case as it was filed, without its origin in a blind round; NotFound unless it is the judge's."""
    row = await view.get(_FILED, case_id=case_id, now=view.now)
    own = await cells.defined(view, row.content, row.settings_digest)
    kinds = await attachments.defined(view, row.content, row.settings_digest)
    roles = await images.roles_defined(view, row.content, row.settings_digest)
    return CaseRecord(row, disclosed(row.content, row.number, blind=row.blind, own=own, kinds=kinds, roles=roles))


async def stored(view: View, case_id: UUID, slot: int, *, thumbnail: bool = False) -> StoredFile:
    """Return the file of a picture, visible as its case is, under a name that reveals only the case's number."""
    row = await view.get(_STORED, case_id=case_id, slot=slot, thumbnail=thumbnail, now=view.now)
    part = file_names.picture_part(row.slot, thumbnail=thumbnail)
    return StoredFile(row.id, row.media_type, row.sha256, _name_of(row, part))


async def stored_attachment(view: View, case_id: UUID, place: int) -> StoredFile:
    """Return the file of a supporting document; NotFound unless the case is the judge's and shows it."""
    record = await read(view, case_id)
    if place not in map(itemgetter("place"), record.content.get("attachments", ())):
        raise NotFound
    row = await view.get(_ATTACHED, case_id=case_id, place=place, now=view.now)
    return StoredFile(row.id, row.media_type, row.sha256, _name_of(row, file_names.attachment_part(place)))


def _name_of(row: CasePicture | CaseAttachment, part: file_names.Part) -> file_names.FileName:
    return file_names.named(row.media_type, name_part(row.case_number), part)


def name_part(case_number: int) -> file_names.Part:
    """Name a case by its number."""
    return file_names.Part(f"案例{case_number:03d}", f"case-{case_number:03d}")


async def hold(ctx: Context, case_id: UUID) -> tuple[Round, Assignment]:
    """Return the round, held open, and the judge's assignment, locked; NotFound unless the case is theirs."""
    place = await ctx.get(_PLACE, case_id=case_id, now=ctx.now)
    round_ = await hold_round(ctx, place.round_id)
    assignment = await ctx.lock(_LOCKED, case_id=case_id, now=ctx.now)
    return round_, assignment
