"""Who must keep away (回避) from which case: the one definition of a conflict of interest, part of every statement."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from app.models import Account, Application, ApplicationVersion, Assignment, Recusal, Reviewer
from app.models.accounts import phone_digits
from app.models.enums import ConflictReason, RecusalKind

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
