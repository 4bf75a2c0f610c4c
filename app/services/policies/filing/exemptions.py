"""The regulation of exemptions (特批): the office loosens a limit for one committee or one application.

Every rule reads its figures from the settings; `in_force` alone puts the exempted figures into them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from app.findings import Finding, Rule
from app.models.enums import LimitKind
from app.services.policies import Event
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.programmes import ProgrammeSettings

S = TypeVar("S", CampaignSettings, ProgrammeSettings)
OF_COMMITTEES = frozenset(
    {
        *(LimitKind.MINIMUM_FILED, LimitKind.MAXIMUM_FILED),
        *(LimitKind.MINIMUM_TOGETHER, LimitKind.MAXIMUM_TOGETHER),
    }
)
"""Limits of a committee's set, which no single application has."""

NOT_LOOSER = Rule(
    "limit_not_looser",
    "“{label}”现为 {present}，特批须比现行规定更宽。",
    "The limit is {present} now: an exemption must be looser.",
)
OUT_OF_RANGE = Rule(
    "limit_out_of_range",
    "“{label}”只能在 {lowest} 至 {highest} 之间。",
    "This limit can only be set from {lowest} to {highest}.",
)
FIXED = Rule(OUT_OF_RANGE.code, "“{label}”只能设为 {lowest}。", "This limit can only be set to {lowest}.")
"""The same of a rule that can only be lifted."""
NOT_LIMITED = Rule("not_limited", "活动对“{label}”没有限制。", "The campaign sets no such limit.")
NOT_LIMITED_TOGETHER = Rule(
    NOT_LIMITED.code, "系列活动对“{label}”没有限制。", "The programme of the campaign sets no such limit."
)
ALREADY_REVOKED = Rule("already_revoked", "该特批已经撤销。", "The exemption is revoked already.")

RULE = 1
"""The figure of a rule that has an effect and none of its own; 0 lifts it."""
Granted = Sequence[tuple[str, int]]
"""The exemptions that apply to somebody, as stored: the kind of limit, and its value.

Before them stands the kind of committee, with no value of its own: the notice may set numbers for each.
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure of the settings: its place there, which of two values is the looser, and how far it can go."""

    path: tuple[str, ...]
    looser: Callable[[int, int], int]
    lowest: int
    highest: int


def _length(cell: str, highest: int) -> Limit:
    return Limit(("field_lengths", cell), max, 1, highest)


LIMITS: Mapping[LimitKind, Limit] = {
    LimitKind.MINIMUM_FILED: Limit(("minimum_filed",), min, 1, 50),
    LimitKind.MAXIMUM_FILED: Limit(("maximum_filed",), max, 1, 50),
    LimitKind.IMAGES_MINIMUM: Limit(("images", "minimum"), min, 0, 8),
    LimitKind.IMAGES_MAXIMUM: Limit(("images", "maximum"), max, 1, 8),
    LimitKind.NARRATIVE_MINIMUM: Limit(("narrative", "minimum"), min, 0, 100_000),
    LimitKind.NARRATIVE_MAXIMUM: Limit(("narrative", "maximum"), max, 0, 100_000),
    LimitKind.BRAND_NAME_LENGTH: _length("brand_name", 200),
    LimitKind.LEADER_NAME_LENGTH: _length("leader_name", 200),
    LimitKind.LEADER_TITLE_LENGTH: _length("leader_title", 200),
    LimitKind.INNOVATION_LENGTH: _length("innovation", 10_000),
    LimitKind.PRACTICES_LENGTH: _length("practices", 10_000),
    LimitKind.EFFECTS_LENGTH: _length("effects", 10_000),
    LimitKind.EARLIER_WINNERS: Limit(("earlier_winners", "last"), min, 0, 20),
}
"""Every limit that can be loosened; the ends are those of the stored columns and of the forms."""
TOGETHER: Mapping[LimitKind, Limit] = {
    LimitKind.ENTRIES_PER_UNIT: Limit(("entries_per_unit", "most"), max, 1, 20),
    LimitKind.ONE_BATCH: Limit(("one_batch",), min, 0, 0),
    LimitKind.MINIMUM_TOGETHER: Limit(("minimum_filed",), min, 0, 50),
    LimitKind.MAXIMUM_TOGETHER: Limit(("maximum_filed",), max, 1, 50),
}
"""Limits of a programme, over all of its campaigns; the ends are those of its settings."""


def in_force(settings: CampaignSettings, granted: Granted | None) -> CampaignSettings:
    """Return the settings with the figures that hold for somebody: of the campaign's and the exempted, the looser."""
    for name, value in granted or ():
        if name in LIMITS:
            settings = _with(settings, LimitKind(name), value)
        elif name not in TOGETHER:
            settings = settings.filed_by(name)
    return settings


def in_force_together(settings: ProgrammeSettings, granted: Granted) -> ProgrammeSettings:
    """Return what a notice says of all its campaigns with the figures that hold for somebody."""
    for name, value in granted:
        settings = _with(settings, LimitKind(name), value) if name in TOGETHER else settings
    return settings


def figures(settings: CampaignSettings) -> dict[str, int]:
    """Return every limit that these settings set, by name."""
    found = {kind.value: figure(settings, kind) for kind in LIMITS}
    return {name: value for name, value in found.items() if value is not None}


def figure(settings: CampaignSettings | ProgrammeSettings | None, kind: LimitKind) -> int | None:
    """Return one limit; None where the campaign, or the programme, sets none."""
    value: Any = settings
    for name in _limit(kind).path:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    if value is None:
        return None
    return RULE if isinstance(value, str) else int(value)


def grant_findings(settings: CampaignSettings | ProgrammeSettings | None, kind: LimitKind, value: int) -> list[Finding]:
    """Return why a limit may not be set to that value: it cannot be, or it is no looser than the one that holds."""
    limit, present = _limit(kind), figure(settings, kind)
    if present is None:
        return [(NOT_LIMITED if kind in LIMITS else NOT_LIMITED_TOGETHER)("/limit", label=kind.label)]
    if not limit.lowest <= value <= limit.highest:
        rule = FIXED if limit.lowest == limit.highest else OUT_OF_RANGE
        return [rule("/value", label=kind.label, lowest=limit.lowest, highest=limit.highest)]
    looser = value != present and limit.looser(value, present) == value
    return [] if looser else [NOT_LOOSER("/value", label=kind.label, present=present)]


def revocation_findings(revoked_at: datetime | None) -> list[Finding]:
    """Require an exemption that is not revoked yet; what was done under it stays done."""
    return [] if revoked_at is None else [ALREADY_REVOKED()]


def _limit(kind: LimitKind) -> Limit:
    return LIMITS.get(kind) or TOGETHER[kind]


def _with(settings: S, kind: LimitKind, value: int) -> S:
    """Replace one figure by a looser one, in a copy."""
    limit, present = _limit(kind), figure(settings, kind)
    if present is None:  # the campaign does not set it any more
        return settings
    *group, name = limit.path
    held = limit.looser(present, value)
    if not group:
        lifted = held != RULE and isinstance(getattr(settings, name), str)
        return settings.model_copy(update={name: None if lifted else held})
    inner = getattr(settings, group[0])
    loosened = inner | {name: held} if isinstance(inner, dict) else inner.model_copy(update={name: held})
    return settings.model_copy(update={group[0]: loosened})


REVOKED = Event("exemption.revoked", "撤销特批", "Revoked a looser limit")
