"""All material of a campaign as one file, over HTTP."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import Field

from app.api.filing.exemptions import ExemptionOut
from app.api.filing.extensions import ExtensionOut
from app.api.filing.filings import FilingOut
from app.api.filing.swaps import SwapSummary
from app.api.handover.packages import ZIP, streamed
from app.api.http.dependencies import Viewer
from app.api.http.output import Instant, Out, ResourceId
from app.api.http.routing import Router
from app.models.enums import PlanStatus
from app.services.commending import awards
from app.services.handover import archives
from app.services.handover.archives import Records
from app.services.judging import sheet_scans
from app.services.notifying import announcements

Label = Annotated[str, Field(max_length=200)]


class ArchivedCase(Out):
    """A row of a plan in an archive, by the names that it has in the plan itself."""

    id: ResourceId
    name: Label | None = Field(description="计划申报创新案例名称")
    unit_id: UUID | None = Field(description="实施单位, if it is a known unit.")
    unit_name: Label | None = Field(description="实施单位")
    category: Label | None = Field(description="内容分类")


class ArchivedPlan(Out):
    """A plan (附件1) in an archive, with the people it names, by the names that plans and committees have."""

    id: ResourceId
    committee_code: Label = Field(description="Code of the committee.")
    committee_name: Label = Field(description="党（工）委")
    leader_name: Label | None = Field(description="主管领导")
    leader_title: Label | None = Field(description="主管领导职务")
    liaison_name: Label | None = Field(description="专门人员（联络员）")
    liaison_phone: Label | None = Field(description="联络员电话")
    status: PlanStatus = Field(description="State.")
    submitted_at: Instant | None = Field(description="Time of the last submission or amendment; null before.")
    return_reason: str | None = Field(description="Reason of the last return.")
    cases: list[ArchivedCase] = Field(description="The rows, in their order.")


_SHAPES: Mapping[str, Callable[[Any], Out]] = {
    "exemptions": ExemptionOut.model_validate,
    "extensions": ExtensionOut.of,
    "plans": ArchivedPlan.model_validate,
    "receipts": FilingOut.model_validate,
    "swaps": SwapSummary.of,
}
"""The answers of the lists; of other domains' the application itself knows the models (`archived`)."""
_BESIDES: Mapping[str, Records] = {
    "announcements": announcements.sent,
    "awards": awards.received,
    "score_sheets": sheet_scans.of_campaign,
}
router = Router(tags=["hand-over"], in_a_seat=True)


@router.get("/campaigns/{campaign_id}/archive", response_class=Response, responses=ZIP)
async def read_archive(
    campaign_id: Annotated[UUID, Path(description="The campaign.")],
    view_of: Viewer,
    request: Request,
    committee_id: Annotated[UUID | None, Query(description="Only of this committee.")] = None,
) -> Response:
    """Download all material of a campaign that you may see, in one file: a unit, a committee, the office.

    A unit has its own, a committee its own and its units' as they are now, the office what was handed in, as it was:
    for each application the form (`application.json`, `application.txt`), pictures and the stamped scan; for each
    committee its plan (附件1) with the people it names (`plans/C01.json`, `plans/C01.txt`), and its receipts. Besides,
    the campaign's documents, and where there are any, `extensions.json`, `exemptions.json`, `swaps.json`,
    `announcements.json` and `awards.json`, each with the items of the list of that name here; a receipt is the filing
    as it is read here. Of live rounds the office has the scans of score sheets in the material of the whole campaign
    (`score_sheets`, listed in `score_sheets.json`), and its own layouts of papers (`templates/receipt.docx`). All is
    under its SHA-256, as a bag (BagIt 1.0, RFC 8493) in a zip, which is written while it is sent.
    """
    archived: Mapping[str, type[Out]] = request.app.state.archived
    answers = {**_SHAPES, **{name: model.model_validate for name, model in archived.items()}}

    def shape(name: str, row: object) -> object:
        return answers[name](row).model_dump(mode="json")

    async with view_of() as view:
        package = await archives.pack(view, campaign_id, committee_id, _BESIDES, shape)
    return streamed(request, package)
