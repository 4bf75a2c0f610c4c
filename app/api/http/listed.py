"""Lists that come as tables: opened by a confined process of their own, and told at their cells."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Request, Response, UploadFile
from pydantic import Field
from pydantic_core import ErrorDetails

from app.api.http.downloads import made
from app.api.http.output import Out
from app.api.http.uploads import BatchUploads, Uploads
from app.api.http.validation import rejected_parts
from app.file_names import XLSX, FileName
from app.findings import FindingOut
from app.inputs import Input
from app.models.enums import Language
from app.services.files import Blob, Intake, Kind
from app.services.limits import MeteredPool
from app.tables.cells import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, ListSheet
from app.tables.lists import read_lists

_FILE = {XLSX: {"schema": {"type": "string", "format": "binary"}}}
WORKBOOK: dict[int | str, dict[str, Any]] = {200: {"description": "The workbook.", "content": _FILE}}


class ListFile(Input):
    """A list as a table."""

    file: UploadFile = Field(
        description="`.xlsx`, `.xls`, `.ods` or `.csv` (UTF-8, UTF-16 or GB 18030), at most 25 MiB, "
        f"{MOST_ROWS} rows, {MOST_COLUMNS} columns, {MOST_SHEETS} sheets, and {MOST_CELLS} cells that say something or "
        "are merged; its content decides, not its name."
    )


class ListUpload(ListFile):
    """A list as a table, to be imported or tried out."""

    dry_run: bool = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )


class ListOut(Out):
    """A list that was imported, or tried out."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    findings: list[FindingOut] = Field(
        description="Advice on cells that were read otherwise than they are written, and on what was not read; "
        "`params.place` is the cell.",
        max_length=200_000,
        examples=[[]],
    )


async def get_reading(request: Request, uploads: Uploads) -> Intake:
    """The intake of tables, which a confined process of their own opens."""
    return replace(uploads, imaging=request.app.state.reading)


async def get_batch_reading(request: Request, uploads: BatchUploads) -> Intake:
    """The same for a form that has parts of one name."""
    return await get_reading(request, uploads)


async def get_workers(request: Request) -> MeteredPool:
    """The same process for what makes a file, as the account uses it."""
    state, account_id = request.app.state, request.state.caller.actor.id
    return MeteredPool(state.reading, state.upload_limits.processing, account_id)


Reading = Annotated[Intake, Depends(get_reading)]
BatchReading = Annotated[Intake, Depends(get_batch_reading)]
Drawing = Annotated[MeteredPool, Depends(get_workers)]


def _nothing(_: list[ListSheet]) -> list[Blob]:
    """Keep nothing of a table: what it says is stored, or was tried out."""
    return []


TABLE = Kind(read_lists, _nothing, files=0)
"""A list that comes as a table."""


async def workbook(drawn: Awaitable[tuple[bytes, FileName]]) -> Response:
    """Answer with a workbook once it is drawn."""
    content, name = await drawn
    return made(content, XLSX, name)


def described(errors: Sequence[ErrorDetails]) -> Sequence[tuple[str, str, str]]:
    """Return the pointers of what is not as it must be, with the reasons in both languages."""
    located = [{**error, "loc": ("body", *error.get("loc", ()))} for error in errors]
    pairs = zip(*(rejected_parts(located, language) for language in (Language.ZH, Language.EN)), strict=True)
    return [(chinese.pointer, chinese.detail, english.detail) for chinese, english in pairs]
