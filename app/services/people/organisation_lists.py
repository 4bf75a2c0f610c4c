"""Lists of committees and units that come as tables: each is an import of organisations, told at its cells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.context import Context, View
from app.file_names import Part
from app.findings import Finding
from app.models.enums import ImportOutcome, Role
from app.problems import RulesViolated
from app.services.people import committees, imports, vocabularies
from app.services.people.imports import OrganisationImport
from app.services.people.listed import Described, validated
from app.services.policies import require_role
from app.services.policies.people import organisation_lists as policy
from app.services.policies.people.organisation_lists import Known
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL
from app.tables.cells import ListSheet

NAME = Part("党（工）委和单位清单", "organisations")


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
    body = validated(OrganisationImport, read, describe, dry_run=dry_run)
    try:
        rows = await imports.carry_out(ctx, body)
    except RulesViolated as refused:
        raise RulesViolated([*read.findings, *map(read.at_cell, refused.findings)]) from refused
    listed = [
        ListedRow(place, row.name, row.code, row.outcome, [read.at_cell(each) for each in row.findings])
        for row in rows
        if row.pointer and (place := policy.row_place(read, row.pointer))
    ]
    return ImportedList(listed, read.findings)


async def described(view: View) -> Mapping[str, object]:
    """Describe the empty list, with the words and committees there are."""
    require_role(view.actor.role, Role.OFFICE)
    kinds, levels = [
        [word.label for word in await vocabularies.words(view, name) if not word.retired]
        for name in (COMMITTEE_KIND, HONOUR_LEVEL)
    ]
    return policy.template(kinds, levels, [row.name for row in await committees.to_choose(view)])


async def admit(ctx: Context) -> None:
    """Require one who may import, before a file is read."""
    require_role(ctx.actor.role, Role.OFFICE)


async def _known(ctx: Context, names: Collection[str]) -> Known:
    """Read what the rows may name; the import itself locks it, in its order."""
    kinds, levels = [
        {word.label: word.code for word in await vocabularies.words(ctx, name)}
        for name in (COMMITTEE_KIND, HONOUR_LEVEL)
    ]
    found = await imports.named(ctx, names)
    return Known(kinds, levels, {name: (each.name, each.kind) for name, each in found.items()})
