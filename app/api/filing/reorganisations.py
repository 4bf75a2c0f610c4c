"""Moves of units and mergers of committees over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Ctx
from app.api.http.output import Out
from app.api.http.routing import Router
from app.findings import FindingOut
from app.models.enums import Language
from app.problems import RulesViolated, WrongState
from app.services.filing import reorganisations
from app.services.filing.reorganisations import CommitteeMerger, Outcome, UnitMove

router = Router(tags=["reorganisations"])
Count = Annotated[int, Field(ge=0, examples=[2])]


class ReorganisationOut(Out):
    """Everything that went along, or would go, by number."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    units: Count = Field(description="Units that moved.")
    accounts: Count = Field(description="Accounts that moved, of the units and of a merged committee.")
    applications_moved: Count = Field(description="申报表 that went along: never filed, or out for correction.")
    seals_voided: Count = Field(description="Seals among them that are void: the new committee seals again.")
    applications_stayed: Count = Field(description="申报表 that stay with the committee that filed them.")
    plans_moved: Count = Field(description="实施计划 still being written that went along.")
    findings: list[FindingOut] = Field(
        description="Advice: every deadline still open and every limit that differs between the two committees, as "
        "extensions and exemptions of a whole committee stay its own.",
        max_length=10_000,
    )

    @classmethod
    def of(cls, outcome: Outcome, language: Language) -> Self:
        counts = outcome.counts
        return cls(
            dry_run=outcome.dry_run,
            units=counts[reorganisations.UNITS],
            accounts=counts[reorganisations.ACCOUNTS],
            applications_moved=counts[reorganisations.MOVED],
            seals_voided=counts[reorganisations.SEALS],
            applications_stayed=counts[reorganisations.STAYED],
            plans_moved=counts[reorganisations.PLANS],
            findings=[finding.worded(language) for finding in outcome.findings],
        )


@router.post("/units/{unit_id}/move", raises=[WrongState, RulesViolated])
async def move_unit(
    unit_id: Annotated[UUID, Path(description="The unit.")], body: UnitMove, ctx: Ctx
) -> ReorganisationOut:
    """Move a unit to another committee, with its accounts, notifications and history. Office only.

    What was never filed goes along: drafts, what was submitted, and what was sealed, which goes back to `submitted` for
    the new committee to seal. What was filed stays with the committee that filed it, its corrections too, and the unit
    goes on reading and correcting it. An extension or exemption of one application goes with it; one of the committee
    does not, and `findings` name what holds before and after. With `dry_run` nothing changes; the answer is the same.
    """
    return ReorganisationOut.of(await reorganisations.move_unit(ctx, unit_id, body), ctx.language)


@router.post("/committees/{committee_id}/merger", raises=[WrongState, RulesViolated])
async def merge_committee(
    committee_id: Annotated[UUID, Path(description="The committee that ends.")], body: CommitteeMerger, ctx: Ctx
) -> ReorganisationOut:
    """Merge a committee into another (合并): it is retired and names its successor. Office only.

    Its units, its accounts and its open work go along, corrections too. What it filed and was awarded stays its own,
    under its name of the day; the successor reads it, and goes on with what the office returns. To split a committee,
    register a new one and move units there. A later deadline of a plan goes with the plan, one of an application with
    the application; where extensions and exemptions of the whole committee end, `findings` name what holds before and
    after. With `dry_run` nothing changes, and the answer is the same.
    """
    return ReorganisationOut.of(await reorganisations.merge(ctx, committee_id, body), ctx.language)
