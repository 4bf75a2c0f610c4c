"""The differences between two versions of an application, for people: by cell, by sentence, by picture."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from app.models.enums import Labelled
from app.services.policies.filing.attachments import Stored
from app.services.policies.filing.cells import text_of
from app.services.policies.filing.forms import FORM, Content, form_of, own_values
from app.services.policies.filing.own_cells import OwnCell

StoredImage = Mapping[str, Any]
"""A picture as a content has it."""
MOST_SENTENCES = 400
"""About 2000 字 are some sixty sentences; a longer text is compared as a whole, since the cost grows as the square."""

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+")


class TextChange(Labelled):
    """Change of a piece of text."""

    SAME = "same", "未改动"
    REMOVED = "removed", "删去"
    ADDED = "added", "新增"


class PictureChange(Labelled):
    """Change of a picture."""

    ADDED = "added", "新增"
    REMOVED = "removed", "删去"
    REPLACED = "replaced", "更换"
    DESCRIBED = "described", "改说明"
    MOVED = "moved", "改次序"
    ASSIGNED = "assigned", "改用途"


class AttachmentChange(Labelled):
    """Change of a supporting document."""

    ADDED = "added", "新增"
    REMOVED = "removed", "删去"
    RETITLED = "retitled", "改标题"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of sentences, and what became of it."""

    change: TextChange
    text: str


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A cell with another text; its pieces in order, without the added ones, are the earlier text."""

    cell: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class PictureDifference:
    """A picture that is not what it was; what is absent on one side is null there."""

    change: PictureChange
    image_id: UUID
    slot_before: int | None
    slot_after: int | None
    caption_before: str | None
    caption_after: str | None
    role_before: str | None = None
    role_after: str | None = None


@dataclass(frozen=True, slots=True)
class AttachmentDifference:
    """A supporting document that is not what it was; what is absent on one side is null there."""

    change: AttachmentChange
    attachment_id: UUID
    kind: str
    title_before: str | None
    title_after: str | None


def cell_differences(before: Content, after: Content) -> list[CellDifference]:
    """The cells that differ between two contents, in the order of the form."""
    return _differences(_cells(before), _cells(after))


def own_cell_differences(own: Sequence[OwnCell], before: Content, after: Content) -> list[CellDifference]:
    """The campaign's own cells that differ, by code, compared in words."""
    cells = {cell.code: cell for cell in own}
    old, new = (
        {code: text_of(value, cells.get(code)) for code, value in own_values(each).items()} for each in (before, after)
    )
    return _differences(old, new)


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[CellDifference]:
    both = [(cell, old.get(cell, ""), new.get(cell, "")) for cell in {**new, **old}]
    return [CellDifference(cell, pieces(before, after)) for cell, before, after in both if before != after]


def pieces(before: str, after: str) -> list[Piece]:
    """Compare two texts by whole sentences."""
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    if max(len(old), len(new)) > MOST_SENTENCES:
        old, new = [before], [after]
    found = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece(TextChange.SAME, "".join(old[old_from:old_to])))
        else:
            found.append(Piece(TextChange.REMOVED, "".join(old[old_from:old_to])))
            found.append(Piece(TextChange.ADDED, "".join(new[new_from:new_to])))
    return [piece for piece in found if piece.text]


def picture_differences(before: Sequence[StoredImage], after: Sequence[StoredImage]) -> list[PictureDifference]:
    """Compare the pictures, in the later order; removed ones come last."""
    old, new = {image["id"]: image for image in before}, {image["id"]: image for image in after}
    return [
        PictureDifference(
            change,
            UUID(image_id),
            slot_before=old.get(image_id, {}).get("slot"),
            slot_after=new.get(image_id, {}).get("slot"),
            caption_before=old.get(image_id, {}).get("caption"),
            caption_after=new.get(image_id, {}).get("caption"),
            role_before=old.get(image_id, {}).get("role"),
            role_after=new.get(image_id, {}).get("role"),
        )
        for image_id in new | old
        for change in _changes(old.get(image_id), new.get(image_id))
    ]


def attachment_differences(before: Sequence[Stored], after: Sequence[Stored]) -> list[AttachmentDifference]:
    """Compare the supporting documents, in the later order; removed ones come last."""
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    return [
        AttachmentDifference(
            change,
            UUID(attachment_id),
            (new | old)[attachment_id].kind,
            title_before=_title(old.get(attachment_id)),
            title_after=_title(new.get(attachment_id)),
        )
        for attachment_id in new | old
        if (change := _change(old.get(attachment_id), new.get(attachment_id)))
    ]


def _title(attachment: Stored | None) -> str | None:
    return attachment.title if attachment else None


def _change(before: Stored | None, after: Stored | None) -> AttachmentChange | None:
    if before is None or after is None:
        return AttachmentChange.ADDED if before is None else AttachmentChange.REMOVED
    return None if before.title == after.title else AttachmentChange.RETITLED


def _changes(before: StoredImage | None, after: StoredImage | None) -> Iterator[PictureChange]:
    if before is None:
        yield PictureChange.ADDED
    elif after is None:
        yield PictureChange.REMOVED
    else:
        compared = (
            ("sha256", PictureChange.REPLACED),
            ("caption", PictureChange.DESCRIBED),
            ("slot", PictureChange.MOVED),
            ("role", PictureChange.ASSIGNED),
        )
        yield from (change for name, change in compared if before.get(name) != after.get(name))


def _cells(content: Content) -> dict[str, str]:
    form = {name: form_of(content).get(name) for name in FORM}
    names = {name: content[name] for name in ("unit_name", "committee_name")}
    return {cell: value or "" for cell, value in (names | form).items()}
