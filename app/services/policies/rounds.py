"""The regulation of rounds (评选轮次): when they are set up, opened and closed, and when judges may score in them."""

from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import Role
from app.models.enums import RoundStatus as Status
from app.services.policies import Transition, wrong_state

OFFICE = Role.OFFICE
EDIT = Transition("edit", "round.edited", {OFFICE: {Status.DRAFT, Status.OPEN}})
DELETE = Transition("delete", "round.deleted", {OFFICE: {Status.DRAFT}})
OPEN = Transition("open", "round.opened", {OFFICE: {Status.DRAFT}}, Status.OPEN)
CLOSE = Transition("close", "round.closed", {OFFICE: {Status.OPEN}}, Status.CLOSED)
TRANSITIONS = (EDIT, DELETE, OPEN, CLOSE)

SCORING_NOT_BEGUN = Rule("not_yet_open", "本轮评审尚未开始。", "The round has not begun.")
SCORING_OVER = Rule("deadline_passed", "本轮评审时间已过。", "The round's time for scoring is over.")


def scoring_findings(status: Status, opens_at: datetime, closes_at: datetime, now: datetime) -> list[Finding]:
    """Why scores may not be saved now: the round is not open, has not begun, or its time is over."""
    return [
        *([] if status is Status.OPEN else [wrong_state(status)]),
        *([SCORING_NOT_BEGUN(opens_at=opens_at)] if now < opens_at else []),
        *([SCORING_OVER(closes_at=closes_at)] if now >= closes_at else []),
    ]
