"""Visibility of applications, plans and nominations, as conditions that are part of every statement."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from app.context import ACTOR_UNIT, acting_as, granted, own_committees
from app.models import (
    Application,
    ApplicationVersion,
    Award,
    Campaign,
    Extension,
    Nomination,
    Partner,
    Plan,
    Round,
    RoundEntry,
    Veto,
)
from app.models.enums import (
    ApplicationStatus,
    AwardStatus,
    DeadlineKind,
    NominationStatus,
    Role,
    RoundStatus,
    VersionOccasion,
)
from app.services.policies.filing.applications import IN_PREPARATION

_asked = select(Partner.application_id).where(Partner.unit_id == ACTOR_UNIT)
AS_PARTNER = and_(acting_as(Role.UNIT), Application.id == func.any(func.array(_asked.scalar_subquery())))
"""The actor's unit was asked to apply together with the application's own. It reads, and writes nothing."""

OWN = or_(
    and_(acting_as(Role.UNIT), Application.unit_id == ACTOR_UNIT),
    AS_PARTNER,
    and_(acting_as(Role.COMMITTEE), own_committees(Application.committee_id)),
)
"""A unit's own and those it is a partner of, a committee's units', and those of a committee merged into it."""

_ONCE_FILED = and_(acting_as(Role.OFFICE), Application.filed_version_id.is_not(None))
VISIBLE = or_(OWN, _ONCE_FILED)
"""A unit sees its own, a committee its units', the office what was once filed — as it was filed."""

VISIBLE_VERSION = or_(OWN, and_(_ONCE_FILED, ApplicationVersion.occasion == VersionOccasion.FILING))
"""The owners see every version, the office those that were filed."""

OUTWARD_STATUS = case({status.value: status.outward.value for status in ApplicationStatus}, value=Application.status)
STATUS = case((OWN, Application.status), else_=OUTWARD_STATUS)
"""State of an application: its owners read the true one, everybody else the outward one. Every read selects this."""

_INWARD = [status for status in ApplicationStatus if status is not status.outward]


def in_states(states: ColumnElement[Any]) -> ColumnElement[bool]:
    """Its state is one of these as its reader knows them; put so that PostgreSQL can use an index on the state."""
    theirs = func.array_remove(states, ApplicationStatus.DRAFT.value)  # nothing that was ever filed is one
    for status in _INWARD:
        asked_for = literal(status.outward.value) == states.any_()
        inward = case((asked_for, array([status.value])), else_=array([], type_=Text))
        theirs = func.array_cat(func.array_remove(theirs, status.value), inward)
    return Application.status == case((acting_as(Role.OFFICE), theirs), else_=states).any_()


ETAG_VERSION = case(
    (
        acting_as(Role.OFFICE),
        ApplicationVersion.number * 10 + func.array_position(array(list(ApplicationStatus)), OUTWARD_STATUS),
    ),
    else_=Application.version,
)
"""The version in a reader's ETag; the office's changes with each filing and each state, not with edits of a draft."""


_next_day = cast(cast(Campaign.settings["applications", "due_on"].astext, Date) + 1, DateTime())
CLOSES_AT = func.coalesce(
    cast(Campaign.settings["applications", "enforced_at"].astext, DateTime(timezone=True)),
    func.timezone(func.jsonb_extract_path_text(Campaign.settings, literal_column("'timezone'")), _next_day),
)
"""The deadline of a campaign's applications, without extensions."""
_NOW = bindparam("now", type_=DateTime(timezone=True))
_closed = select(Campaign.id).where(CLOSES_AT <= _NOW).scalar_subquery()


def _extended(*whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """An extension has not ended yet: the committee's and the application's own are looked up in an index each."""
    still = Extension.until > _NOW, Extension.revoked_at.is_(None), Extension.kind == DeadlineKind.APPLICATION
    return exists().where(*whose, *still)


_are_closed = func.array(_closed)
OVERDUE = and_(
    func.cardinality(_are_closed) > 0,  # asked once, where no deadline has passed yet
    or_(*(Application.status == status for status in sorted(IN_PREPARATION))),
    Application.campaign_id == func.any(_are_closed),
    not_(
        _extended(
            Extension.application_id.is_(None),
            Extension.committee_id == Application.committee_id,
            Extension.campaign_id == Application.campaign_id,
        )
    ),
    not_(_extended(Extension.application_id == Application.id)),
)
"""It is still in preparation, or out for correction, and the deadline that counts for it has passed."""


PLAN_VISIBLE = or_(
    and_(acting_as(Role.COMMITTEE), own_committees(Plan.committee_id)),
    and_(acting_as(Role.OFFICE), Plan.submitted_at.is_not(None)),
)
"""A committee sees its own plans, the office what was once submitted, nobody else any."""


def nominations_visible(campaign_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Those of a campaign are visible to the office and to clients that were granted it, with every revision."""
    return or_(acting_as(Role.OFFICE), granted(campaign_id))


NOMINATION_VISIBLE = nominations_visible(Nomination.campaign_id)
"""With its payload and everything that is handed over."""

NOMINATION_READABLE = or_(NOMINATION_VISIBLE, exists().where(Application.id == Nomination.application_id, OWN))
"""Its owners read that their case was nominated, how far it is and the answers; the offices' words are not theirs."""

SENT_BACK = and_(
    acting_as(Role.OFFICE),
    exists().where(Nomination.application_id == Application.id, Nomination.status == NominationStatus.RETURNED),
)
"""The municipal office has returned its nomination; visible to the office, which must act on it."""

_nominated = exists().where(
    Nomination.application_id == Application.id,
    Nomination.status != NominationStatus.REPLACED,
    Nomination.status != NominationStatus.WITHDRAWN,
)
NOMINATED = and_(acting_as(Role.OFFICE), _nominated)
AWARD_STANDS = exists().where(
    Award.application_id == Application.id,
    Award.status != AwardStatus.DROPPED,
    Award.status != AwardStatus.REVOKED,
    or_(acting_as(Role.OFFICE), Award.status == AwardStatus.AWARDED),
)
"""There is an award for it; only the office knows of one that is not given yet."""

_round = (
    select(Round.name)
    .join(RoundEntry, RoundEntry.round_id == Round.id)
    .where(RoundEntry.application_id == Application.id, Round.status != RoundStatus.CLOSED)
    .limit(1)
    .correlate(Application)
    .scalar_subquery()
)
IN_ROUND = case((acting_as(Role.OFFICE), _round))
"""Name of a round that is not closed and has it."""

_on_file = Veto.version_id == Application.filed_version_id
_answers = select(func.jsonb_object_agg(Veto.code, Veto.found)).where(_on_file).correlate(Application)
VETOES = case((and_(acting_as(Role.OFFICE), Campaign.settings.has_key("vetoes")), _answers.scalar_subquery()))
"""Answers to the veto list about what is on file, beside its campaign."""

VETOED = exists().where(_on_file, Veto.found)
"""An item of the veto list was found. Only for what the office alone reads."""
