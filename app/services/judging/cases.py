"""Cases (评审案例): what a judge has been given to review, under a number that tells nothing of where it comes from."""

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, Text, Uuid, and_, bindparam, case, cast, func, literal_column, select

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, Row
from app.models import Application, ApplicationVersion, Assignment, File, Review, Round, RoundEntry, VersionImage
from app.models.enums import ReviewStatus, Role
from app.services.files import StoredFile
from app.services.judging.visibility import ROUND_VISIBLE, STANDING, hold_round
from app.services.pages import Listing, Page, among, exactly
from app.services.policies.judging.cases import told

VISIBLE = and_(acting_as(Role.REVIEWER), Assignment.reviewer_id == ACTOR_ID, ROUND_VISIBLE, STANDING)
"""A judge sees their own, while they stand, in rounds that have begun (bind `now`); nobody else any."""

_of_round = func.left(func.md5(cast(Round.id, Text)), literal_column("24"))
CASE_ID = cast(
    _of_round.concat(func.lpad(func.to_hex(RoundEntry.case_number), literal_column("8"), literal_column("'0'"))), Uuid
)
"""A case's name for judges is made of its round and its number. An assignment's own id, or an entry's, would tell when
it was made — so which case came late, and with which others."""
IS_CASE = bindparam("case_id", type_=Uuid) == CASE_ID

_form = ApplicationVersion.content["form"]
_status = func.coalesce(Review.status, ReviewStatus.DRAFT.value)
FILTERS = {
    "round_id": exactly(Round.id, UUID, "Only of this round."),
    "review_status": among(_status, ReviewStatus, "Only where your review stands so.", max_length=2),
}


def of_judge(*columns: Any) -> Any:
    """A statement for these columns of the judge's cases."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .join(Round, Round.id == Assignment.round_id)
        .join(RoundEntry, and_(RoundEntry.round_id == Round.id, RoundEntry.application_id == Application.id))
        .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
        .where(VISIBLE)
    )


_SUMMARY = (
    CASE_ID.label("id"),
    Round.id.label("round_id"),
    Round.name.label("round_name"),
    Round.closes_at,
    RoundEntry.case_number,
    _form["brand_name"].astext.label("brand_name"),
    _form["category"].astext.label("category"),
    _status.label("review_status"),
)
_reviewed = Review.assignment_id == Assignment.id
_CASES = Listing(of_judge(*_SUMMARY).outerjoin(Review, _reviewed), CASE_ID, filters=FILTERS)
"""By round and number: the order tells no more than the number does."""

_FILED = Query(
    of_judge(*_SUMMARY, Round.blind, Application.number, ApplicationVersion.content)
    .outerjoin(Review, _reviewed)
    .where(IS_CASE)
)
_STORED = Query(
    of_judge(File.id, File.media_type, File.sha256, RoundEntry.case_number, VersionImage.slot)
    .join(VersionImage, VersionImage.version_id == ApplicationVersion.id)
    .join(
        File,
        File.id == case((bindparam("thumbnail", type_=Boolean), VersionImage.thumbnail_id), else_=VersionImage.file_id),
    )
    .where(IS_CASE, VersionImage.slot == bindparam("slot", type_=Integer))
)
_PLACE = Query(of_judge(Round.id.label("round_id")).where(IS_CASE))
_LOCKED = of_judge(Assignment).where(IS_CASE).with_for_update(of=Assignment)


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    """The judge's cases, by round and number; to others, none."""
    return await _CASES.page(view, after=after, limit=limit, now=view.now, **filters)


async def read(view: View, case_id: UUID) -> Row:
    """One case as it was filed, told as its round wants it; NotFound unless it is the judge's."""
    row = await view.get(_FILED, case_id=case_id, now=view.now)
    content, number = row.pop("content"), row.pop("number")
    return row | told(content, number, blind=row["blind"])


async def stored(view: View, case_id: UUID, slot: int, *, thumbnail: bool = False) -> StoredFile:
    """Where a picture's bytes are, by the rule of its case, under a name that tells only the case's number."""
    row = await view.get(_STORED, case_id=case_id, slot=slot, thumbnail=thumbnail, now=view.now)
    name = f"{row['case_number']:03d}-{row['slot']}{'-small' if thumbnail else ''}.jpg"
    return StoredFile(row["id"], row["media_type"], row["sha256"], name)


async def hold(ctx: Context, case_id: UUID) -> tuple[Round, Assignment]:
    """The round, which will not close meanwhile, and the judge's assignment, locked; NotFound unless it is theirs."""
    place = await ctx.get(_PLACE, case_id=case_id, now=ctx.now)
    round_ = await hold_round(ctx, place["round_id"])
    assignment = await ctx.lock(_LOCKED, case_id=case_id, now=ctx.now)
    return round_, assignment
