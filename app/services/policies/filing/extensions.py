"""The regulation of later deadlines (延期): the office grants them, and may take them back."""

from datetime import datetime

from app.findings import Finding, Rule
from app.services.policies import Event
from app.services.policies.filing.campaigns import DEADLINE_IN_THE_PAST
from app.services.policies.filing.deadlines import Deadline

DEADLINE_NOT_LATER = Rule(
    "deadline_not_later",
    "须晚于“{campaign}”现行的{label}截止时间（{enforced_at}）。",
    "It must be later than the present {kind} deadline of {campaign} ({enforced_at}).",
)
ALREADY_REVOKED = Rule("already_revoked", "该延期已经撤销。", "The extension is revoked already.")


def grant_findings(present: Deadline, until: datetime, now: datetime) -> list[Finding]:
    """Return why a deadline may not be extended to that instant: it is past, or not later than the present one."""
    later = until > present.enforced_at
    day = present.due_on
    not_later = DEADLINE_NOT_LATER("/due_on", **present.named, due_on=day, enforced_at=present.enforced_at)
    return [
        *([] if until > now else [DEADLINE_IN_THE_PAST("/due_on", closes_at=until)]),
        *([] if later else [not_later]),
    ]


def revocation_findings(revoked_at: datetime | None) -> list[Finding]:
    """Require an extension that is not revoked yet; what was done under it stays done."""
    return [] if revoked_at is None else [ALREADY_REVOKED()]


REVOKED = Event("extension.revoked", "撤销延期", "Revoked a later deadline")
