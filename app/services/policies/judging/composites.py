"""The regulation of composite results (综合成绩): which sources make one, and what a part without one means."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import CampaignStatus
from app.services.policies import UNKNOWN_REFERENCE, Event
from app.services.policies.filing.applications import CAMPAIGN_NOT_OPEN
from app.services.policies.filing.composite_settings import CompositeSettings

UNKNOWN_COMPOSITE = Rule(
    "unknown_composite", "活动通知没有规定这一综合成绩。", "The notice has no composite result of this code."
)
UNKNOWN_PART = Rule("unknown_part", "“{name}”没有这一项。", "“{name}” has no such part.")
PART_TWICE = Rule("part_twice", "“{name}”只能有一个来源。", "“{name}” has one source only.")
SOURCE_TWICE = Rule(
    "source_twice", "同一来源只能用于一项。", "A source counts in one part only: this one has another already."
)
PART_WITHOUT_SOURCE = Rule(
    "part_without_source", "“{name}”（权重 {weight}）尚未选定来源。", "“{name}” (weight {weight}) has no source."
)
SOURCE_NOT_FROZEN = Rule(
    "source_not_frozen",
    "该轮次尚未结束，没有固定的排名。",
    "The round is not closed yet: it has no frozen ranking.",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A source that the request names for a part: its id, and the member that has it."""

    part: str
    id: UUID
    member: str


def composing_findings(
    composite: CompositeSettings | None,
    status: CampaignStatus,
    named: Sequence[Named],
    known: Mapping[UUID, bool],
) -> list[Finding]:
    """Return why a result cannot be made of these: `known` are the sources there are, true where they are final."""
    if composite is None:
        return [UNKNOWN_COMPOSITE("/code")]
    names = {part.code: part.name for part in composite.parts}
    given = {each.part for each in named}
    return [
        *([] if status is CampaignStatus.PUBLISHED else [CAMPAIGN_NOT_OPEN()]),
        *(finding for place in range(len(named)) for finding in _of_part(composite.name, names, named, place)),
        *(finding for place, each in enumerate(named) for finding in _of_source(f"/sources/{place}", each, known)),
        *_lacking(composite, given),
    ]


def _of_part(name: str, names: Mapping[str, str], named: Sequence[Named], place: int) -> list[Finding]:
    part, earlier = named[place].part, named[:place]
    if part not in names:
        return [UNKNOWN_PART(f"/sources/{place}/part", name=name)]
    twice = part in {each.part for each in earlier}
    again = named[place].id in {each.id for each in earlier}
    return [
        *([PART_TWICE(f"/sources/{place}/part", name=names[part])] if twice else []),
        *([SOURCE_TWICE(f"/sources/{place}/{named[place].member}")] if again else []),
    ]


def _of_source(pointer: str, each: Named, known: Mapping[UUID, bool]) -> list[Finding]:
    if each.id not in known:
        return [UNKNOWN_REFERENCE(f"{pointer}/{each.member}")]
    return [] if known[each.id] else [SOURCE_NOT_FROZEN(f"{pointer}/{each.member}")]


def _lacking(composite: CompositeSettings, given: AbstractSet[str]) -> list[Finding]:
    return [
        PART_WITHOUT_SOURCE("/sources", name=part.name, weight=part.weight)
        for part in composite.parts
        if part.code not in given
    ]


FROZEN = Event("composite.frozen", "固定综合成绩", "Froze the composite result")
