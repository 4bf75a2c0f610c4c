"""Scans of the paper sheets of live rounds (评分表扫描件): stored with the sheet, for the office and its judge."""

from uuid import UUID

from sqlalchemy import Uuid, cast, func, select
from sqlalchemy.orm import aliased

from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.file_names import ENDINGS, Part, named
from app.models import Account, Application, Assignment, File, Review, Round, RoundEntry
from app.models.enums import Role
from app.rows import row_type
from app.services.files import Intake, StoredFile, condemn
from app.services.filing.endorsements import SCAN
from app.services.history import expect, move
from app.services.judging import cases, reviews
from app.services.policies import judge, permit
from app.services.policies.judging.reviews import SCAN as ACT
from app.services.policies.judging.reviews import ReviewFacts

_clerk, _checker = aliased(Account), aliased(Account)


@row_type
class SheetScan:
    """The file of a scan, and the case and the round that name it."""

    id: UUID
    media_type: str
    sha256: str
    round_number: int
    case_number: int


@row_type
class SheetPaper:
    """A sheet of a campaign with its scan, and its place among the sheets of its case."""

    round_number: int
    case_number: int
    place: int
    application_number: str
    reviewer_name: str
    clerk_name: str
    checker_name: str | None
    file_id: UUID
    media_type: str
    sha256: str
    size: int

    @property
    def file(self) -> str:
        return f"{self.round_number}-{self.case_number:03}-{self.place}.{ENDINGS[self.media_type]}"


_FILE = (File.id, File.media_type, File.sha256, Round.number.label("round_number"), RoundEntry.case_number)
_ONE = Query(
    select(*_FILE)
    .select_from(Review)
    .join(Assignment, Assignment.id == Review.assignment_id)
    .join(Round, Round.id == Assignment.round_id)
    .join(RoundEntry, reviews.ENTRY)
    .join(File, File.id == Review.scan_id)
    .where(acting_as(Role.OFFICE), Review.id == bound_id("review_id")),
    SheetScan,
)
_OWN = Query(
    cases.of_judge(*_FILE)
    .join(Review, Review.assignment_id == Assignment.id)
    .join(File, File.id == Review.scan_id)
    .where(cases.IS_CASE),
    SheetScan,
)
_place = func.row_number().over(partition_by=RoundEntry.id, order_by=Review.id).label("place")
_OF_CAMPAIGN = Query(
    select(
        *(Round.number.label("round_number"), RoundEntry.case_number, _place),
        *(Application.number.label("application_number"), Account.name.label("reviewer_name")),
        *(_clerk.name.label("clerk_name"), _checker.name.label("checker_name")),
        *(File.id.label("file_id"), File.media_type, File.sha256, File.size),
    )
    .select_from(Review)
    .join(Assignment, Assignment.id == Review.assignment_id)
    .join(Round, Round.id == Assignment.round_id)
    .join(RoundEntry, reviews.ENTRY)
    .join(Application, Application.id == Assignment.application_id)
    .join(Account, Account.id == Assignment.reviewer_id)
    .join(_clerk, _clerk.id == Review.entered_by)
    .outerjoin(_checker, _checker.id == Review.checked_by)
    .join(File, File.id == Review.scan_id)
    .where(acting_as(Role.OFFICE), Round.campaign_id == bound_id("campaign_id"))
    .where(cast(bound_id("committee_id"), Uuid).is_(None))
    .order_by(Round.number, RoundEntry.case_number, Review.id),
    SheetPaper,
)


async def put(intake: Intake, review_id: UUID, data: bytes, version: int | None) -> None:
    """Store the scan of an entered sheet, in place of an earlier one; the very same changes nothing."""

    async def held(ctx: Context) -> tuple[Review, ReviewFacts]:
        review, facts = await reviews.hold(ctx, review_id)
        permit(ACT, role=ctx.actor.role, status=review.status)
        expect(review, version)
        judge(ACT, ctx.actor.role, facts)
        return review, facts

    arrival = await intake.receive(data, SCAN, held)
    async with intake.attaching(arrival) as ctx:
        review, facts = await held(ctx)
        before = await ctx.session.get(File, review.scan_id) if review.scan_id else None
        same = before is not None and before.sha256 == arrival.found.sha256
        await condemn(ctx, arrival.file_ids if same else [before.id] if before else [])
        if not same:
            move(ctx, review, ACT, facts, data={"sha256": arrival.found.sha256}, scan_id=arrival.file_ids[0])


async def stored(view: View, review_id: UUID) -> StoredFile:
    """Return the scan of a sheet; NotFound to anybody but the office."""
    return _stored(await view.get(_ONE, review_id=review_id))


async def stored_own(view: View, case_id: UUID) -> StoredFile:
    """Return the scan of the judge's own sheet of a case; NotFound unless the case is theirs."""
    return _stored(await view.get(_OWN, case_id=case_id, now=view.now))


async def of_campaign(view: View, campaign_id: UUID, committee_id: UUID | None) -> list[SheetPaper]:
    """Return the sheets of a campaign that are scanned, for the office; none in the material of one committee."""
    return await view.rows(_OF_CAMPAIGN, campaign_id=campaign_id, committee_id=committee_id)


def _stored(row: SheetScan) -> StoredFile:
    which = cases.name_part(row.case_number)
    round_ = Part(f"第{row.round_number}轮", f"round-{row.round_number}")
    return StoredFile(
        row.id, row.media_type, row.sha256, named(row.media_type, round_, which, Part("评分表", "score-sheet"))
    )
