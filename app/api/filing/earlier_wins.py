"""Earlier wins over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import ImportOutcome
from app.problems import RulesViolated
from app.rows import values_of
from app.services.filing import earlier_wins
from app.services.filing.earlier_wins import EarlierWinImport, EarlierWinRevocation, ImportedWin

router = Router("", tags=["earlier-wins"])
Filters = Annotated[Chosen, filtered_by(earlier_wins.FILTERS)]
EarlierWinId = Annotated[UUID, Path(description="The record.")]
Label = Annotated[str, Field(max_length=200)]


class EarlierWinOut(Out):
    """An award of a year before the system, as the office entered it (以往获奖)."""

    id: ResourceId
    year: int = Field(description="年度", ge=1980, le=2100, examples=[2013])
    kind: str = Field(description="Code of the kind of award.", max_length=40, examples=["excellent_case"])
    grade: str | None = Field(description="Code of the grade (等次).", max_length=40, examples=["first"])
    award: Label = Field(description="奖项, in the words that findings use.", examples=["优秀案例一等奖"])
    unit_name: Label = Field(description="获奖单位", examples=["翔云道社区"])
    brand_name: Label | None = Field(description="品牌名称", examples=["邻里一家亲"])
    active: bool = Field(description="Not revoked.", examples=[True])
    entered_at: Instant = Field(description="Time at which it was entered.")
    entered_by: Label = Field(description="By whom.", examples=["张弓"])
    revoked_at: Instant | None = Field(description="Time of the revocation; null while it counts.", examples=[None])
    revoked_by: Label | None = Field(description="By whom.", examples=[None])
    revocation_reason: Annotated[str, Field(max_length=500)] | None = Field(
        description="Reason of the revocation.", examples=[None]
    )

    @classmethod
    async def read(cls, view: View, earlier_win_id: UUID) -> Self:
        return cls.model_validate(await earlier_wins.read(view, earlier_win_id))


class EarlierWinPage(Page[EarlierWinOut]):
    """One page of earlier wins, in the order in which they were entered."""


class ImportedWinOut(Out):
    """Result for one row; after a dry run, the result it would have."""

    pointer: str = Field(description="RFC 6901 pointer to the row in the request.", max_length=40, examples=["/wins/0"])
    outcome: ImportOutcome = Field(description="Entered, or as it was.")


class EarlierWinImportOut(Out):
    """An import that was carried out, or tried out."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    created: int = Field(description="Rows that were entered.", ge=0, examples=[1])
    unchanged: int = Field(description="Rows that were listed already.", ge=0, examples=[0])
    rows: list[ImportedWinOut] = Field(description="Every row in the order sent.", max_length=earlier_wins.MOST_WINS)

    @classmethod
    def of(cls, rows: list[ImportedWin], *, dry_run: bool) -> Self:
        created = sum(row.outcome is ImportOutcome.CREATED for row in rows)
        said = [ImportedWinOut(**values_of(row)) for row in rows]
        return cls(dry_run=dry_run, rows=said, created=created, unchanged=len(rows) - created)


@router.post("/earlier-win-imports", raises=[RulesViolated])
async def import_earlier_wins(body: EarlierWinImport, ctx: Ctx) -> EarlierWinImportOut:
    """Enter awards of years before the system (以往获奖), which a campaign's `earlier_winners` looks at. Office only.

    All of it, or nothing. An award is known by its year, kind, grade, unit and brand, names compared as a reader would:
    what is listed already is left alone, so the same list sent again changes nothing. A row that repeats another of the
    list is refused with its place. With `dry_run` everything is tried, the answer is the same, and nothing stays.
    Awards that were given here need no entry. A body of at most 5 MiB.
    """
    return EarlierWinImportOut.of(await earlier_wins.carry_out(ctx, body), dry_run=body.dry_run)


@router.get("/earlier-wins")
async def list_earlier_wins(view: Reads, filters: Filters, page: Paging) -> EarlierWinPage:
    """List the awards of years before the system, in the order they were entered; revoked ones, too. Office only."""
    found = await earlier_wins.search(view, **filters, **page.binds)
    return EarlierWinPage.of(found, [EarlierWinOut.model_validate(row) for row in found.rows])


@router.get("/earlier-wins/{earlier_win_id}")
async def read_earlier_win(earlier_win_id: EarlierWinId, view: Reads) -> EarlierWinOut:
    """Read an award of a year before the system, and whether it counts. Office only."""
    return await EarlierWinOut.read(view, earlier_win_id)


@router.post("/earlier-wins/{earlier_win_id}/revocation", raises=[RulesViolated])
async def revoke_earlier_win(earlier_win_id: EarlierWinId, body: EarlierWinRevocation, ctx: Ctx) -> EarlierWinOut:
    """Revoke a record that was entered by mistake, with the reason: no rule looks at it any more. Office only."""
    await earlier_wins.revoke(ctx, earlier_win_id, body)
    return await EarlierWinOut.read(ctx, earlier_win_id)
