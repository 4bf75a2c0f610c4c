"""Filled forms of plans (附件1) over HTTP."""

from typing import Annotated, Self

from fastapi import Form, Response, UploadFile
from pydantic import Field

from app.api.filing.campaigns import CampaignId
from app.api.filing.filled_forms import Findings, PlaceOut, UnplacedText, said_place
from app.api.filing.plans import PlanOut
from app.api.http.dependencies import LateEffect, Viewer
from app.api.http.downloads import made
from app.api.http.listed import WORKBOOK, Drawing, Reading
from app.api.http.output import Out
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.file_names import XLSX
from app.inputs import Input
from app.models.enums import Language
from app.problems import RulesViolated
from app.services.filing import filled_plans
from app.services.people import listed
from app.services.policies.filing.filled_plans import PlannedRow

router = Router("/campaigns/{campaign_id}/filled-plans", tags=["plans"], in_a_seat=True)


class FilledPlanUpload(Input):
    """A filled form of a plan (登记表) as a Word document or a table."""

    file: UploadFile = Field(
        description="Word (.docx), or a table (`.xlsx`, `.xls`, `.ods`, `.csv`), at most 25 MiB; its content decides, "
        "not its name.",
    )
    dry_run: bool = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )


class FilledRowOut(Out):
    """A row of the file as it was understood."""

    place: PlaceOut
    name: str | None = Field(
        description="计划申报创新案例名称; null for none.", max_length=200, examples=["“红马甲”邻里互助站"]
    )
    unit_name: str | None = Field(description="实施单位; null for none.", max_length=200, examples=["龙华社区"])
    findings: Findings = Field(description="Advice on what was not read word for word.", examples=[[]])

    @classmethod
    def of(cls, row: PlannedRow, language: Language) -> Self:
        findings = [finding.worded(language) for finding in row.findings]
        place = said_place(row.place, language)
        return cls(place=place, name=row.name, unit_name=row.unit_name, findings=findings)


class FilledPlanOut(Out):
    """A filled form of a plan as it was understood, and the draft that was made of it."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    plan: PlanOut = Field(
        description="The draft; after a dry run as it would be, so that its id leads nowhere. Its "
        "`actions.submit.findings` say what is missing or wrong in it."
    )
    rows: list[FilledRowOut] = Field(description="The rows that were found, in their order.", max_length=200)
    unplaced: list[UnplacedText] = Field(
        description="Everything else that the file says, but for the words of the empty form: nothing is lost.",
        max_length=20_000,
    )
    findings: Findings = Field(description="Advice on all of the file.")


@router.post(
    "",
    status_code=201,
    location="/plans/{out.plan.id}",
    raises=[RulesViolated],
    responses={200: {"model": FilledPlanOut, "description": "A dry run: this would be the draft."}},
)
async def create_plan_from_form(
    campaign_id: CampaignId,
    form: Annotated[FilledPlanUpload, Form(media_type="multipart/form-data")],
    *,
    uploads: Uploads,
    tables: Reading,
    effect: LateEffect,
    response: Response,
) -> FilledPlanOut:
    """Begin your committee's plan with a filled form (登记表) that comes as a Word document or a table, or try it out.

    The same that may begin one may do it. Rows are read below the labels of the two columns, wherever these stand, and
    in every table or sheet that has them; what has no place comes back. Units are taken by name. Places in a sheet are
    cells (`登记表!B3`), and what Excel made of one is told there: numbers, dates, formulas, hidden rows. The file is
    opened in a confined process, and is not kept. With `dry_run` the answer is the same but for its 200, and nothing
    stays.
    """
    received = await filled_plans.receive(uploads, tables, campaign_id, await form.file.read())
    async with filled_plans.drafted(uploads, received, dry_run=form.dry_run) as (ctx, plan_id):
        plan = received.plan
        out = FilledPlanOut(
            dry_run=form.dry_run,
            plan=await PlanOut.read(ctx, plan_id),
            rows=[FilledRowOut.of(each, ctx.language) for each in plan.rows],
            unplaced=[UnplacedText.of(each, ctx.language) for each in plan.unplaced],
            findings=[finding.worded(ctx.language) for finding in plan.findings],
        )
    await effect.begun()
    response.status_code = 200 if form.dry_run else 201
    return out


@router.get("/template", response_class=Response, responses=WORKBOOK, raises=[RulesViolated])
async def read_filled_plan_template(campaign_id: CampaignId, view_of: Viewer, workers: Drawing) -> Response:
    """Download an empty 附件1 as a workbook (.xlsx), to be filled in and sent as it is."""
    async with view_of() as view:
        told = await filled_plans.described(view, campaign_id)
    content, name = await listed.template(workers, filled_plans.NAME, told)
    return made(content, XLSX, name)
