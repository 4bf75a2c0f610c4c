"""Recipients of awards (获奖对象): what each is called, whose it is, and the order in which a list has them.

Everything is selected of an award beside its application and version. A name is corrected while it is proposed.
"""

from dataclasses import fields
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Text, Uuid, and_, bindparam, case, cast, column, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from app.comparable import comparable
from app.context import ACTOR_UNIT, Context, acting_as, own_committees
from app.database import Query, bound_id
from app.findings import Finding
from app.inputs import Input, Name, unsent
from app.models import Application, ApplicationVersion, Award, Committee, Unit
from app.models.enums import AwardStatus, Role
from app.rows import row_type
from app.services.filing.visibility import OWN
from app.services.policies.commending import recipients as policy
from app.services.policies.commending.recipients import Recipient
from app.services.policies.filing.partners import SEPARATOR

STANDS = and_(Award.status != AwardStatus.DROPPED, Award.status != AwardStatus.REVOKED)
"""It is proposed or given, and was not taken back."""
_to_person, _to_unit = Award.person_name.is_not(None), Award.to_unit_id.is_not(None)
SORT = case(
    (Award.application_id.is_not(None), "application"), (_to_person, "person"), (_to_unit, "unit"), else_="committee"
).label("recipient")
"""The sort of recipient, by its code."""
NAME = func.coalesce(
    ApplicationVersion.brand_name, Award.person_name, Award.to_unit_name, Award.to_committee_name
).label("name")
"""A case is named as it was filed, everybody else as they were proposed."""
UNIT_NAME = func.coalesce(ApplicationVersion.unit_name, Award.to_unit_name).label("unit_name")
COMMITTEE_NAME = func.coalesce(ApplicationVersion.committee_name, Award.to_committee_name).label("committee_name")
LISTED = (case((_to_person, 2), (_to_unit, 1), else_=0), Award.position, Award.id)
"""The order of a published list and of the numbers of its certificates: units and persons have groups of their own."""
RECEIVED = or_(
    OWN,
    and_(acting_as(Role.COMMITTEE), own_committees(Award.to_committee_id)),
    and_(acting_as(Role.UNIT), Award.to_unit_id == ACTOR_UNIT),
)
"""It is the actor's: their case's, their own, or that of one of their people or units."""

_committee, _successor = aliased(Committee), aliased(Committee)
_unit_now = (
    select(Unit.name)
    .where(Unit.id == func.coalesce(Application.unit_id, Award.to_unit_id))
    .correlate(Application, Award)
    .scalar_subquery()
)
_partner = aliased(Unit)
_named = (
    func.jsonb_array_elements(ApplicationVersion.partners)
    .table_valued(column("value", JSONB), with_ordinality="at")
    .render_derived(name="named")
)
_partners_now = (
    select(
        func.string_agg(
            literal_column(f"'{SEPARATOR}'") + _partner.name, aggregate_order_by(literal_column("''"), _named.c.at)
        )
    )
    .select_from(_named)
    .join(_partner, _partner.id == cast(_named.c.value["unit_id"].astext, Uuid))
    .correlate(ApplicationVersion)
    .scalar_subquery()
)
_units_now = _unit_now + func.coalesce(_partners_now, literal_column("''"))
_committee_now = (
    select(func.coalesce(_successor.name, _committee.name))
    .select_from(_committee)
    .outerjoin(_successor, _successor.id == _committee.successor_id)
    .where(_committee.id == func.coalesce(Award.to_committee_id, Application.committee_id))
    .correlate(Award, Application)
    .scalar_subquery()
)
NAMES_NOW = (
    func.nullif(_units_now, UNIT_NAME.element).label("unit_name_now"),
    func.nullif(_committee_now, COMMITTEE_NAME.element).label("committee_name_now"),
)
"""The names by which unit and committee, or the committee's successor, go now; null where they are those of then.

The database looks them up for the rows of the page alone.
"""


@row_type
class _Namesakes:
    last: int | None


_NAMESAKES = Query(
    select(func.max(Award.person_namesake).label("last")).where(
        Award.campaign_id == bound_id("campaign_id"),
        Award.kind == bindparam("kind", type_=Text),
        func.coalesce(Award.to_unit_id, Award.to_committee_id) == bound_id("body_id"),
        Award.comparable_person_name == bindparam("name", type_=Text),
        Award.id != bound_id("award_id"),
        STANDS,
    ),
    _Namesakes,
)


class RecipientCorrection(Input):
    """The name of a unit or person, corrected while its award is proposed; a case is named as it was filed."""

    name: Name = Field(
        default_factory=unsent,
        description="Name of the unit, the person or the committee, corrected for list and certificate; the register "
        "of units and committees stays as it is.",
        examples=["王芳"],
    )
    person_title: Name | None = Field(None, description="职务 of a person; null for none.", examples=["社区主任"])
    another_person: Annotated[bool, Field(strict=True)] = Field(
        default_factory=unsent,
        description="True if a corrected name is not that of the person there who has an award of this kind already.",
        examples=[False],
    )


async def corrected(ctx: Context, award: Award, body: RecipientCorrection) -> tuple[dict[str, Any], list[Finding]]:
    """Return the columns of an award that a correction of its recipient changes, and what is wrong with it."""
    sent = body.model_dump(include={"name", "person_title"}, exclude_unset=True)
    to = Recipient(**{field.name: getattr(award, field.name) for field in fields(Recipient)})
    last = None
    if to.person_name and "name" in sent:
        named = {"kind": award.kind, "body_id": to.body_id, "name": comparable(body.name), "award_id": award.id}
        last = (await ctx.get(_NAMESAKES, campaign_id=award.campaign_id, **named)).last
    return policy.corrected(to, sent, last, another=bool(body.another_person))
