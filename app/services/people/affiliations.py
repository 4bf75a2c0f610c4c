"""The organisation of an account: the committee and the unit that follow from its role."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from app.context import ACTOR_COMMITTEE, Context, acting_as
from app.findings import Finding
from app.models import Committee, Unit
from app.models.enums import Role
from app.problems import RulesViolated
from app.services.policies import UNKNOWN_REFERENCE, refuse
from app.services.policies.people import accounts as policy
from app.services.policies.people.committees import OFFICE_ACTS_HERE

_UNIT = (
    select(Unit)
    .join(Committee, Committee.id == Unit.committee_id)
    .where(Unit.id == bindparam("unit_id"), Unit.retired_at.is_(None), Committee.retired_at.is_(None))
    .where(or_(acting_as(Role.OFFICE), Unit.committee_id == ACTOR_COMMITTEE))
)
_COMMITTEE = (
    select(Committee)
    .where(Committee.id == bindparam("committee_id"), Committee.retired_at.is_(None))
    .where(or_(acting_as(Role.OFFICE), Committee.id == ACTOR_COMMITTEE))
)


class Affiliation(NamedTuple):
    """The organisation of an account, and its role there."""

    committee_id: UUID | None
    unit_id: UUID | None
    role: Role


async def of(ctx: Context, role: Role, committee_id: UUID | None, unit_id: UUID | None) -> Affiliation:
    """The affiliation of a role: complete, and with a committee and unit that exist within the actor's reach."""
    refuse(policy.organisation_findings(role, committee_id, unit_id))
    if role is Role.UNIT:
        unit: Unit | None = await ctx.find(_UNIT, unit_id=unit_id)
        if unit is None or committee_id not in (None, unit.committee_id):
            raise RulesViolated([UNKNOWN_REFERENCE("/unit_id")])
        committee_id = unit.committee_id
    elif role is Role.COMMITTEE:
        committee: Committee | None = await ctx.find(_COMMITTEE, committee_id=committee_id)
        refuse([] if committee else [UNKNOWN_REFERENCE("/committee_id")])
        if committee and committee.direct:
            refuse([OFFICE_ACTS_HERE("/committee_id", name=committee.name)])
    return Affiliation(committee_id, unit_id, role)


async def username_findings(ctx: Context, username: str) -> Sequence[Finding]:
    """Findings against a username that the inviter may not give: a committee's begin with its code."""
    if ctx.actor.role is not Role.COMMITTEE:
        return []
    committee = await ctx.session.get_one(Committee, ctx.actor.committee_id)
    return policy.username_findings(username, committee.code)
