"""The comparison of two sides' nominations: the same set, or the names of those that differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.models.enums import NominationStatus
from app.services.policies.handover.nominations import REPLACED_OR_WITHDRAWN


@dataclass(frozen=True, slots=True)
class Entry:
    """A nomination as both sides know it: which one, which revision, and the digest of what was handed over."""

    nomination_id: UUID
    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class Ours:
    """An entry of ours, and its state."""

    entry: Entry
    status: NominationStatus

    @property
    def stands(self) -> bool:
        return self.status not in REPLACED_OR_WITHDRAWN


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences of the other side's set: missing there, unknown here, of other content, or superseded here."""

    missing: Sequence[UUID]
    unknown: Sequence[UUID]
    different: Sequence[UUID]
    superseded: Sequence[UUID]

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.unknown or self.different)


def plain(entries: Iterable[Entry]) -> list[list[object]]:
    """The set in the one order and form its digest is taken of, so that the other side can take it too."""
    return [[str(each.nomination_id), each.revision, each.digest] for each in sorted(entries, key=_place)]


def compare(ours: Iterable[Ours], theirs: Iterable[Entry]) -> Comparison:
    """Compare the other side's set with ours: it should hold every current revision, and nothing unknown to us."""
    here, there = {each.entry.nomination_id: each for each in ours}, {each.nomination_id: each for each in theirs}
    known = [here[one] for one in there if one in here]
    return Comparison(
        missing=[one for one, our in here.items() if our.stands and one not in there],
        unknown=[one for one in there if one not in here],
        different=[our.entry.nomination_id for our in known if our.entry != there[our.entry.nomination_id]],
        superseded=[our.entry.nomination_id for our in known if not our.stands],
    )


def _place(entry: Entry) -> str:
    return str(entry.nomination_id)
