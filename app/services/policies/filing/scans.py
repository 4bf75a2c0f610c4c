"""The regulation of stamped scans: what deserves a second look before they count."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import Severity

SCAN_DAMAGED = Rule(
    "scan_damaged",
    "盖章扫描件的数据有损坏，画面可能部分错乱；请查看，必要时重新扫描。",
    "The stamped scan was painted of damaged data and may be garbled in part: look at it, and scan again if need be.",
    Severity.ADVICE,
)
SCAN_SEEN_BEFORE = Rule(
    "scan_seen_before",
    "盖章扫描件与 {numbers} 的完全相同；如系误传，请换上本件的盖章扫描件。",
    "The stamped scan is the very one of {numbers}: if that is a mistake, seal it with its own.",
    Severity.ADVICE,
)


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """The stamped scan of a seal in force: whether its data were damaged, and what else was sealed with it."""

    damaged: bool = False
    seen_in: Sequence[str] = ()


NOT_SCANNED = ScanFacts()


def scan_findings(scan: ScanFacts) -> list[Finding]:
    """Advise a look at a stamped scan that is damaged, or seals another application too."""
    return [
        *([SCAN_DAMAGED("/endorsement")] if scan.damaged else []),
        *([SCAN_SEEN_BEFORE("/endorsement", numbers="、".join(scan.seen_in))] if scan.seen_in else []),
    ]
