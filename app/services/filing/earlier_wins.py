"""Earlier wins (以往获奖): awards of campaigns before, given here or entered by the office, as a rule looks at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Integer,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.comparable import comparable
from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Cell, Code, Input, Name, Reason
from app.models import Account, EarlierWin
from app.models.enums import ImportOutcome, Role
from app.rows import row_type
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import refuse, require_role
from app.services.policies.filing import earlier_wins as policy
from app.services.policies.people.imports import repetitions

MOST_WINS = 2000
VISIBLE = acting_as(Role.OFFICE)
COUNTS = EarlierWin.revoked_at.is_(None)
"""It was not revoked."""


@row_type
class EarlierWinRow:
    """An award that the office entered."""

    id: UUID
    year: int
    kind: str
    grade: str | None
    award: str
    unit_name: str
    brand_name: str | None
    active: bool
    entered_at: datetime
    entered_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revocation_reason: str | None


_revoker = aliased(Account)
_SELECTED = (
    select(
        EarlierWin.id,
        EarlierWin.year,
        EarlierWin.kind,
        EarlierWin.grade,
        EarlierWin.award,
        EarlierWin.unit_name,
        EarlierWin.brand_name,
        COUNTS.label("active"),
        EarlierWin.entered_at,
        Account.name.label("entered_by"),
        EarlierWin.revoked_at,
        _revoker.name.label("revoked_by"),
        EarlierWin.revocation_reason,
    )
    .join(Account, Account.id == EarlierWin.entered_by)
    .outerjoin(_revoker, _revoker.id == EarlierWin.revoked_by)
    .where(VISIBLE)
)
_EARLIER_WIN = Query(_SELECTED.where(EarlierWin.id == bound_id("earlier_win_id")), EarlierWinRow)
FILTERS = {
    "year": exactly(EarlierWin.year, int, "Only of this year.", ge=1980, le=2100),
    "active": exactly(COUNTS, bool, "Only those that count, or only the others."),
}
_PAGES = Listing(_SELECTED, EarlierWin.id, EarlierWinRow, filters=FILTERS)
_LOCKED = select(EarlierWin).where(EarlierWin.id == bindparam("earlier_win_id"), VISIBLE).with_for_update()
_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended("earlier_wins", 0)))
"""One list is entered at a time: the next one finds what this one has entered."""
_YEARS_LISTED = select(EarlierWin).where(COUNTS, EarlierWin.year == bindparam("years", type_=ARRAY(Integer)).any_())


class EarlierWinEntry(Input):
    """An award of a year before the system."""

    year: Annotated[int, Field(strict=True, ge=1980, le=2100)] = Field(description="年度", examples=[2013])
    kind: Code = Field(
        description="Code of the kind of award, as the campaigns that look at it have it.", examples=["excellent_case"]
    )
    grade: Code | None = Field(None, description="Code of the grade (等次); null when it had none.", examples=["first"])
    award: Name = Field(description="奖项, in the words that findings use.", examples=["优秀案例一等奖"])
    unit_name: Name = Field(description="获奖单位: a name of then or of now.", examples=["翔云道社区"])
    brand_name: Cell = Field(None, description="品牌名称; null when none was named.", examples=["邻里一家亲"])

    @property
    def known_by(self) -> tuple[int, str, str | None, str, str | None]:
        return self.year, self.kind, self.grade, comparable(self.unit_name), _compared(self.brand_name)


class EarlierWinImport(Input):
    """Awards of years before the system; what is listed already stays as it is."""

    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )
    wins: list[EarlierWinEntry] = Field(min_length=1, max_length=MOST_WINS, description="The awards.")


class EarlierWinRevocation(Input):
    """Take a record back."""

    reason: Reason = Field(description="Reason; kept in the history.", examples=["年度有误，另行录入。"])


@dataclass(frozen=True, slots=True)
class ImportedWin:
    """The outcome of one row."""

    pointer: str
    outcome: ImportOutcome


async def carry_out(ctx: Context, body: EarlierWinImport) -> list[ImportedWin]:
    """Enter what is not there yet, all or nothing; a dry run does the same and rolls it back."""
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(repetitions((f"/wins/{place}", entry.known_by) for place, entry in enumerate(body.wins)))
    await ctx.session.execute(_TURN)
    async with ctx.attempt(dry_run=body.dry_run):
        known = await _known(ctx, body.wins)
        return [_enter(ctx, f"/wins/{place}", entry, known) for place, entry in enumerate(body.wins)]


async def revoke(ctx: Context, earlier_win_id: UUID, body: EarlierWinRevocation) -> None:
    """Take a record back: no rule looks at it any more."""
    record = await ctx.lock(_LOCKED, earlier_win_id=earlier_win_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.revocation_findings(record.revoked_at))
    change(
        ctx,
        record,
        policy.REVOKED,
        data={"reason": body.reason},
        revoked_at=ctx.now,
        revoked_by=ctx.actor.id,
        revocation_reason=body.reason,
    )


async def read(view: View, earlier_win_id: UUID) -> EarlierWinRow:
    """One record; NotFound unless visible."""
    return await view.get(_EARLIER_WIN, earlier_win_id=earlier_win_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[EarlierWinRow]:
    return await _PAGES.page(view, after=after, limit=limit, **filters)


async def _known(ctx: Context, entries: Sequence[EarlierWinEntry]) -> set[tuple[object, ...]]:
    """Read what is listed of these years, by what it is known by."""
    rows = await ctx.session.scalars(_YEARS_LISTED, {"years": list({entry.year for entry in entries})})
    return {(row.year, row.kind, row.grade, row.comparable_unit_name, row.comparable_brand_name) for row in rows}


def _enter(ctx: Context, pointer: str, entry: EarlierWinEntry, known: set[tuple[object, ...]]) -> ImportedWin:
    if entry.known_by in known:
        return ImportedWin(pointer, ImportOutcome.UNCHANGED)
    row = EarlierWin(**entry.model_dump(), entered_at=ctx.now, entered_by=ctx.actor.id)
    create(ctx, row, policy.ENTERED)
    return ImportedWin(pointer, ImportOutcome.CREATED)


def _compared(name: str | None) -> str | None:
    return name and comparable(name)
