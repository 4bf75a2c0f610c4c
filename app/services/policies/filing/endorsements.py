"""Endorsements (审核盖章): their events, and the paper that was stamped; the rules of the seal are elsewhere."""

import re
from collections.abc import Sequence

from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies import Event

MADE = Event("endorsement.made", "存入盖章扫描件", "Kept the stamped form")
VOIDED = Event("endorsement.voided", "盖章失效", "Voided the seal")
PROVEN = 32
"""Characters of a digest in a printed code: 128 bits."""
CODE = re.compile(rf"PP:([^:]+):([0-9]+):([0-9A-F]{{{PROVEN}}})")
"""A printed code: the application's number, the version or 0, and the beginning of the digest."""
ANOTHER_PAPER = Rule(
    "another_paper",
    "盖章的纸件是 {printed} 的{version}（摘要 {printed_digest}），不是 {number} 的现有内容（摘要 {digest}）。"
    "请打印现有内容，重新盖章后上传。",
    "The stamped paper is {version_en} of {printed} (digest {printed_digest}), not what {number} says now (digest "
    "{digest}): print it anew, and have that stamped.",
)
UNREAD_PAPER = Rule(
    "unread_paper",
    "扫描件上没有读到本系统打印的二维码，无法自动核对盖章的是否现有内容，请人工核对。",
    "No code of a printed form was read from the scan, so that nobody but you can tell whether this content was "
    "stamped.",
    Severity.ADVICE,
)


def code_of(number: str, version: int | None, digest: str) -> str:
    """Return the code to be printed: what is stamped is compared by it, and nobody is trusted for it."""
    return f"PP:{number}:{version or 0}:{digest[:PROVEN].upper()}"


def paper_findings(number: str, digest: str, codes: Sequence[str]) -> list[Finding]:
    """Refuse the paper of another application, or of another version; one without a code is taken as it is."""
    papers = [match for match in map(CODE.fullmatch, codes) if match]
    if not papers or any(digest.startswith(paper[3].lower()) for paper in papers):
        return []
    printed, version, printed_digest = papers[0].groups()
    said = {"version": f"第{version}版", "version_en": f"version {version}"}
    if version == "0":
        said = {"version": "草稿", "version_en": "a draft"}
    told = {"printed_digest": printed_digest[:16].lower(), "number": number, "digest": digest[:16]}
    return [ANOTHER_PAPER("/file", printed=printed, **said, **told)]


def paper_advice(*, verified: bool) -> list[Finding]:
    """Advise a look at a paper without a code."""
    return [] if verified else [UNREAD_PAPER()]
