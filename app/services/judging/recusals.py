"""Recusals (回避): a reviewer declares a tie or abstains from a case, or the office recuses them.

The assignments concerned are withdrawn in the same transaction, in every round that is not closed.
"""

from datetime import datetime
from typing import Literal, Self, TypeVar
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.comparable import comparable
from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Input, Name, Reason
from app.models import (
    Account,
    Application,
    Assignment,
    Committee,
    Partner,
    Recusal,
    Reviewer,
    Round,
    Unit,
)
from app.models.enums import RecusalKind, Role, RoundStatus, WithdrawalCause
from app.problems import RulesViolated
from app.rows import row_type
from app.services.history import change, create
from app.services.judging import assignments, cases
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, permit, refuse, require_role
from app.services.policies.constraints import ALREADY_EXISTS
from app.services.policies.judging import recusals as policy

_OBJECTS = ("application_id", "unit_id", "committee_id")
_ROUNDS = select(Round.id).where(Round.status != RoundStatus.CLOSED).order_by(Round.id).with_for_update()
"""All that are not closed; so a round whose panel the reviewer is joining at the moment waits too."""

_COVERED = (
    select(Assignment)
    .join(Round, Round.id == Assignment.round_id)
    .join(Application, Application.id == Assignment.application_id)
    .where(Assignment.reviewer_id == bindparam("reviewer_id"), Assignment.withdrawn_at.is_(None))
    .where(
        Round.status != RoundStatus.CLOSED,
        or_(
            Application.id == bound_id("application_id"),
            Application.unit_id == bound_id("unit_id"),
            Application.committee_id == bound_id("committee_id"),
            exists()
            .where(Partner.application_id == Application.id, Unit.id == Partner.unit_id)
            .where(or_(Unit.id == bindparam("unit_id"), Unit.committee_id == bindparam("committee_id"))),
        ),
    )
    .order_by(Assignment.id)
    .with_for_update(of=Assignment)
)


@row_type
class KnownReferences:
    """The references of a recusal, each true if it exists; of the objects only one is sent."""

    reviewer_id: bool
    application_id: bool
    unit_id: bool
    committee_id: bool


@row_type
class AssignedCase:
    """A case of the judge who asks, and the state of its round."""

    reviewer_id: UUID
    application_id: UUID
    status: RoundStatus


@row_type
class NamedOrganisation:
    """A unit or a committee of a given name, by the member that refers to it."""

    member: Literal["unit_id", "committee_id"]
    id: UUID
    declared: bool


_KNOWN = Query(
    select(
        exists().where(Reviewer.account_id == bound_id("reviewer_id")).label("reviewer_id"),
        exists()
        .where(Application.id == bound_id("application_id"), Application.filed_version_id.is_not(None))
        .label("application_id"),
        exists().where(Unit.id == bound_id("unit_id")).label("unit_id"),
        exists().where(Committee.id == bound_id("committee_id")).label("committee_id"),
    ),
    KnownReferences,
)
_CASE = Query(
    cases.of_judge(Assignment.reviewer_id, Assignment.application_id, Round.status).where(cases.IS_CASE), AssignedCase
)
_NAME, _COMPARABLE = (bindparam(name, type_=Text) for name in ("name", "comparable_name"))
_named = union_all(
    *(
        select(literal(member).label("member"), organisation.id).where(
            or_(organisation.name == _NAME, organisation.comparable_name == _COMPARABLE)
        )
        for member, organisation in (("unit_id", Unit), ("committee_id", Committee))
    )
).subquery("named")
_NAMED = Query(
    select(
        _named.c.member,
        _named.c.id,
        exists()
        .where(
            Recusal.reviewer_id == ACTOR_ID,
            Recusal.kind == RecusalKind.DECLARED,
            Recusal.lifted_at.is_(None),
            or_(Recusal.unit_id == _named.c.id, Recusal.from_committee_id == _named.c.id),
        )
        .label("declared"),
    ),
    NamedOrganisation,
)

VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(
        acting_as(Role.REVIEWER), Recusal.reviewer_id == ACTOR_ID, or_(*(Recusal.kind == kind for kind in policy.OWN))
    ),
)
"""The office sees all, a reviewer their own declarations and abstentions, and never that the office recused them."""

_name, _maker, _lifter = aliased(Account), aliased(Account), aliased(Account)
T = TypeVar("T")


def _office_only(column: InstrumentedAttribute[T]) -> ColumnElement[T]:
    """Hide from reviewers a column that would reveal the origin of a case, or who of the office decided."""
    return case((acting_as(Role.OFFICE), column))


@row_type
class RecusalRow:
    """A recusal with the names in it, as far as the actor may know them."""

    id: UUID
    reviewer_id: UUID
    reviewer_name: str
    kind: RecusalKind
    application_id: UUID | None
    application_number: str | None
    unit_id: UUID | None
    committee_id: UUID | None
    organisation_name: str | None
    reason: str
    made_at: datetime
    made_by: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    lifting_reason: str | None


_SEEN = (
    select(
        Recusal.id,
        Recusal.reviewer_id,
        _name.name.label("reviewer_name"),
        Recusal.kind,
        _office_only(Recusal.application_id).label("application_id"),
        _office_only(Application.number).label("application_number"),
        _office_only(Recusal.unit_id).label("unit_id"),
        _office_only(Recusal.from_committee_id).label("committee_id"),
        func.coalesce(Unit.name, Committee.name).label("organisation_name"),
        Recusal.reason,
        Recusal.made_at,
        _office_only(_maker.name).label("made_by"),
        Recusal.lifted_at,
        _office_only(_lifter.name).label("lifted_by"),
        _office_only(Recusal.lifting_reason).label("lifting_reason"),
    )
    .join(_name, _name.id == Recusal.reviewer_id)
    .join(_maker, _maker.id == Recusal.made_by)
    .outerjoin(_lifter, _lifter.id == Recusal.lifted_by)
    .outerjoin(Application, Application.id == Recusal.application_id)
    .outerjoin(Unit, Unit.id == Recusal.unit_id)
    .outerjoin(Committee, Committee.id == Recusal.from_committee_id)
    .where(VISIBLE)
)
FILTERS = {
    "reviewer_id": exactly(Recusal.reviewer_id, UUID, "Only of this reviewer."),
    "kind": among(Recusal.kind, RecusalKind, "Only of these kinds."),
}
_RECUSAL = Query(_SEEN.where(Recusal.id == bound_id("recusal_id")), RecusalRow)
_RECUSALS = Listing(_SEEN, Recusal.id, RecusalRow, filters=FILTERS)
_LOCKED = select(Recusal).where(Recusal.id == bindparam("recusal_id")).where(VISIBLE).with_for_update()


class RecusalCreate(Input):
    """Keep a reviewer away from one application, from a unit's, or from a committee's: exactly one of the three."""

    reviewer_id: UUID = Field(description="The reviewer, by account.")
    application_id: UUID | None = Field(None, description="Only this application.", examples=[None])
    unit_id: UUID | None = Field(
        None, description="All of this unit's.", examples=["0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"]
    )
    committee_id: UUID | None = Field(None, description="All of this committee's units'.", examples=[None])
    reason: Reason = Field(description="Reason; visible to the office alone.", examples=["与该单位负责人系近亲属。"])

    @model_validator(mode="after")
    def _one_object(self) -> Self:
        return self.with_one_of(*_OBJECTS)


class InterestDeclaration(Input):
    """Declare a tie with a unit or a committee."""

    organisation_name: Name = Field(
        description="Its name, however its width, spaces and brackets are written.", examples=["乔屯街道龙华社区"]
    )
    reason: Reason = Field(description="Nature of the tie.", examples=["本人曾在该社区任职。"])


class CaseRecusal(Input):
    """Keep away from a case you were given."""

    kind: Literal[RecusalKind.DECLARED, RecusalKind.ABSTAINED] = Field(
        description="`declared`: you have a tie with who applied; `abstained`: you would rather not judge it.",
        json_schema_extra=RecusalKind.only(RecusalKind.DECLARED, RecusalKind.ABSTAINED),
    )
    reason: Reason = Field(description="Reason.", examples=["认出了该案例，负责人是本人同学。"])


class RecusalLifting(Input):
    """Let a reviewer judge again what they kept away from."""

    reason: Reason = Field(
        description="Reason; kept, and visible to the office alone.", examples=["已核实，并无利害关系。"]
    )


async def lift(ctx: Context, recusal_id: UUID, body: RecusalLifting) -> None:
    """Lift a recusal: it counts no longer, and the assignments it ended stay withdrawn."""
    recusal = await ctx.lock(_LOCKED, recusal_id=recusal_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.lifting_findings(recusal.lifted_at))
    change(ctx, recusal, policy.LIFTED, lifted_at=ctx.now, lifted_by=ctx.actor.id, lifting_reason=body.reason)


async def read(view: View, recusal_id: UUID) -> RecusalRow:
    """One recusal; NotFound unless visible."""
    return await view.get(_RECUSAL, recusal_id=recusal_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[RecusalRow]:
    return await _RECUSALS.page(view, after=after, limit=limit, **filters)


async def recuse(ctx: Context, body: RecusalCreate) -> UUID:
    """Recuse a reviewer by decision of the office."""
    require_role(ctx.actor.role, Role.OFFICE)
    wanted = body.model_dump(include={"reviewer_id", *_OBJECTS})
    known = await ctx.get(_KNOWN, **wanted)
    refuse(UNKNOWN_REFERENCE(f"/{name}") for name, value in wanted.items() if value and not getattr(known, name))
    await ctx.session.execute(_ROUNDS)
    (named,) = ((name, wanted[name]) for name in _OBJECTS if wanted[name])
    return await _keep_away(ctx, body.reviewer_id, RecusalKind.RECUSED, body.reason, named)


async def declare(ctx: Context, body: InterestDeclaration) -> list[UUID]:
    """Record a reviewer's tie with every organisation of a name."""
    reviewer_id = await _profiled(ctx)
    await ctx.session.execute(_ROUNDS)
    found = await ctx.rows(_NAMED, name=body.organisation_name, comparable_name=comparable(body.organisation_name))
    new = [row for row in found if not row.declared]
    if not new:
        raise RulesViolated([(ALREADY_EXISTS if found else UNKNOWN_REFERENCE)("/organisation_name")])
    return [await _keep_away(ctx, reviewer_id, RecusalKind.DECLARED, body.reason, (row.member, row.id)) for row in new]


async def keep_away_from_case(ctx: Context, case_id: UUID, body: CaseRecusal) -> UUID:
    """Recuse the actor from a case assigned to them, while its round is open."""
    await _case(ctx, case_id)  # NotFound before any lock: a stranger neither waits nor makes others wait
    await ctx.session.execute(_ROUNDS)
    found = await _case(ctx, case_id)
    permit(policy.KEEP_AWAY, role=ctx.actor.role, status=found.status)
    return await _keep_away(ctx, found.reviewer_id, body.kind, body.reason, ("application_id", found.application_id))


async def _profiled(ctx: Context) -> UUID:
    """Return the actor, a reviewer with a profile."""
    require_role(ctx.actor.role, Role.REVIEWER)
    assert ctx.actor.person_id is not None, "a reviewer has an account"
    known = await ctx.get(_KNOWN, reviewer_id=ctx.actor.person_id, **dict.fromkeys(_OBJECTS))
    refuse([] if known.reviewer_id else [policy.NO_PROFILE()])
    return ctx.actor.person_id


async def _case(ctx: Context, case_id: UUID) -> AssignedCase:
    return await ctx.get(_CASE, case_id=case_id, now=ctx.now)


async def _keep_away(ctx: Context, reviewer_id: UUID, kind: RecusalKind, reason: str, named: tuple[str, UUID]) -> UUID:
    """Record the recusal, and withdraw the assignments it covers; the caller has locked the rounds."""
    name, value = named
    recusal = Recusal(reviewer_id=reviewer_id, kind=kind, reason=reason, made_at=ctx.now, made_by=ctx.actor.id)
    setattr(recusal, "from_committee_id" if name == "committee_id" else name, value)
    create(ctx, recusal, policy.KEEP_AWAY.event, kind=kind)
    params = {"reviewer_id": reviewer_id} | dict.fromkeys(_OBJECTS) | {name: value}
    covered = await ctx.session.scalars(_COVERED, params)
    assignments.withdraw(ctx, covered.all(), WithdrawalCause.CONFLICT, None)
    return recusal.id
