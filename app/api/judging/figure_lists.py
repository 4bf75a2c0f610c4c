"""Lists of figures (外部得分) as tables (.xlsx, .xls, .ods, .csv) over HTTP."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Form, Response
from pydantic import Field

from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import LateEffect, Viewer
from app.api.http.listed import TABLE, WORKBOOK, BatchReading, Drawing, ListFile, ListOut, described, workbook
from app.api.http.routing import Router
from app.api.judging.figure_tables import FigureTableOut
from app.problems import RulesViolated
from app.services.judging import figure_lists
from app.services.judging.figure_tables import FigureTerms
from app.services.people import listed

router = Router("/campaigns/{campaign_id}/figure-lists", tags=["figure-tables"])


class FigureListUpload(ListFile, FigureTerms):
    """A list of figures as a table, with their source, days and evidence, to be imported or tried out."""

    dry_run: bool = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )
    replaces: UUID | None = Field(None, description="The table in force, which it replaces, if there is one.")
    despite_use: bool = Field(
        False, description="True if it replaces a table that composite results are made of.", examples=[False]
    )


class FigureListOut(ListOut):
    """A list of figures that was imported, or tried out."""

    table: FigureTableOut = Field(
        description="The table; after a dry run as it would be, so that its id leads nowhere."
    )


@router.post(
    "",
    status_code=201,
    location="/figure-tables/{out.table.id}",
    raises=[RulesViolated],
    responses={200: {"model": FigureListOut, "description": "A dry run: this would be the table."}},
)
async def import_figure_list(
    campaign_id: CampaignId,
    form: Annotated[FigureListUpload, Form(media_type="multipart/form-data")],
    *,
    uploads: BatchReading,
    effect: LateEffect,
    response: Response,
) -> FigureListOut:
    """Import the figures of a table (外部得分), whole, or try it out. Office only.

    The parts besides the file are the members of `POST …/figure-tables`, and a row is one of its rows, by the number of
    the case (申报编号). Columns are known by their headings, in the words of the template (`GET …/template`) or in
    usual others; findings about a row name its cell, as those of `POST /organisation-lists` do, and others the member.
    """
    arrival = await uploads.receive(await form.file.read(), TABLE, partial(figure_lists.admit, campaign_id=campaign_id))
    async with uploads.attaching(arrival) as ctx, ctx.attempt(dry_run=form.dry_run):
        done = await figure_lists.take_in(ctx, campaign_id, form, arrival.found, described)
        table = await FigureTableOut.read(ctx, done.table_id)
    await effect.begun()
    response.status_code = 200 if form.dry_run else 201
    findings = [finding.worded(ctx.language) for finding in done.findings]
    return FigureListOut(dry_run=form.dry_run, table=table, findings=findings)


@router.post("/marked-copy", response_class=Response, responses=WORKBOOK, raises=[RulesViolated])
async def mark_figure_list(
    campaign_id: CampaignId,
    form: Annotated[FigureListUpload, Form(media_type="multipart/form-data")],
    uploads: BatchReading,
    workers: Drawing,
) -> Response:
    """Try a list of figures out, and download it with each cell that was told about marked and commented.

    Nothing is imported. Red cells refuse the list, yellow ones have advice, as in `POST
    /organisation-lists/marked-copy`. Office only.
    """
    data = await form.file.read()
    arrival = await uploads.receive(data, TABLE, partial(figure_lists.admit, campaign_id=campaign_id))
    async with uploads.transaction() as ctx, ctx.attempt(dry_run=True):
        told = await listed.told(figure_lists.take_in(ctx, campaign_id, form, arrival.found, described))
    return await workbook(listed.marked(workers, figure_lists.NAME, data, told, ctx.language))


@router.get("/template", response_class=Response, responses=WORKBOOK)
async def read_figure_list_template(campaign_id: CampaignId, view_of: Viewer, workers: Drawing) -> Response:
    """Download an empty list of figures (.xlsx): headings with notes, and an example not imported. Office only."""
    async with view_of() as view:
        told = await figure_lists.described(view, campaign_id)
    return await workbook(listed.template(workers, figure_lists.NAME, told))
