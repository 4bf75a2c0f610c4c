"""The regulation of a campaign's documents: the office adds them and takes them away; which act, says the campaign."""

from datetime import datetime

from app.findings import Finding, Rule
from app.services.policies import Event

REMOVED_ALREADY = Rule("already_removed", "该文件已经移除。", "The document is removed already.")


def removal_findings(removed_at: datetime | None) -> list[Finding]:
    """Require a document that is still there; those it was sent to keep it."""
    return [] if removed_at is None else [REMOVED_ALREADY()]


REMOVED = Event("document.removed", "移除文件", "Removed a document")
