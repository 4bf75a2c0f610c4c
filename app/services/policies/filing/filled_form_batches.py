"""Several filled forms in one request: which of them are one, and the place of a finding about one of them."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies.filing.images import FILE_TOO_LARGE, MAX_FILE

MOST_FILES = 10
UNITS_DIFFER = Rule(
    "units_differ",
    "文件 {files} 份，申报单位 {units} 个：须一一对应；单位为自己报送时全部不填。",
    "{files} files and {units} units: send one for each file; a unit that means itself sends none.",
)
REPEATED_FILE = Rule(
    "repeated_file",
    "这份文件与第 {earlier} 份内容完全相同，没有再读。",
    "This file is the same as file {earlier}, and was not read again.",
)
REPEATED_NAME = Rule(
    "repeated_name",
    "这份文件与第 {earlier} 份同名（{name}），但内容不同或单位不同，请核对是否发错。",
    "This file has the name of file {earlier} ({name}), but says something else or is for another unit: make sure that "
    "it is the right one.",
    Severity.ADVICE,
)


def batch_findings(files: int, units: int) -> list[Finding]:
    """Require a unit for each file, or none."""
    return [] if units in {0, files} else [UNITS_DIFFER("/unit_ids", files=files, units=units)]


def large_findings(size: int) -> list[Finding]:
    """Refuse a file before it is read."""
    return [FILE_TOO_LARGE("/file", size=size, maximum=MAX_FILE)] if size > MAX_FILE else []


def repeated_findings(digest: Hashable, before: Sequence[Hashable]) -> list[Finding]:
    """Refuse a file that an earlier one is, for the same unit."""
    return [REPEATED_FILE("/file", earlier=before.index(digest) + 1)] if digest in before else []


def name_findings(index: int, names: Sequence[str]) -> list[Finding]:
    """Tell of a file that an earlier one has the name of."""
    name = names[index]
    earlier = names.index(name)
    return [REPEATED_NAME(f"/files/{index}", earlier=earlier + 1, name=name)] if name and earlier < index else []


def in_batch(index: int, finding: Finding) -> Finding:
    """Let a finding about a form that came alone point at that file of several."""
    alone = {"/file": f"/files/{index}", "/unit_id": f"/unit_ids/{index}"}
    if place := alone.get(finding.pointer or ""):
        return replace(finding, pointer=place)
    return finding if finding.pointer == "/campaign_id" else finding.under(f"/files/{index}")
