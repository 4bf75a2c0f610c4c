"""The regulation of awards (奖项): proposed, perhaps held by an objection, awarded, perhaps revoked."""

from app.models.enums import AwardStatus as Status
from app.models.enums import Role
from app.services.policies import Transition

OFFICE = Role.OFFICE
EDIT = Transition("edit", "award.edited", {OFFICE: {Status.PROPOSED}})
DELETE = Transition("delete", "award.deleted", {OFFICE: {Status.PROPOSED}})
HOLD = Transition("hold", "award.held", {OFFICE: {Status.PROPOSED}}, Status.HELD)
RELEASE = Transition("release", "award.released", {OFFICE: {Status.HELD}}, Status.PROPOSED)
DROP = Transition("drop", "award.dropped", {OFFICE: {Status.PROPOSED, Status.HELD}}, Status.DROPPED)
AWARD = Transition("award", "award.awarded", {OFFICE: {Status.PROPOSED}}, Status.AWARDED)
REVOKE = Transition("revoke", "award.revoked", {OFFICE: {Status.AWARDED}}, Status.REVOKED)
TRANSITIONS = (EDIT, DELETE, HOLD, RELEASE, DROP, AWARD, REVOKE)
