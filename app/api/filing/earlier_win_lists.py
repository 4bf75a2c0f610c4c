"""Lists of earlier wins (以往获奖) as tables (.xlsx, .xls, .ods, .csv) over HTTP."""

from typing import Annotated, Self

from fastapi import Form, Response
from pydantic import Field

from app.api.filing.applications import Label
from app.api.http.dependencies import Viewer
from app.api.http.listed import TABLE, WORKBOOK, Drawing, ListFile, ListOut, ListUpload, Reading, described, workbook
from app.api.http.output import Out
from app.api.http.routing import Router
from app.models.enums import ImportOutcome, Language
from app.problems import RulesViolated
from app.services.filing import earlier_win_lists
from app.services.filing.earlier_win_lists import ImportedWins, ListedWin
from app.services.filing.earlier_wins import MOST_WINS
from app.services.people import listed

router = Router("/earlier-win-lists", tags=["earlier-wins"])


class ListedWinOut(Out):
    """Result for one row of a sheet; after a dry run, the result it would have."""

    place: str = Field(description="The row's first cell, as Excel names it.", max_length=220, examples=["以往获奖!A3"])
    year: int = Field(description="年度", ge=1980, le=2100, examples=[2013])
    award: Label = Field(description="奖项", examples=["优秀案例一等奖"])
    unit_name: Label = Field(description="获奖单位", examples=["翔云道社区"])
    outcome: ImportOutcome = Field(description="Entered, or as it was.")

    @classmethod
    def of(cls, row: ListedWin) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class EarlierWinListOut(ListOut):
    """A list of earlier wins that was imported, or tried out."""

    rows: list[ListedWinOut] = Field(description="Every row, in the order of the file.", max_length=MOST_WINS)

    @classmethod
    def of(cls, done: ImportedWins, language: Language, *, dry_run: bool) -> Self:
        findings = [finding.worded(language) for finding in done.findings]
        return cls(dry_run=dry_run, rows=[ListedWinOut.of(row) for row in done.rows], findings=findings)


@router.post("", raises=[RulesViolated])
async def import_earlier_win_list(
    form: Annotated[ListUpload, Form(media_type="multipart/form-data")], uploads: Reading
) -> EarlierWinListOut:
    """Enter the awards of a table (以往获奖): all of them, or nothing; with `dry_run` try it out. Office only.

    A row is what `POST /earlier-win-imports` takes; what is listed already is left alone. Columns are known by their
    headings, in the words of the template (`GET …/template`) or in usual others, and findings name their cells, as
    those of `POST /organisation-lists` do.
    """
    arrival = await uploads.receive(await form.file.read(), TABLE, earlier_win_lists.admit)
    async with uploads.attaching(arrival) as ctx:
        done = await earlier_win_lists.carry_out(ctx, arrival.found, described, dry_run=form.dry_run)
        return EarlierWinListOut.of(done, ctx.language, dry_run=form.dry_run)


@router.post("/marked-copy", response_class=Response, responses=WORKBOOK, raises=[RulesViolated])
async def mark_earlier_win_list(
    form: Annotated[ListFile, Form(media_type="multipart/form-data")], uploads: Reading, workers: Drawing
) -> Response:
    """Try a list of earlier wins out, and download it with each cell that was told about marked and commented.

    Nothing is entered. Red cells refuse the list, yellow ones have advice, as in `POST
    /organisation-lists/marked-copy`. Office only.
    """
    data = await form.file.read()
    arrival = await uploads.receive(data, TABLE, earlier_win_lists.admit)
    async with uploads.transaction() as ctx:
        told = await listed.told(earlier_win_lists.carry_out(ctx, arrival.found, described, dry_run=True))
    return await workbook(listed.marked(workers, earlier_win_lists.NAME, data, told, ctx.language))


@router.get("/template", response_class=Response, responses=WORKBOOK)
async def read_earlier_win_list_template(view_of: Viewer, workers: Drawing) -> Response:
    """Download an empty list of earlier wins (.xlsx): headings with notes, and an example not imported. Office only."""
    async with view_of() as view:
        told = await earlier_win_lists.described(view)
    return await workbook(listed.template(workers, earlier_win_lists.NAME, told))
