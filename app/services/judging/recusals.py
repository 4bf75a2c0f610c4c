"""Who must keep away (回避) from which case: the one definition of a conflict of interest, part of every statement.

What reviewers and the office recorded is read and lifted here; `recusing` records it.
"""

from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Text, Uuid, and_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, Row
from app.inputs import Input, Reason
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    Committee,
    Recusal,
    Reviewer,
    Unit,
)
from app.models.enums import ConflictReason, RecusalKind, Role
from app.models.people.accounts import phone_digits
from app.services.history import change
from app.services.pages import Listing, Page
from app.services.policies import refuse, require_role
from app.services.policies.judging import recusals as policy

_profile, _judge, _other = aliased(Reviewer), aliased(Account), aliased(Account)
_case, _filed, _recusal = aliased(Application), aliased(ApplicationVersion), aliased(Recusal)
_phone = func.nullif(phone_digits(_judge.phone), literal_column("''"))
_same_person = or_(
    phone_digits(_case.phone) == _phone,
    exists().where(phone_digits(_other.phone) == _phone, _other.committee_id == _case.committee_id),
    exists().where(_filed.id == _case.filed_version_id, phone_digits(_filed.content["form", "phone"].astext) == _phone),
)
"""The judge is the applicant under another name: an account or a form of theirs has the judge's phone."""

_kept_away = (
    select(_recusal.kind)
    .where(
        _recusal.reviewer_id == _profile.account_id,
        _recusal.lifted_at.is_(None),
        or_(
            _recusal.application_id == _case.id,
            _recusal.unit_id == _case.unit_id,
            _recusal.from_committee_id == _case.committee_id,
        ),
    )
    .order_by(func.array_position(array(list(RecusalKind)), _recusal.kind))
    .limit(1)
    .scalar_subquery()
)


def conflict(reviewer_id: Any, application_id: Any) -> ColumnElement[str | None]:
    """Why this reviewer must keep away from this application, as a `ConflictReason`; NULL when nothing is known."""
    reason = case(
        (_profile.unit_id == _case.unit_id, ConflictReason.SAME_UNIT.value),
        (_profile.committee_id == _case.committee_id, ConflictReason.SAME_COMMITTEE.value),
        (_same_person, ConflictReason.SAME_PERSON.value),
        else_=_kept_away,
    )
    return (
        select(reason)
        .select_from(_profile)
        .join(_judge, _judge.id == _profile.account_id)
        .join(_case, _case.id == application_id)
        .where(_profile.account_id == reviewer_id)
        .correlate_except(_profile, _judge, _case)
        .scalar_subquery()
    )


CONFLICT = conflict(Assignment.reviewer_id, Assignment.application_id)
"""Why the reviewer of an assignment must keep away from its case; NULL when nothing is known."""

STANDING = and_(Assignment.withdrawn_at.is_(None), CONFLICT.is_(None))
"""An assignment that counts: for its reviewer, for every list, count and ranking."""

VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(
        acting_as(Role.REVIEWER), Recusal.reviewer_id == ACTOR_ID, or_(*(Recusal.kind == kind for kind in policy.OWN))
    ),
)
"""The office sees all, reviewers what they said themselves: that the office recused them they need not know."""

_name, _maker, _lifter = aliased(Account), aliased(Account), aliased(Account)


def _told_office(column: Any) -> ColumnElement[Any]:
    """What would tell a reviewer where a case comes from, or who of the office decided what."""
    return case((acting_as(Role.OFFICE), column))


_SEEN = (
    select(
        Recusal.id,
        Recusal.reviewer_id,
        _name.name.label("reviewer_name"),
        Recusal.kind,
        _told_office(Recusal.application_id).label("application_id"),
        _told_office(Application.number).label("application_number"),
        _told_office(Recusal.unit_id).label("unit_id"),
        _told_office(Recusal.from_committee_id).label("committee_id"),
        func.coalesce(Unit.name, Committee.name).label("organisation_name"),
        Recusal.reason,
        Recusal.made_at,
        _told_office(_maker.name).label("made_by"),
        Recusal.lifted_at,
        _told_office(_lifter.name).label("lifted_by"),
        _told_office(Recusal.lifting_reason).label("lifting_reason"),
    )
    .join(_name, _name.id == Recusal.reviewer_id)
    .join(_maker, _maker.id == Recusal.made_by)
    .outerjoin(_lifter, _lifter.id == Recusal.lifted_by)
    .outerjoin(Application, Application.id == Recusal.application_id)
    .outerjoin(Unit, Unit.id == Recusal.unit_id)
    .outerjoin(Committee, Committee.id == Recusal.from_committee_id)
    .where(VISIBLE)
)
_RECUSAL_ID, _REVIEWER_ID = bindparam("recusal_id", type_=Uuid), bindparam("reviewer_id", type_=Uuid)
_KIND = bindparam("kind", type_=Text)
_RECUSAL = Query(_SEEN.where(Recusal.id == _RECUSAL_ID))
_RECUSALS = Listing(
    _SEEN.where(_REVIEWER_ID.is_(None) | (Recusal.reviewer_id == _REVIEWER_ID)).where(
        _KIND.is_(None) | (Recusal.kind == _KIND)
    ),
    Recusal.id,
)
_LOCKED = select(Recusal).where(Recusal.id == bindparam("recusal_id")).where(VISIBLE).with_for_update()


class RecusalLifting(Input):
    """Let a reviewer judge again what they kept away from."""

    reason: Reason = Field(description="Why; kept, and told to the office alone.", examples=["已核实，并无利害关系。"])


async def lift(ctx: Context, recusal_id: UUID, body: RecusalLifting) -> None:
    """From now on it counts no longer; the assignments it ended stay withdrawn."""
    recusal = await ctx.lock(_LOCKED, recusal_id=recusal_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.lifting_findings(recusal.lifted_at))
    change(ctx, recusal, policy.LIFTED, lifted_at=ctx.now, lifted_by=ctx.actor.id, lifting_reason=body.reason)


async def read(view: View, recusal_id: UUID) -> Row:
    """One recusal; NotFound unless visible."""
    return await view.get(_RECUSAL, recusal_id=recusal_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    return await _RECUSALS.page(view, after=after, limit=limit, **filters)
