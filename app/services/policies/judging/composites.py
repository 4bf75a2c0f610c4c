"""The regulation of composite results (综合成绩): which sources make one, and what a part without one means."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing.beginnings import UNKNOWN_COMPOSITE
from app.services.policies.filing.composite_settings import CompositeSettings, PartSettings

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


WANTS_FIGURES = Rule(
    "part_of_figures",
    "“{name}”取自导入的外部得分，请指定数据表。",
    "“{name}” is made of imported figures: name a table of them.",
)
WANTS_A_ROUND = Rule("part_of_a_round", "“{name}”取自评审轮次，请指定轮次。", "“{name}” is made of a round: name one.")
OTHER_FIGURES = Rule(
    "figures_of_another_source",
    "该数据表不是“{name}”所规定的来源。",
    "The table is of another source than that of “{name}”.",
)
FIGURES_REPLACED = Rule(
    "figures_replaced", "该数据表已被替换，请指定现行的一份。", "The table was replaced: name the one in force."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A source that is there: its code if it is a table of figures, final or not, replaced or not."""

    final: bool = True
    source: str | None = None
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A source that the request names for a part: its id, and the member that has it."""

    part: str
    id: UUID
    member: str


def composing_findings(
    composite: CompositeSettings | None,
    named: Sequence[Named],
    offers: Mapping[UUID, Offer],
) -> list[Finding]:
    """Return why a result cannot be made of these: `offers` are the sources there are."""
    if composite is None:
        return [UNKNOWN_COMPOSITE("/code")]
    parts = {part.code: part for part in composite.parts}
    names = {code: part.name for code, part in parts.items()}
    given = {each.part for each in named}
    return [
        *(finding for place in range(len(named)) for finding in _of_part(composite.name, names, named, place)),
        *(
            finding
            for place, each in enumerate(named)
            for finding in _of_source(f"/sources/{place}/{each.member}", parts.get(each.part), offers.get(each.id))
        ),
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


def _of_source(pointer: str, part: PartSettings | None, offer: Offer | None) -> list[Finding]:
    """Require a source that is there, of the kind that the part is made of, final and in force."""
    if offer is None:
        return [UNKNOWN_REFERENCE(pointer)]
    if part and part.figures != offer.source:
        return [_other_kind(part, offer)(pointer, name=part.name)]
    return [
        *([] if offer.final else [SOURCE_NOT_FROZEN(pointer)]),
        *([FIGURES_REPLACED(pointer)] if offer.replaced else []),
    ]


def _other_kind(part: PartSettings, offer: Offer) -> Rule:
    if part.figures is None:
        return WANTS_A_ROUND
    return WANTS_FIGURES if offer.source is None else OTHER_FIGURES


def _lacking(composite: CompositeSettings, given: AbstractSet[str]) -> list[Finding]:
    return [
        PART_WITHOUT_SOURCE("/sources", name=part.name, weight=part.weight)
        for part in composite.parts
        if part.code not in given
    ]
