"""Lists of earlier wins (以往获奖) that come as tables: each is an import of them, told at its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.context import Context, View
from app.file_names import Part
from app.findings import Finding
from app.models.enums import ImportOutcome, Role
from app.problems import RulesViolated
from app.services.filing import earlier_wins
from app.services.filing.earlier_wins import EarlierWinImport
from app.services.people.listed import Described, validated
from app.services.policies import require_role
from app.services.policies.filing import earlier_win_lists as policy
from app.tables.cells import ListSheet

NAME = Part("以往获奖清单", "earlier-wins")


@dataclass(frozen=True, slots=True)
class ListedWin:
    """The outcome of one row of a sheet."""

    place: str
    year: int
    award: str
    unit_name: str
    outcome: ImportOutcome
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class ImportedWins:
    """The rows of a list in their order, and advice on its cells."""

    rows: Sequence[ListedWin]
    findings: Sequence[Finding]


async def admit(ctx: Context) -> None:
    """Require one who may import, before a file is read."""
    require_role(ctx.actor.role, Role.OFFICE)


async def carry_out(ctx: Context, sheets: Sequence[ListSheet], describe: Described, *, dry_run: bool) -> ImportedWins:
    """Enter what is not there yet, all or nothing; every refusal names its cell."""
    await admit(ctx)
    read = policy.understood(policy.read_sheets(sheets))
    body = validated(EarlierWinImport, read, describe, dry_run=dry_run)
    try:
        rows = await earlier_wins.carry_out(ctx, body)
    except RulesViolated as refused:
        raise RulesViolated([*read.findings, *map(read.at_cell, refused.findings)]) from refused
    listed = [
        ListedWin(read.place(row.pointer) or "", entry.year, entry.award, entry.unit_name, row.outcome)
        for row, entry in zip(rows, body.wins, strict=True)
    ]
    return ImportedWins(listed, read.findings)


async def described(view: View) -> Mapping[str, object]:
    """Describe the empty list."""
    require_role(view.actor.role, Role.OFFICE)
    return policy.template()
