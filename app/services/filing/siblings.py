"""Siblings: applications in the other campaigns of a programme, where a rule of its notice asks for them.

Selected with the application, in the same statement; nothing is looked up for a campaign by itself, or in a programme
whose rules do not reach across its campaigns. Acts that these rules judge lock the programme, after all else.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Text, and_, func, literal_column, null, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from app.context import Context
from app.database import bound_ids
from app.models import Application, Campaign, Committee, Programme
from app.models.enums import ApplicationStatus, CampaignStatus
from app.services.filing.concessions import exemptions_together
from app.services.filing.filed_sets import ENOUGH, counted_with, put_forward
from app.services.pages import Expression, Rows, compared, named
from app.services.policies.filing.exemptions import in_force_together
from app.services.policies.filing.programmes import REACHING
from app.services.policies.filing.siblings import TAKING_PART, Siblings

_theirs, _its_campaign = aliased(Application), aliased(Campaign)
_of_unit = and_(
    _theirs.unit_id == Application.unit_id,
    _theirs.id != Application.id,
    or_(*(_theirs.status == status for status in sorted(TAKING_PART))),
)
_no_entry = literal_column("''", Text)
_entry_then, _entry = func.coalesce(_its_campaign.entry, _no_entry), func.coalesce(Campaign.entry, _no_entry)
_brand = func.nullif(compared(Application.brand_name), _no_entry)


def _others(column: Expression, *conditions: ColumnElement[bool]) -> Rows:
    """Select from applications of any campaign of the programme."""
    return (
        select(column)
        .select_from(_theirs)
        .join(_its_campaign, _its_campaign.id == _theirs.campaign_id)
        .where(_its_campaign.programme_id == Campaign.programme_id, *conditions)
        .correlate(Application, Campaign, Committee)
    )


_entries = _others(_entry_then, _of_unit, _entry_then != _entry).distinct().order_by(_entry_then)
_batches = (
    _others(
        _its_campaign.name,
        _of_unit,
        _entry_then == _entry,
        _its_campaign.id != Campaign.id,
        _its_campaign.status == CampaignStatus.PUBLISHED,
        compared(_theirs.brand_name) == _brand,
    )
    .distinct()
    .order_by(_its_campaign.name)
)
_filed = _others(
    _theirs.id,
    _theirs.committee_id == func.any(counted_with(Committee)),
    put_forward(_theirs),
    _theirs.status != ApplicationStatus.DISQUALIFIED,
).limit(ENOUGH)
_reaching = array([literal_column(f"'{name}'", Text) for name in REACHING])
OF_APPLICATION = (
    select(
        func.jsonb_build_object(
            *named("settings", Programme.settings),
            *named("entries", func.to_jsonb(func.array(_entries.scalar_subquery()))),
            *named("batches", func.to_jsonb(func.array(_batches.scalar_subquery()))),
            *named("filed", select(func.count()).select_from(_filed.subquery()).scalar_subquery()),
            *named("exemptions", exemptions_together(Application.committee_id, Application.id)),
        )
    )
    .where(Programme.id == Campaign.programme_id)
    .where(Programme.settings.has_any(_reaching))
    .correlate(Application, Campaign, Committee)
    .scalar_subquery()
    .label("siblings")
)
"""The siblings of an application; null where no rule asks for them."""
UNASKED = null().label("siblings")
"""The same where nothing is judged."""
_SIBLINGS = TypeAdapter(Siblings)
_LOCKED = (
    select(Programme.id)
    .join(Campaign, Campaign.programme_id == Programme.id)
    .where(Campaign.id == bound_ids("campaign_ids").any_())
    .order_by(Programme.id)
    .with_for_update(of=Programme)
)


def facts_of(selected: Mapping[str, object] | None) -> Siblings | None:
    """Return what was selected as the rules look at it."""
    if not selected:
        return None
    found = _SIBLINGS.validate_python(selected)
    return replace(found, settings=in_force_together(found.settings, found.exemptions))


async def hold(ctx: Context, campaign_ids: Collection[UUID]) -> None:
    """Lock the programmes of these campaigns, the last of all locks: what is read from now on is what the rules count.

    Two applications in two campaigns of one programme are judged one after the other.
    """
    await ctx.session.execute(_LOCKED, {"campaign_ids": list(campaign_ids)})
