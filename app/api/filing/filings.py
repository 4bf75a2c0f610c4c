"""Filings and their receipts over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from app.api.filing.applications import Label
from app.api.filing.prints import PAPER, Edited, Printing, drawn
from app.api.http.dependencies import Chosen, Once, Paging, Reads, Viewer, filtered_by
from app.api.http.output import Digest, Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.problems import RulesViolated
from app.rows import values_of
from app.services.filing import filings, receipts
from app.services.filing.filings import FilingCreate
from app.services.policies.filing.filings import VERIFICATION_CODE

router = Router("/filings", tags=["filings"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(filings.FILTERS)]
FilingId = Annotated[UUID, Path(description="The filing.")]


class FilingItemOut(Out):
    """One application of a filing, as it was filed."""

    position: int = Field(description="Its place in the filing.", ge=1, le=200, examples=[1])
    application_id: UUID = Field(description="The application.")
    application_number: Label = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label = Field(description="品牌名称, as filed.", examples=["“红马甲”邻里互助站"])
    unit_name: Label = Field(description="申报单位, as filed.", examples=["乔屯街道龙华社区"])
    version: int = Field(description="The application's version that was filed.", ge=1, examples=[2])
    digest: Digest


class FilingSummary(Out):
    """A filing (上报) in a list."""

    id: ResourceId
    number: str = Field(description="回执编号", max_length=40, examples=["2015-QT-R01"])
    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID = Field(description="推荐单位: the committee.")
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    filed_at: Instant = Field(description="Time of filing.")
    size: int = Field(description="Number of applications that it filed.", ge=1, le=200, examples=[2])
    digest: Digest


class FilingOut(FilingSummary):
    """A filing with its receipt (回执). It never changes.

    `digest` is the SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8) of `number`, `campaign_id`,
    `committee_id`, `filed_at` and `items`, each item with `application_number`, `version` and `digest`; and of
    `recommended_order`, where that is not empty.
    """

    campaign_name: Label = Field(description="活动名称", examples=["文明单位工作品牌创建年活动"])
    verification_code: str = Field(
        description="With it anybody can check at `/api/v1/public/receipts/{code}` that the receipt is genuine.",
        max_length=19,
        pattern=VERIFICATION_CODE,
        examples=["7K4M-Q2XA-9TCE-H5WP"],
    )
    recommended_order: list[UUID] = Field(
        description="推荐排序 as it was given with it: all that was put forward then, the best first; empty for none.",
        max_length=200,
        examples=[[]],
    )
    items: list[FilingItemOut] = Field(description="Filed applications, in the order they were sent.", max_length=200)

    @classmethod
    async def read(cls, view: View, filing_id: UUID) -> Self:
        record = await filings.read(view, filing_id)
        return cls(items=[FilingItemOut.model_validate(row) for row in record.items], **values_of(record.row))


class FilingPage(Page[FilingSummary]):
    """One page of filings, oldest first."""


@router.get("")
async def list_filings(view: Reads, filters: Filters, page: Paging) -> FilingPage:
    """List the filings you may see, oldest first: a committee its own, the office all."""
    found = await filings.search(view, **filters, **page.binds)
    return FilingPage.of(found, [FilingSummary.model_validate(row) for row in found.rows])


@router.post(
    "",
    status_code=201,
    raises=[RulesViolated],
    responses={200: {"model": FilingOut, "description": "A dry run: this would be the receipt."}},
)
async def create_filing(body: FilingCreate, ctx: Once, response: Response) -> FilingOut:
    """File sealed applications with the office: all of them or none, before the deadline. Committee only.

    Afterwards the committee has put forward at least the campaign's minimum: what it filed and did not take back itself
    counts, also where the office sent it back or disqualified it. What was sent back is filed again whatever the count.
    More may follow until the deadline. Each application is filed exactly as it was sealed, as an immutable version.
    A campaign may ask for a `recommended_order` (推荐排序) of all that is put forward then.
    Every requirement that is not met is listed at once, with a pointer to the application it is about.
    With `dry_run` everything is tried, the answer is the same but for its 200, and nothing stays: its number is still
    to be given.
    """
    async with ctx.attempt(dry_run=body.dry_run):
        receipt = await FilingOut.read(ctx, await filings.file(ctx, body))
    response.status_code = 200 if body.dry_run else 201
    return receipt


@router.get("/{filing_id}")
async def read_filing(filing_id: FilingId, view: Reads) -> FilingOut:
    """Read a filing: its receipt with number, time, every application's digest, and the code to verify it."""
    return await FilingOut.read(view, filing_id)


@router.get("/{filing_id}/receipt", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_filing_receipt(filing_id: FilingId, view_of: Viewer, press: Printing, edition: Edited) -> Response:
    """Download the receipt of a filing (回执) as a letter: its number and time, each application, digest and code.

    It is the same at any time: what was filed never changes. The QR code on it is the code to verify it.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await receipts.paper(view, filing_id))
    return await drawn(press, view.actor.id, sheet, edition.form)
