"""Lists of committees and units as tables (.xlsx, .xls, .ods, .csv) over HTTP."""

from typing import Annotated, Self

from fastapi import Form, Response
from pydantic import Field

from app.api.http.dependencies import Viewer
from app.api.http.listed import TABLE, WORKBOOK, Drawing, ListFile, ListOut, ListUpload, Reading, described, workbook
from app.api.http.output import Out
from app.api.http.routing import Router
from app.findings import FindingOut
from app.models.enums import ImportOutcome, Language
from app.problems import RulesViolated
from app.rows import values_of
from app.services.people import listed, organisation_lists
from app.services.people.organisation_lists import ImportedList, ListedRow

router = Router("/organisation-lists", tags=["organisation-imports"])


class ListedRowOut(Out):
    """Result for one row of a sheet; after a dry run, the result it would have."""

    place: str = Field(description="The row's first cell, as Excel names it.", max_length=220, examples=["单位!A3"])
    name: str = Field(description="The name in the row.", max_length=100, examples=["龙华社区"])
    code: str | None = Field(description="A committee's code; null for a unit.", max_length=10, examples=[None])
    outcome: ImportOutcome = Field(description="Registered, changed, or as it was.")
    findings: list[FindingOut] = Field(
        description="Advice, as an import gives it; `params.place` is the cell.", max_length=10, examples=[[]]
    )

    @classmethod
    def of(cls, row: ListedRow, language: Language) -> Self:
        return cls(**values_of(row) | {"findings": [finding.worded(language) for finding in row.findings]})


class OrganisationListOut(ListOut):
    """A list that was imported, or tried out."""

    created: int = Field(description="Rows that were registered.", ge=0, examples=[1])
    updated: int = Field(description="Rows that were changed.", ge=0, examples=[0])
    unchanged: int = Field(description="Rows without a change.", ge=0, examples=[0])
    rows: list[ListedRowOut] = Field(
        description="Every row: each committee with its units behind it; last units without one.", max_length=2200
    )

    @classmethod
    def of(cls, done: ImportedList, language: Language, *, dry_run: bool) -> Self:
        counts = {kind.value: done.count(kind) for kind in ImportOutcome}
        rows = [ListedRowOut.of(row, language) for row in done.rows]
        return cls(
            dry_run=dry_run, rows=rows, findings=[finding.worded(language) for finding in done.findings], **counts
        )


@router.post("", raises=[RulesViolated])
async def import_organisation_list(
    form: Annotated[ListUpload, Form(media_type="multipart/form-data")], uploads: Reading
) -> OrganisationListOut:
    """Import committees and units from a table: all of it, or nothing; with `dry_run` try it out.

    Sheets are known by their headings, in the words of the template (`GET …/template`) or in usual others: committees,
    units, or both. A row is what `POST /organisation-imports` takes; a cell that is left empty changes nothing. A unit
    names its committee, of the same file or registered, or 直属 for none.

    What is wrong is refused at its cell: `params.place` is `单位!C7`, and every bad cell is listed at once. What Excel
    made of a cell is handled, or told as advice: numbers and dates in place of codes and telephone numbers, formulas,
    hidden and merged cells, line breaks, unknown headings; formulas and hidden rows are seen in `.xlsx` alone. The file
    is opened in a confined process and is not kept; one with macros, embedded objects, links to other files or a
    password is refused. Office only.
    """
    arrival = await uploads.receive(await form.file.read(), TABLE, organisation_lists.admit)
    async with uploads.attaching(arrival) as ctx:
        done = await organisation_lists.carry_out(ctx, arrival.found, described, dry_run=form.dry_run)
        return OrganisationListOut.of(done, ctx.language, dry_run=form.dry_run)


@router.post("/marked-copy", response_class=Response, responses=WORKBOOK, raises=[RulesViolated])
async def mark_organisation_list(
    form: Annotated[ListFile, Form(media_type="multipart/form-data")], uploads: Reading, workers: Drawing
) -> Response:
    """Try a list out, and download it as a workbook in which each cell that was told about is marked and commented.

    Nothing is imported. Red cells refuse the list, yellow ones have advice. An `.xlsx` comes back as it was but for the
    marks; of another kind of table the same cells as an `.xlsx`. What concerns no cell is said by a dry run of the
    import only. Office only.
    """
    data = await form.file.read()
    arrival = await uploads.receive(data, TABLE, organisation_lists.admit)
    async with uploads.transaction() as ctx:
        told = await listed.told(organisation_lists.carry_out(ctx, arrival.found, described, dry_run=True))
    return await workbook(listed.marked(workers, organisation_lists.NAME, data, told, ctx.language))


@router.get("/template", response_class=Response, responses=WORKBOOK)
async def read_organisation_list_template(view_of: Viewer, workers: Drawing) -> Response:
    """Download an empty list of committees and units (.xlsx): headings with notes, drop-downs, and an example.

    The drop-downs have the kinds, the levels and the committees as they are now. Cells are texts, so that telephone
    numbers and codes stay as they are typed. The example is not imported. Office only.
    """
    async with view_of() as view:
        told = await organisation_lists.described(view)
    return await workbook(listed.template(workers, organisation_lists.NAME, told))
