"""Lists of figures (外部得分) that come as tables: each is an import of them, told at its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from app.context import Context, View
from app.file_names import Part
from app.findings import Finding
from app.problems import RulesViolated
from app.services.filing import campaigns
from app.services.judging import figure_tables
from app.services.judging.figure_tables import FigureImport, FigureTerms
from app.services.people.listed import Advised, Described, validated
from app.services.policies import require_role
from app.services.policies.filing.beginnings import FIGURE_TABLE
from app.services.policies.judging import figure_lists as policy
from app.tables.cells import ListSheet

NAME = Part("外部得分清单", "figures")


@dataclass(frozen=True, slots=True)
class ImportedFigures:
    """The table that a list became, and advice on its cells."""

    table_id: UUID
    findings: Sequence[Finding]
    rows: Sequence[Advised] = ()
    """None: advice on a row is about its cells alone."""


async def admit(ctx: Context, campaign_id: UUID) -> None:
    """Require one who may import, before a file is read."""
    require_role(ctx.actor.role, *FIGURE_TABLE.by)
    await campaigns.find(ctx, campaign_id)


async def take_in(
    ctx: Context, campaign_id: UUID, terms: FigureTerms, sheets: Sequence[ListSheet], describe: Described
) -> ImportedFigures:
    """Import a table of figures: all of it, or nothing; every refusal of a row names its cell."""
    await admit(ctx, campaign_id)
    read = policy.understood(policy.read_sheets(sheets))
    said = terms.model_dump(include={*FigureTerms.model_fields} - {"dry_run"})
    body = validated(FigureImport, replace(read, body={**said, **read.body}), describe, dry_run=terms.dry_run)
    try:
        table_id = await figure_tables.take_in(ctx, campaign_id, body)
    except RulesViolated as refused:
        told = [read.at_cell(each) if read.place(each.pointer or "") else each for each in refused.findings]
        raise RulesViolated([*read.findings, *told]) from refused
    return ImportedFigures(table_id, read.findings)


async def described(view: View, campaign_id: UUID) -> Mapping[str, object]:
    """Describe the empty list."""
    require_role(view.actor.role, *FIGURE_TABLE.by)
    await campaigns.find(view, campaign_id)
    return policy.template()
