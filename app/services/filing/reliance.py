"""The committees a campaign's rules concern, and what was made under them: read before the rules change."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    ScalarSelect,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.context import Context, acting_as
from app.database import Query, bound_id
from app.models import Application, Attachment, AuditEvent, Award, Campaign, Committee, Filing, Image, Plan, Unit
from app.models.enums import ApplicationStatus, PlanStatus, Role
from app.rows import row_type
from app.services.filing.filed_sets import put_forward, stands_for
from app.services.history import canonical
from app.services.policies.filing import attachments, cells
from app.services.policies.filing.applications import IN_PREPARATION
from app.services.policies.filing.campaigns import EDIT, Change, Usage
from app.services.policies.filing.forms import TEXTS
from app.services.policies.filing.notice import CampaignSettings

_CAMPAIGN_ID = bound_id("campaign_id")
_preparing = or_(*(Application.status == status for status in sorted(IN_PREPARATION)))


def _count_of(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(Application.campaign_id == _CAMPAIGN_ID, *conditions).scalar_subquery()


@row_type
class UsageRow:
    """Numbers of what present rules allowed and others would not."""

    below_minimum: int
    above_maximum: int
    out_of_numbers: int
    too_few: int
    too_many: int
    too_short: int
    too_long: int
    of_categories: int
    of_award_kinds: int
    of_reasons: int
    without_topic: int
    without_order: int
    with_cells: int
    with_attachments: int
    begun_too_late: int
    without_title: int
    handed_in: int
    too_long_cells: dict[str, int]


USED_BY = {
    "/minimum_filed": "below_minimum",
    "/maximum_filed": "above_maximum",
    "/filed_by_kind": "out_of_numbers",
    "/images/minimum": "too_few",
    "/images/maximum": "too_many",
    "/narrative/minimum": "too_short",
    "/narrative/maximum": "too_long",
    "/categories": "of_categories",
    "/award_kinds": "of_award_kinds",
    "/return_reasons": "of_reasons",
    "/disqualification_reasons": "of_reasons",
    "/topic_required": "without_topic",
    "/recommended_order": "without_order",
    "/cells": "with_cells",
    "/attachments": "with_attachments",
    "/years_in_operation": "begun_too_late",
    "/honour_levels": "without_title",
    "/earlier_winners": "handed_in",
}
"""Which count of `UsageRow` belongs to which setting; those of the cells' lengths are by cell."""

OTHERS = ""
"""The place of the numbers of kinds without any of their own: no code."""
_handed_in = Application.status != ApplicationStatus.DRAFT
_whole = aliased(Committee)
_by_kind = cast(bindparam("numbers", type_=Text), JSONB)
_numbers = func.coalesce(_by_kind[_whole.kind], _by_kind[OTHERS], type_=JSONB)
"""The fewest and the most cases of a kind of committee."""
_standing = func.count().filter(Application.status != ApplicationStatus.DISQUALIFIED)
_small, _large = func.count() < cast(_numbers[0].astext, Integer), _standing > cast(_numbers[1].astext, Integer)


def _sets(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count the committees whose set of cases put forward is such."""
    of_committee = (
        select(_whole.id)
        .select_from(Application)
        .join(Committee, and_(Committee.id == Application.committee_id, ~Committee.direct))
        .join(_whole, _whole.id == stands_for(Committee))
        .where(Application.campaign_id == _CAMPAIGN_ID, put_forward(Application))
        .group_by(_whole.id, _whole.kind)
        .having(condition)
        .subquery()
    )
    return select(func.count()).select_from(of_committee).scalar_subquery()


_without_title = Unit.honour_level != bindparam("admitted", type_=ARRAY(Text)).all_()
_reasons = func.to_jsonb(bindparam("reasons", type_=ARRAY(Text)))
_fills_any = Application.cells.has_any(bindparam("cells_changed", type_=ARRAY(Text)))
"""It has a value in a cell that is taken back or tightened."""
_attaches_any = exists().where(
    Attachment.application_id == Application.id,
    Attachment.kind == bindparam("attachments_changed", type_=ARRAY(Text)).any_(),
)
_lengths = cast(bindparam("lengths", type_=Text), JSONB)


def _beyond(cell: str, text: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """It is longer than the new length of its cell."""
    return func.char_length(text) > cast(_lengths[cell].astext, Integer)


_captions = exists().where(Image.application_id == Application.id, _beyond("caption", Image.caption))
_cells = {name: _beyond(name, getattr(Application, name)) for name in sorted(TEXTS)} | {"caption": _captions}
_too_long: list[tuple[ColumnElement[str], ScalarSelect[int]]] = [
    (literal_column(f"'{name}'"), _count_of(beyond)) for name, beyond in _cells.items()
]
_USAGE = Query(
    select(
        _sets(_small).label("below_minimum"),
        _sets(_large).label("above_maximum"),
        _sets(or_(_small, _large)).label("out_of_numbers"),
        _count_of(_handed_in, Application.image_count < bindparam("fewest", type_=Integer)).label("too_few"),
        _count_of(Application.image_count > bindparam("most", type_=Integer)).label("too_many"),
        _count_of(_handed_in, Application.narrative_length < bindparam("shortest", type_=Integer)).label("too_short"),
        _count_of(Application.narrative_length > bindparam("longest", type_=Integer)).label("too_long"),
        _count_of(Application.category != bindparam("categories", type_=ARRAY(Text)).all_()).label("of_categories"),
        select(func.count())
        .where(Award.campaign_id == _CAMPAIGN_ID, Award.kind != bindparam("award_kinds", type_=ARRAY(Text)).all_())
        .scalar_subquery()
        .label("of_award_kinds"),
        _count_of(~Application.reason_codes.contained_by(_reasons)).label("of_reasons"),
        _count_of(_handed_in, Application.topic.is_(None)).label("without_topic"),
        select(func.count(func.distinct(Filing.committee_id)))
        .where(Filing.campaign_id == _CAMPAIGN_ID, Filing.recommended_order.is_(None))
        .scalar_subquery()
        .label("without_order"),
        _count_of(or_(_fills_any, and_(_handed_in, bindparam("cells_tightened", type_=Boolean)))).label("with_cells"),
        _count_of(or_(_attaches_any, and_(_handed_in, bindparam("attachments_tightened", type_=Boolean)))).label(
            "with_attachments"
        ),
        _count_of(_handed_in, Application.started_on > bindparam("latest_start", type_=Text)).label("begun_too_late"),
        _count_of(_handed_in, exists().where(Unit.id == Application.unit_id, _without_title)).label("without_title"),
        _count_of(_handed_in).label("handed_in"),
        func.jsonb_build_object(*chain.from_iterable(_too_long)).label("too_long_cells"),
    ),
    UsageRow,
)


@row_type
class Concerned:
    """A committee that takes part, and what of it is not done."""

    committee_id: UUID
    committee_name: str
    applications: int
    in_preparation: int
    plan_open: bool


_CONCERNED = Query(
    select(
        Committee.id.label("committee_id"),
        Committee.name.label("committee_name"),
        func.count(Application.id).label("applications"),
        func.count(Application.id).filter(_preparing).label("in_preparation"),
        and_(
            func.jsonb_typeof(func.jsonb_extract_path(Campaign.settings, "plans")) == "object",
            func.coalesce(func.bool_or(Plan.status != PlanStatus.SUBMITTED), True),
        ).label("plan_open"),
    )
    .select_from(Committee)
    .join(Campaign, Campaign.id == _CAMPAIGN_ID)
    .outerjoin(Application, and_(Application.committee_id == Committee.id, Application.campaign_id == _CAMPAIGN_ID))
    .outerjoin(Plan, and_(Plan.committee_id == Committee.id, Plan.campaign_id == _CAMPAIGN_ID))
    .where(or_(Application.id.is_not(None), Plan.id.is_not(None)), acting_as(Role.OFFICE))
    .group_by(Committee.id, Campaign.id)
    .order_by(Committee.code),
    Concerned,
)


@row_type
class FormerChanges:
    """Values of the settings that an earlier change replaced."""

    changes: list[dict[str, object]]


_FORMER = Query(
    select(func.jsonb_extract_path(AuditEvent.data, "changes", type_=JSONB).label("changes")).where(
        AuditEvent.subject_id == _CAMPAIGN_ID,
        AuditEvent.action == EDIT.event.code,
        AuditEvent.data.has_key("changes"),  # since it was published
    ),
    FormerChanges,
)


async def concerned(ctx: Context, campaign_id: UUID) -> Sequence[Concerned]:
    """Read the committees that take part, with what of them is not done."""
    await ctx.flush()
    return await ctx.rows(_CONCERNED, campaign_id=campaign_id)


async def former(ctx: Context, campaign_id: UUID) -> list[Change]:
    """Read from the history the values that the campaign had before."""
    rows = await ctx.rows(_FORMER, campaign_id=campaign_id)
    return [Change(str(each.get("pointer")), each.get("old"), each.get("new")) for row in rows for each in row.changes]


async def usage(ctx: Context, campaign_id: UUID, old: CampaignSettings, new: CampaignSettings) -> Usage:
    """Count what was made under the present rules that new settings would not allow."""
    tightened = cells.tightened(old.cells, new.cells)
    asked_more = attachments.tightened(old.attachments, new.attachments)
    bounds = {
        "numbers": canonical({kind: _numbers_of(new.filed_by(kind)) for kind in (*new.kinds_limited, OTHERS)}).decode(),
        "fewest": new.images.minimum,
        "most": new.images.maximum,
        "shortest": new.narrative.minimum,
        "longest": new.narrative.maximum,
        "categories": [each.code for each in new.categories],
        "award_kinds": [each.code for each in new.award_kinds],
        "reasons": [each.code for each in (*new.return_reasons, *new.disqualification_reasons)],
        "latest_start": new.latest_start.isoformat(),
        "admitted": new.honour_levels or None,
        "lengths": canonical(new.field_lengths).decode(),
        "cells_tightened": bool(tightened),
        "cells_changed": cells.taken_back(old.cells, new.cells) + tightened,
        "attachments_tightened": bool(asked_more),
        "attachments_changed": attachments.taken_back(old.attachments, new.attachments) + asked_more,
    }
    (row,) = await ctx.rows(_USAGE, campaign_id=campaign_id, **bounds)
    lengths = {f"/field_lengths/{name}": count for name, count in row.too_long_cells.items()}
    return Usage({pointer: getattr(row, name) for pointer, name in USED_BY.items()} | lengths)


def _numbers_of(settings: CampaignSettings) -> tuple[int, int | None]:
    return settings.minimum_filed, settings.maximum_filed
