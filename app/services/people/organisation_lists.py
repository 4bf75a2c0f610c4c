"""Lists of committees and units that come as tables: each is an import of organisations, told at its cells."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy import select

from app.comparable import comparable
from app.context import Context, View
from app.database import Query
from app.file_names import XLSX, FileName, Part, named
from app.findings import Finding
from app.imaging import ImageRefused, Workers
from app.models import Committee
from app.models.enums import ImportOutcome, Language, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.people import committees, imports, vocabularies
from app.services.people.imports import OrganisationImport
from app.services.policies import refuse, require_role
from app.services.policies.people import organisation_lists as policy
from app.services.policies.people.listed import BROKEN_TABLE
from app.services.policies.people.organisation_lists import Known, OrganisationList
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL
from app.tables.cells import ListSheet
from app.tables.lists import draw_template, mark_list

MARKED, TEMPLATE = Part("标注", "marked"), Part("模板", "template")
NAME = Part("党（工）委和单位清单", "organisations")


@row_type
class NamedRow:
    """A committee to choose."""

    id: UUID
    name: str


_NAMES = Query(
    select(Committee.id, Committee.name)
    .where(committees.VISIBLE, Committee.retired_at.is_(None), ~Committee.direct)
    .order_by(Committee.code),
    NamedRow,
)
Errors = Sequence[ErrorDetails]
Described = Callable[[Errors], Sequence[tuple[str, str, str]]]
"""The pointers of what is not as it must be, with the reasons in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """The outcome of one row of a sheet, and advice on what it says."""

    place: str
    name: str
    code: str | None
    outcome: ImportOutcome
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The rows of a list in their order, and advice on its cells."""

    rows: Sequence[ListedRow]
    findings: Sequence[Finding]

    def count(self, outcome: ImportOutcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)


async def carry_out(ctx: Context, sheets: Sequence[ListSheet], describe: Described, *, dry_run: bool) -> ImportedList:
    """Import the rows of a list, all or nothing; every refusal names its cell."""
    require_role(ctx.actor.role, Role.OFFICE)
    lists = policy.read_sheets(sheets)
    read = policy.understood(lists, await _known(ctx, policy.named_committees(lists)))
    body = _validated(read, describe, dry_run=dry_run)
    try:
        rows = await imports.carry_out(ctx, body)
    except RulesViolated as refused:
        raise RulesViolated([*read.findings, *map(read.at_cell, refused.findings)]) from refused
    listed = [
        ListedRow(place, row.name, row.code, row.outcome, [read.at_cell(each) for each in row.findings])
        for row in rows
        if row.pointer and (place := read.row_place(row.pointer))
    ]
    return ImportedList(listed, read.findings)


async def told(ctx: Context, sheets: Sequence[ListSheet], describe: Described) -> Sequence[Finding]:
    """Return all that an import of a list would be told, whether it is refused or not."""
    try:
        tried = await carry_out(ctx, sheets, describe, dry_run=True)
    except RulesViolated as refused:
        return refused.findings
    return [*tried.findings, *(finding for row in tried.rows for finding in row.findings)]


async def marked(
    workers: Workers, data: bytes, findings: Sequence[Finding], language: Language
) -> tuple[bytes, FileName]:
    """Return the file as a workbook in which each cell that was told about is marked and commented."""
    marks = [_mark(finding, language) for finding in findings if "place" in finding.params]
    try:
        return await mark_list(workers, data, marks), named(XLSX, NAME, MARKED)
    except ImageRefused as refused:
        raise RulesViolated([BROKEN_TABLE("/file")]) from refused


async def template(workers: Workers, told: Mapping[str, object]) -> tuple[bytes, FileName]:
    """Draw an empty list."""
    return await draw_template(workers, told), named(XLSX, NAME, TEMPLATE)


async def described(view: View) -> Mapping[str, object]:
    """Describe the empty list, with the words and committees there are."""
    require_role(view.actor.role, Role.OFFICE)
    kinds, levels = [
        [word.label for word in await vocabularies.words(view, name) if not word.retired]
        for name in (COMMITTEE_KIND, HONOUR_LEVEL)
    ]
    return policy.template(kinds, levels, [row.name for row in await view.rows(_NAMES)])


async def admit(ctx: Context) -> None:
    """Require one who may import, before a file is read."""
    require_role(ctx.actor.role, Role.OFFICE)


async def _known(ctx: Context, names: Collection[str]) -> Known:
    """Read what the rows may name; committees are locked, as they are by the import itself."""
    kinds, levels = [
        {word.label: word.code for word in await vocabularies.words(ctx, name)}
        for name in (COMMITTEE_KIND, HONOUR_LEVEL)
    ]
    found = await imports.named(ctx, names) if names else []
    return Known(kinds, levels, {comparable(each.name): (each.name, each.kind) for each in found})


def _validated(read: OrganisationList, describe: Described, *, dry_run: bool) -> OrganisationImport:
    """Make the import's body of the rows, or refuse every cell that is not as it must be."""
    try:
        body = OrganisationImport.model_validate({**read.body, "dry_run": dry_run})
    except ValidationError as wrong:
        told = (read.not_valid(*each) for each in describe(wrong.errors()))
        refuse([*read.findings, *(each for each in told if each and read.origins)])
        raise
    refuse(read.findings)
    return body


def _mark(finding: Finding, language: Language) -> Mapping[str, object]:
    sheet, _, cell = str(finding.params.get("place")).rpartition("!")
    return {
        "sheet": sheet,
        "cell": cell,
        "text": finding.worded(language).message,
        "refuses": finding.refuses,
    }
