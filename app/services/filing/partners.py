"""Partners (联合申报单位): named by who writes the application, and each asked for its consent.

A partner reads the application from when it is asked until it leaves or is taken out, and changes nothing of it.
"""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Text, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.comparable import comparable
from app.context import ACTOR_UNIT, Context
from app.database import Query, bound_ids
from app.inputs import Input, Name
from app.models import Application, Committee, Partner, Unit
from app.problems import Forbidden
from app.rows import row_type
from app.services.filing import applications, contents
from app.services.filing.belongings import about
from app.services.history import change, create, expect, remove
from app.services.policies import judge, permit, refuse
from app.services.policies.filing import partners as policy
from app.services.policies.filing.applications import EDIT
from app.services.policies.filing.partners import Candidate, PartnerFacts


@row_type
class NamedUnit:
    """A unit that a reference fits, with the forms of its name."""

    id: UUID
    name: str
    comparable_name: str | None
    retired: bool


_NAMES, _COMPARABLE = (bindparam(name, type_=ARRAY(Text)) for name in ("names", "comparable_names"))
_UNITS = Query(
    select(
        Unit.id,
        Unit.name,
        Unit.comparable_name,
        or_(Unit.retired_at.is_not(None), Committee.retired_at.is_not(None)).label("retired"),
    )
    .outerjoin(Committee, Committee.id == Unit.committee_id)
    .where(
        or_(
            Unit.id == bound_ids("unit_ids").any_(),
            Unit.name == _NAMES.any_(),
            Unit.comparable_name == _COMPARABLE.any_(),
        )
    )
    .order_by(Unit.id),
    NamedUnit,
)
_OF_APPLICATION = select(Partner).where(Partner.application_id == bindparam("application_id")).order_by(Partner.id)
_OWN = _OF_APPLICATION.where(Partner.unit_id == ACTOR_UNIT)


class PartnerNamed(Input):
    """A unit that shall apply jointly, by its id or by its name."""

    unit_id: UUID | None = Field(None, description="The unit, of any committee.", examples=[None])
    name: Name | None = Field(
        None,
        description="Its name, however its width, spaces and brackets are written.",
        examples=["乔屯街道龙华社区"],
    )

    @model_validator(mode="after")
    def _one_reference(self) -> Self:
        return self.with_one_of("unit_id", "name")


class PartnersSet(Input):
    """All partners of an application."""

    partners: list[PartnerNamed] = Field(
        max_length=policy.MOST, description="联合申报单位: all that there shall be; none for an application alone."
    )


async def name(ctx: Context, application_id: UUID, body: PartnersSet, version: int | None) -> None:
    """Ask the units that are new, take out those that are not named, and leave the others as they are."""
    application = await applications.get(ctx, application_id)
    permit(EDIT, role=ctx.actor.role, status=application.status)
    expect(application, version)
    wanted = await _resolved(ctx, application, body)
    present = {partner.unit_id: partner for partner in await ctx.session.scalars(_OF_APPLICATION, _of(application))}
    for unit_id in present.keys() - set(wanted):
        partner = present[unit_id]
        await remove(ctx, partner, policy.REMOVED, **about(application, partner))
    for unit_id in wanted:
        if unit_id not in present:
            _ask(ctx, application, unit_id)
    if present.keys() != set(wanted):
        await _changed(ctx, application)


async def agree(ctx: Context, application_id: UUID) -> None:
    """Consent to apply jointly."""
    application, partner = await _asked(ctx, application_id)
    facts = PartnerFacts(application.status, partner.agreed_at is not None)
    judge(policy.AGREE, ctx.actor.role, facts)
    data = about(application, partner)
    change(ctx, partner, policy.AGREE.event, data=data, agreed_at=ctx.now, agreed_by=ctx.actor.id)
    await _changed(ctx, application)


async def leave(ctx: Context, application_id: UUID, version: int | None) -> None:
    """Decline, or take the consent back; the unit does not see the application any more."""
    application, partner = await _asked(ctx, application_id)
    permit(policy.LEAVE, role=ctx.actor.role, status=application.status)
    expect(application, version)
    await remove(ctx, partner, policy.LEAVE.event, **about(application, partner))
    await _changed(ctx, application)


def _ask(ctx: Context, application: Application, unit_id: UUID) -> None:
    partner = Partner(application_id=application.id, unit_id=unit_id, asked_at=ctx.now, asked_by=ctx.actor.id)
    create(ctx, partner, policy.ASKED, **about(application, partner))


async def _changed(ctx: Context, application: Application) -> None:
    """Compute the content anew, which has the names, and void a seal that no longer covers it."""
    await ctx.flush()
    await contents.content_changed(ctx, application, policy.APPLICATION_PARTNERS_CHANGED, ["unit_name"])


async def _asked(ctx: Context, application_id: UUID) -> tuple[Application, Partner]:
    """The application, locked, and the actor's part in it; Forbidden to those who see it and are no partner."""
    application = await applications.get_with_partners(ctx, application_id)
    partner = await ctx.find(_OWN, **_of(application))
    if partner is None:
        raise Forbidden
    return application, partner


async def _resolved(ctx: Context, application: Application, body: PartnersSet) -> list[UUID]:
    """Find the units that are meant, or refuse every reference that fits none or several, or that may not be named."""
    names = [each.name for each in body.partners if each.name]
    units = await ctx.rows(
        _UNITS,
        unit_ids=[application.unit_id, *(each.unit_id for each in body.partners if each.unit_id)],
        names=names,
        comparable_names=[comparable(each) for each in names],
    )
    (lead,) = (unit for unit in units if unit.id == application.unit_id)
    meant = [[_candidate(unit) for unit in _fitting(units, each)] for each in body.partners]
    refuse(policy.naming_findings(_candidate(lead), meant))
    return [unit.id for (unit,) in meant]


def _fitting(units: Sequence[NamedUnit], named: PartnerNamed) -> list[NamedUnit]:
    """The units that a reference fits; of a name those that take part, or else those that do no longer."""
    if named.name is None:
        return [unit for unit in units if unit.id == named.unit_id]
    like = comparable(named.name)
    fitting = [unit for unit in units if named.name == unit.name or like == unit.comparable_name]
    return [unit for unit in fitting if not unit.retired] or fitting


def _candidate(unit: NamedUnit) -> Candidate:
    return Candidate(unit.id, unit.name, unit.retired)


def _of(application: Application) -> dict[str, UUID]:
    return {"application_id": application.id}
