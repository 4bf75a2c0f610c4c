"""Who sees what of an application, as conditions that are part of every statement."""

from sqlalchemy import and_, or_

from app.context import ACTOR_COMMITTEE, ACTOR_UNIT, acting_as
from app.models import Application, ApplicationVersion
from app.models.enums import Role, VersionOccasion

OWN = or_(
    and_(acting_as(Role.UNIT), Application.unit_id == ACTOR_UNIT),
    and_(acting_as(Role.COMMITTEE), Application.committee_id == ACTOR_COMMITTEE),
)
"""A unit's own, a committee's units'."""

_ONCE_FILED = and_(acting_as(Role.OFFICE), Application.filed_version_id.is_not(None))
VISIBLE = or_(OWN, _ONCE_FILED)
"""A unit sees its own, a committee its units', the office what was once filed — as it was filed."""

VISIBLE_VERSION = or_(OWN, and_(_ONCE_FILED, ApplicationVersion.occasion == VersionOccasion.FILING))
"""The owners see every version, the office those that were filed."""
