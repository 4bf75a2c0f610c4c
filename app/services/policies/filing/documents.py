"""The regulation of a campaign's documents: the office adds them and takes them away; which act, says the campaign."""

from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import DocumentKind
from app.services.policies import Event

REMOVED_ALREADY = Rule("already_removed", "该文件已经移除。", "The document is removed already.")
EVIDENCE_NOT_PUBLIC = Rule(
    "evidence_not_public",
    "外部得分佐证只供主办单位查阅，不能公开。",
    "Evidence of figures is for the office alone: it is not public.",
)
PROVES_FIGURES = Rule(
    "proves_figures", "该文件是已导入的外部得分的佐证，不能移除。", "It proves figures that were imported, and stays."
)


def addition_findings(kind: DocumentKind, *, public: bool) -> list[Finding]:
    """Keep evidence of figures from everybody: it tells the result of a part before there is one."""
    return [EVIDENCE_NOT_PUBLIC("/public")] if public and kind is DocumentKind.EVIDENCE else []


def removal_findings(removed_at: datetime | None, *, proves: bool = False) -> list[Finding]:
    """Require a document that is still there, and proves nothing; those it was sent to keep it."""
    if removed_at is not None:
        return [REMOVED_ALREADY()]
    return [PROVES_FIGURES()] if proves else []


REMOVED = Event("document.removed", "移除文件", "Removed a document")
