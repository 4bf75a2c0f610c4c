"""Who sees what of judging, as conditions that are part of every statement: rounds, and who must keep away (回避).

A round's row is the lock for who reviews what, and for what its ranking counts.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from app.context import ACTOR_ID, Context, acting_as
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    PanelMember,
    Recusal,
    Reviewer,
    Round,
)
from app.models.enums import ConflictReason, RecusalKind, Role, RoundStatus
from app.models.people.accounts import phone_digits

NOW = bindparam("now", type_=DateTime(timezone=True))
ROUND_VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(
        acting_as(Role.REVIEWER),
        Round.status != RoundStatus.DRAFT,
        Round.opens_at <= NOW,
        exists().where(PanelMember.round_id == Round.id, PanelMember.reviewer_id == ACTOR_ID).correlate(Round),
    ),
)
"""The office sees all, a reviewer those whose panel they are on, once they have begun (bind `now`), nobody else any."""

_SHOWN = (Round.name, Round.status, Round.blind, Round.shows_others, Round.criteria, Round.opens_at, Round.closes_at)
_said = func.concat_ws("|", *(cast(column, Text) for column in _SHOWN))
SHOWN_ROUND_VERSION = case(
    (acting_as(Role.OFFICE), Round.version),
    else_=func.hashtextextended(_said, 0).op("&")(2**29 - 1),
)
"""A judge's ETag tells of what judges are shown alone: the count of changes would tell of the office's work."""

ROUND_COLUMNS = (
    Round.id,
    SHOWN_ROUND_VERSION.label("version"),
    Round.campaign_id,
    Round.number,
    Round.name,
    Round.status,
    Round.blind,
    Round.shows_others,
    Round.opens_at,
    Round.closes_at,
)
"""What judges are shown of a round in a list, and beside its criteria."""

_SEEN = select(Round).where(Round.id == bindparam("round_id")).where(ROUND_VISIBLE)
_LOCKED = _SEEN.with_for_update()
_HELD = _SEEN.with_for_update(read=True)

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


async def lock_round(ctx: Context, round_id: UUID) -> Round:
    """The round, locked for a change; NotFound unless the actor may see it."""
    return await _found(ctx, _LOCKED, round_id)


async def hold_round(ctx: Context, round_id: UUID) -> Round:
    """The round, kept from changing while this goes on beside others; NotFound unless the actor may see it."""
    return await _found(ctx, _HELD, round_id)


async def _found(ctx: Context, statement: Select[Round], round_id: UUID) -> Round:
    return await ctx.lock(statement, round_id=round_id, now=ctx.now)
