"""Visibility of judging, as conditions that are part of every statement: of rounds, and by conflicts (回避).

The row of a round is the lock for its assignments, and for the reviews that its ranking counts.
"""

from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
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
"""The office sees all rounds, a reviewer those of their panels once they have begun (bind `now`), nobody else any."""

_FOR_JUDGES = (
    *(Round.name, Round.status, Round.blind, Round.shows_others),
    *(Round.criteria, Round.opens_at, Round.closes_at),
)
_content = func.concat_ws("|", *(cast(column, Text) for column in _FOR_JUDGES))
_version = case(
    (acting_as(Role.OFFICE), Round.version),
    else_=func.hashtextextended(_content, 0).op("&")(2**29 - 1),
)
"""For judges a hash of the columns that they may read: the count of changes would reveal the office's work."""

ROUND_COLUMNS = (
    Round.id,
    _version.label("version"),
    Round.campaign_id,
    Round.number,
    Round.name,
    Round.status,
    Round.blind,
    Round.shows_others,
    Round.opens_at,
    Round.closes_at,
)
"""The columns of a round that its judges may read, without the criteria."""

_ROUND = select(Round).where(Round.id == bindparam("round_id")).where(ROUND_VISIBLE)
_FOR_CHANGE = _ROUND.with_for_update()
_AGAINST_CHANGE = _ROUND.with_for_update(read=True)

_profile, _judge, _other = aliased(Reviewer), aliased(Account), aliased(Account)
_case, _filed, _recusal = aliased(Application), aliased(ApplicationVersion), aliased(Recusal)
_phone = func.nullif(phone_digits(_judge.phone), literal_column("''"))
_same_person = or_(
    phone_digits(_case.phone) == _phone,
    exists().where(phone_digits(_other.phone) == _phone, _other.committee_id == _case.committee_id),
    exists().where(_filed.id == _case.filed_version_id, phone_digits(_filed.content["form", "phone"].astext) == _phone),
)
"""The judge is the applicant: the application, its form or an account of the committee has the judge's phone."""

_recused = (
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


def conflict(
    reviewer_id: SQLColumnExpression[UUID], application_id: SQLColumnExpression[UUID]
) -> ColumnElement[str | None]:
    """Select the known conflict of this reviewer with this application, as a `ConflictReason`, or NULL."""
    reason = case(
        (_profile.unit_id == _case.unit_id, ConflictReason.SAME_UNIT.value),
        (_profile.committee_id == _case.committee_id, ConflictReason.SAME_COMMITTEE.value),
        (_same_person, ConflictReason.SAME_PERSON.value),
        else_=_recused,
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
"""The known conflict of the reviewer of an assignment with its case, or NULL."""

IN_FORCE = and_(Assignment.withdrawn_at.is_(None), CONFLICT.is_(None))
"""Condition of an assignment that counts: not withdrawn, and without a known conflict."""


async def lock_round(ctx: Context, round_id: UUID) -> Round:
    """Return the round, locked for a change; NotFound unless the actor may see it."""
    return await _locked(ctx, _FOR_CHANGE, round_id)


async def hold_round(ctx: Context, round_id: UUID) -> Round:
    """Return the round, locked against changes but not against other holders; NotFound unless the actor may see it."""
    return await _locked(ctx, _AGAINST_CHANGE, round_id)


async def _locked(ctx: Context, statement: Select[Round], round_id: UUID) -> Round:
    return await ctx.lock(statement, round_id=round_id, now=ctx.now)
