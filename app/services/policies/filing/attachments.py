"""The regulation of supporting documents (佐证材料): how many of each kind, in which format, and who reads them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.findings import Finding, Rule
from app.models.enums import AttachmentFormat, Severity
from app.services.policies import Event
from app.services.policies.filing.attachment_settings import AttachmentKind
from app.services.policies.filing.forms import Content
from app.services.policies.filing.notice import CampaignSettings

AttachmentType = Literal[
    "application/pdf",
    "image/jpeg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
]
FORMATS = {
    "application/pdf": AttachmentFormat.PDF,
    "image/jpeg": AttachmentFormat.PICTURE,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": AttachmentFormat.WORD,
}
"""The format of a file by the media type under which it is kept."""
LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Stored:
    """A supporting document as a content has it, with the version of its row where it is one of now."""

    id: str
    kind: str
    title: str
    media_type: str
    sha256: str
    size: int
    version: int = 1


UNKNOWN_ATTACHMENT_KIND = Rule(
    "unknown_attachment_kind",
    "活动中没有这一类佐证材料：{kind}。",
    "The campaign has no such kind of documents: {kind}.",
)
TOO_MANY_ATTACHMENTS = Rule(
    "too_many_attachments",
    "“{label}”最多 {maximum} 份，现有 {count} 份。",
    "At most {maximum} of “{label}” are allowed; there are {count}.",
)
TOO_FEW_ATTACHMENTS = Rule(
    "too_few_attachments",
    "“{label}”至少 {minimum} 份，现有 {count} 份。",
    "At least {minimum} of “{label}” are needed; there are {count}.",
)
FEW_ATTACHMENTS = Rule(
    "too_few_attachments",
    "建议附上“{label}”至少 {minimum} 份，现有 {count} 份。",
    "At least {minimum} of “{label}” are advised; there are {count}.",
    Severity.ADVICE,
)
WRONG_FORMAT = Rule(
    "wrong_format",
    "“{label}”须为以下格式：{formats}；这是{format}。",
    "“{label}” is taken as {formats}; this is {format}.",
)
ATTACHMENT_TOO_LARGE = Rule(
    "attachment_too_large",
    "文件过大（{size} 字节），“{label}”每份最多 {maximum} 字节。",
    "The file is too large ({size} bytes): at most {maximum} bytes each of “{label}”.",
)


def attached_to(content: Content) -> Sequence[Stored]:
    """Return the supporting documents of a content, which has the member where there are any."""
    return stored(content.get("attachments", ()))


def stored(attachments: Iterable[Mapping[str, Any]]) -> list[Stored]:
    """Read supporting documents from JSON."""
    return [Stored(**each) for each in attachments]


def kind_of(settings: CampaignSettings, code: str) -> AttachmentKind | None:
    return next((kind for kind in settings.attachments if kind.code == code), None)


def attachment_findings(settings: CampaignSettings, kinds: Sequence[str]) -> list[Finding]:
    """Return what is missing or too much among the supporting documents, which are given by their kinds."""
    counts = Counter(kinds)
    unknown = sorted(counts.keys() - {kind.code for kind in settings.attachments})
    return [
        *(finding for kind in settings.attachments for finding in _count_findings(kind, counts[kind.code])),
        *(UNKNOWN_ATTACHMENT_KIND("/attachments", kind=code) for code in unknown),
    ]


def _count_findings(kind: AttachmentKind, count: int) -> list[Finding]:
    if count < kind.minimum:
        rule = TOO_FEW_ATTACHMENTS if kind.required else FEW_ATTACHMENTS
        return [rule("/attachments", label=kind.name, minimum=kind.minimum, count=count)]
    if count > kind.maximum:
        return [TOO_MANY_ATTACHMENTS("/attachments", label=kind.name, maximum=kind.maximum, count=count)]
    return []


def room_findings(settings: CampaignSettings, kinds: Sequence[str], code: str, size: int) -> list[Finding]:
    """Return why there is no room for one more of a kind, or not for one so large."""
    kind = kind_of(settings, code)
    if kind is None:
        return [UNKNOWN_ATTACHMENT_KIND("/kind", kind=code)]
    count = kinds.count(code) + 1
    full = [TOO_MANY_ATTACHMENTS("/kind", label=kind.name, maximum=kind.maximum, count=count)]
    large = [ATTACHMENT_TOO_LARGE("/file", label=kind.name, maximum=kind.max_bytes, size=size)]
    return [*(full if count > kind.maximum else []), *(large if size > kind.max_bytes else [])]


def format_findings(settings: CampaignSettings, code: str, media_type: str) -> list[Finding]:
    """Require a file in a format that the kind takes, by its content."""
    kind, found = kind_of(settings, code), FORMATS[media_type]
    if kind is None or found in kind.formats:
        return []
    return [WRONG_FORMAT("/file", label=kind.name, formats=kind.formats, format=found)]


def taken_back(old: Sequence[AttachmentKind], new: Sequence[AttachmentKind]) -> list[str]:
    """Return the kinds that are no more: somebody may have attached some."""
    return sorted({kind.code for kind in old} - {kind.code for kind in new})


def tightened(old: Sequence[AttachmentKind], new: Sequence[AttachmentKind]) -> list[str]:
    """Return the kinds that ask for more than before, take less, or show more."""
    before = {kind.code: kind for kind in old}
    return sorted(kind.code for kind in new if _is_tighter(before.get(kind.code), kind))


def asks_more(old: Sequence[AttachmentKind], new: Sequence[AttachmentKind]) -> bool:
    """Return true if a kind is no more, or is tighter than before."""
    return bool(taken_back(old, new) or tightened(old, new))


def _is_tighter(before: AttachmentKind | None, after: AttachmentKind) -> bool:
    if before is None:
        return _needed(after) > 0
    return (
        _needed(after) > _needed(before)
        or after.maximum < before.maximum
        or after.max_bytes < before.max_bytes
        or not set(before.formats) <= set(after.formats)
        or (before.blind and not after.blind)
    )


def _needed(kind: AttachmentKind) -> int:
    return kind.minimum if kind.required else 0


def for_judges(
    kinds: Iterable[AttachmentKind], attachments: Sequence[Stored], *, blind: bool
) -> list[tuple[int, AttachmentKind, Stored]]:
    """Return the documents that judges read, with their places among all; in a blind round none of a blind kind.

    What the campaign does not define any more is read by nobody.
    """
    known = {kind.code: kind for kind in kinds if not (blind and kind.blind)}
    return [(place, known[each.kind], each) for place, each in enumerate(attachments, 1) if each.kind in known]


ADDED = Event("attachment.added", "添加佐证材料", "Added a supporting document")
RETITLED = Event("attachment.retitled", "修改佐证材料标题", "Changed the title of a supporting document")
REMOVED = Event("attachment.removed", "删除佐证材料", "Took a supporting document out")
APPLICATION_ATTACHMENT_ADDED = Event("application.attachment_added", "添加佐证材料", "Added a supporting document")
APPLICATION_ATTACHMENT_RETITLED = Event(
    "application.attachment_retitled", "修改佐证材料标题", "Changed the title of a supporting document"
)
APPLICATION_ATTACHMENT_REMOVED = Event(
    "application.attachment_removed", "删除佐证材料", "Took a supporting document out"
)
