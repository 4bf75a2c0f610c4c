"""Party committees (党（工）委): registered, changed, retired, reinstated. Never deleted: what they did stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import BeforeValidator, Field
from sqlalchemy import and_, bindparam, func, or_, select

from app.comparable import bare
from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Input, Name, Phone, unsent
from app.models import Committee
from app.models.enums import Role
from app.problems import Forbidden
from app.rows import row_type
from app.services.history import change, create, differing, expect
from app.services.pages import FilterValue, Listing, Page, among, containing, exactly, updated_since
from app.services.people import former_names, seats, vocabularies
from app.services.people.former_names import EffectiveOn
from app.services.policies import Offered, Record, StatusOnly, actions, permit, refuse, require_role
from app.services.policies.people import committees as policy
from app.services.policies.people.vocabularies import COMMITTEE_KIND, DIRECT_KIND, MOST_WORDS, CommitteeKind

VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(acting_as(Role.COMMITTEE), or_(Committee.id == ACTOR_COMMITTEE, Committee.successor_id == ACTOR_COMMITTEE)),
    and_(acting_as(Role.UNIT), Committee.id == ACTOR_COMMITTEE),
)
"""The office sees all, a committee itself and those merged into it, a unit its own committee, nobody else any.

Everybody who sees a committee may have to ring its liaison, so the phone is not masked.
"""


@row_type
class CommitteeRow:
    """A committee."""

    id: UUID
    version: int
    code: str
    name: str
    kind: str
    direct: bool
    leader_name: str | None
    leader_title: str | None
    liaison_name: str | None
    liaison_phone: str | None
    retired_at: datetime | None
    successor_id: UUID | None
    created_at: datetime
    updated_at: datetime


@row_type
class CommitteeDetail(CommitteeRow):
    """A committee by itself, with the names it had."""

    former_names: list[dict[str, str]]


@row_type
class NamedRow:
    """A committee to choose."""

    id: UUID
    name: str


_COLUMNS = (
    Committee.id,
    Committee.version,
    Committee.code,
    Committee.name,
    Committee.kind,
    Committee.direct,
    Committee.leader_name,
    Committee.leader_title,
    Committee.liaison_name,
    Committee.liaison_phone,
    Committee.retired_at,
    Committee.successor_id,
    Committee.created_at,
    Committee.updated_at,
)
_COMMITTEE = Query(
    select(*_COLUMNS, former_names.listed(Committee)).where(Committee.id == bound_id("committee_id")).where(VISIBLE),
    CommitteeDetail,
)
FILTERS = {
    "kind": among(
        Committee.kind, CommitteeKind, "Only of these kinds; an unknown code finds nothing.", max_length=MOST_WORDS
    ),
    "direct": exactly(
        Committee.direct, bool, "Only the one of units without a committee (true), or only true committees (false)."
    ),
    "retired": exactly(
        Committee.retired_at.is_not(None), bool, "Only retired ones (true), or only the others (false)."
    ),
    "updated_since": updated_since(Committee.updated_at),
    "q": containing(
        "Part of the name, of a former name or of the code, case-insensitive.",
        Committee.name,
        Committee.code,
        former_names.searched(Committee),
    ),
}
_COMMITTEES = Listing(select(*_COLUMNS).where(VISIBLE), Committee.id, CommitteeRow, filters=FILTERS)
_TO_CHOOSE = Query(
    select(Committee.id, Committee.name)
    .where(VISIBLE, Committee.retired_at.is_(None), ~Committee.direct)
    .order_by(Committee.code),
    NamedRow,
)
_LOCKED = select(Committee).where(Committee.id == bindparam("committee_id")).where(VISIBLE).with_for_update()
_DIRECT = select(Committee).where(Committee.direct, Committee.retired_at.is_(None))
_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended("committees.code", 0)))

CommitteeCode = Annotated[
    str,
    Field(
        max_length=10,
        pattern=r"^[A-Z][A-Z0-9]*$",
        description="Short code, the prefix of the numbers people read; it never changes.",
        examples=["C01"],
    ),
    BeforeValidator(lambda code: bare(code) if isinstance(code, str) else code),
]
CommitteeName = Annotated[Name, Field(description="党（工）委名称", examples=["乔屯街道党工委"])]


class CommitteeContacts(Input):
    """The people responsible for a committee; null where nobody is named."""

    leader_name: Name | None = Field(None, description="主管领导", examples=["李文博"])
    leader_title: Name | None = Field(None, description="主管领导职务", examples=["党工委副书记"])
    liaison_name: Name | None = Field(None, description="专门人员（联络员）", examples=["张静"])
    liaison_phone: Phone | None = Field(None, description="联络员电话", examples=["0315-3724062"])


class CommitteeCreate(CommitteeContacts):
    """Register a committee."""

    code: CommitteeCode | None = Field(
        None, description="Short code; by default the next free one of C01, C02, …. It never changes.", examples=["QT"]
    )
    name: CommitteeName
    kind: CommitteeKind


class CommitteeChange(CommitteeContacts):
    """Change a committee: what is named is set, null clears, the rest stays."""

    name: CommitteeName = Field(default_factory=unsent)
    effective_on: EffectiveOn = Field(default_factory=unsent)
    kind: CommitteeKind = Field(default_factory=unsent)


class Codes(NamedTuple):
    """The codes that were ever in use, and those that are: a retired committee's is free, and not given by itself."""

    ever: set[str]
    standing: set[str]


async def register(ctx: Context, body: CommitteeCreate) -> UUID:
    """Register a committee, under the given code or the next free one."""
    require_role(ctx.actor.role, Role.OFFICE)
    await vocabularies.require(ctx, COMMITTEE_KIND, {"/kind": body.kind})
    code = body.code or policy.next_code((await codes_taken(ctx)).ever)
    return create(ctx, Committee(**(body.model_dump() | {"code": code})), policy.CREATED).id


async def of_direct_units(ctx: Context) -> Committee:
    """Return the one that stands for units without a committee, made with the office's seat when it is first needed."""
    if (standing := await ctx.session.scalar(_DIRECT)) is not None:
        return standing
    codes = (await codes_taken(ctx)).ever  # from here on one after the other
    if (standing := await ctx.session.scalar(_DIRECT)) is not None:
        return standing
    code = policy.DIRECT_CODE if policy.DIRECT_CODE not in codes else policy.next_code(codes)
    direct = Committee(code=code, name=policy.DIRECT_NAME, kind=DIRECT_KIND, direct=True)
    made = create(ctx, direct, policy.CREATED)
    await ctx.flush()
    seats.open_directly(ctx, made)
    return made


async def edit(ctx: Context, committee_id: UUID, body: CommitteeChange, version: int | None) -> None:
    """Change what was named and differs: the office anything, a committee who leads it and who its liaison is."""
    committee = await get(ctx, committee_id)
    permit(policy.CHANGE, role=ctx.actor.role, status=policy.status_of(committee.retired_at))
    expect(committee, version)
    values = body.model_dump(exclude_unset=True)
    effective_on = values.pop("effective_on", None)
    changes = differing(committee, values)
    if not policy.may_change(ctx.actor.role, [*changes, *(["effective_on"] if effective_on else [])]):
        raise Forbidden
    await vocabularies.require(ctx, COMMITTEE_KIND, {"/kind": changes.get("kind")})
    await former_names.change_and_remember(ctx, committee, policy.CHANGE.event, changes, effective_on)


async def retire(ctx: Context, committee_id: UUID) -> None:
    """Retire a committee: with it all of its units begin nothing new; nothing they have is touched."""
    committee = await get(ctx, committee_id)
    permit(policy.RETIRE, role=ctx.actor.role, status=policy.status_of(committee.retired_at))
    change(ctx, committee, policy.RETIRE.event, retired_at=ctx.now)


async def reinstate(ctx: Context, committee_id: UUID, version: int | None) -> None:
    """Let a retired committee take part again, and with it those of its units that are not retired themselves."""
    committee = await get(ctx, committee_id)
    permit(policy.REINSTATE, role=ctx.actor.role, status=policy.status_of(committee.retired_at))
    expect(committee, version)
    if committee.successor_id:
        successor = await ctx.session.get_one(Committee, committee.successor_id)
        refuse([policy.MERGED_FOR_GOOD(name=successor.name)])
    change(ctx, committee, policy.REINSTATE.event, retired_at=None)


async def get(ctx: Context, committee_id: UUID) -> Committee:
    """The committee, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, committee_id=committee_id)


async def read(view: View, committee_id: UUID) -> Record[CommitteeDetail]:
    """One committee; NotFound unless visible."""
    row = await view.get(_COMMITTEE, committee_id=committee_id)
    return Record(row, _actions(view, row))


async def offered(view: View, rows: Sequence[CommitteeRow]) -> dict[UUID, Offered]:
    """Return the acts on each of these committees, for the rows of a list."""
    return {row.id: _actions(view, row) for row in rows}


async def to_choose(view: View) -> list[NamedRow]:
    """Return the committees that may be chosen, but for the one of units without any."""
    return await view.rows(_TO_CHOOSE)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[CommitteeRow]:
    return await _COMMITTEES.page(view, after=after, limit=limit, **filters)


async def codes_taken(ctx: Context) -> Codes:
    """All codes; no other transaction takes a new one until this one ends."""
    await ctx.session.execute(_TURN)
    rows = (await ctx.session.execute(select(Committee.code, Committee.retired_at))).all()
    return Codes({row.code for row in rows}, {row.code for row in rows if row.retired_at is None})


def _actions(view: View, row: CommitteeRow) -> Offered:
    return actions(policy.ACTS, view.actor.role, StatusOnly(policy.status_of(row.retired_at)))
