"""Every event there is, with its words; how much of it the office reads; and whose values it keeps for whom."""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from operator import itemgetter
from typing import Any

from app.comparable import same_value
from app.models.enums import Role
from app.services import policies
from app.services.policies import OWNERS, Act, Event


def _declared() -> Iterator[Any]:
    """Walk everything that the modules of the regulation declare."""
    for module in pkgutil.walk_packages(policies.__path__, f"{policies.__name__}."):
        if module.name != __name__:
            yield from vars(import_module(module.name)).values()


_ACTS = [value for value in _declared() if isinstance(value, Act)]
_EVENTS = [act.event for act in _ACTS] + [value for value in _declared() if isinstance(value, Event)]
EVENTS = {event.code: event for event in sorted(_EVENTS, key=lambda event: event.code)}

HANDED_IN = frozenset(code for code, event in EVENTS.items() if event.handed_in)
"""The events on what others work on that hand something in, or decide on it; the rest is work in between."""

INWARD = frozenset(act.event.code for act in _ACTS if act.inward)
"""The owners' own business, of which nobody else is to learn even that it happened."""

READERS = frozenset(Role)
"""Everybody who may read the event."""

_OFFICE = frozenset({Role.OFFICE})
_CONTACT = frozenset({Role.OFFICE, Role.COMMITTEE})
_READ_BY = {
    READERS: """
        account.username account.name account.phone account.email account.mail account.role
        committee.code committee.name committee.kind committee.retired_at
        vocabulary.words
        unit.name unit.honour_level unit.credit_code unit.retired_at unit.committee_id
    """,
    _CONTACT: """
        committee.leader_name committee.leader_title committee.liaison_name committee.liaison_phone
        plan.submitted_cases
    """,
    OWNERS: """
        application.brand_name application.leader_name application.leader_title application.phone
        application.category application.topic application.started_on application.ended_on
        application.innovation application.practices application.effects application.cells
    """,
    _OFFICE: """
        account.committee_id account.unit_id campaign.name campaign.year campaign.settings
        campaign.programme_id campaign.position campaign.entry campaign.batch
        programme.title programme.year programme.settings
        reviewer.organisation reviewer.committee_id reviewer.unit_id reviewer.expertise
        reviewer.minimum_load reviewer.maximum_load
        round.name round.kind round.intake round.source_round_id round.intake_limit round.blind round.shows_others
        round.scans_needed round.criteria round.reviews_wanted round.method round.tie_breaks round.cut
        round.opens_at round.closes_at
        commendation.title commendation.preface commendation.document_number commendation.publicity_first_on
        commendation.publicity_last_on
        award.kind award.grade award.position award.reason award.public_summary award.pictures
        award.to_committee_name award.to_unit_name award.person_name award.person_title
        nomination.position endpoint.url endpoint.description
    """,
}
READ_BY = {column: roles for roles, columns in _READ_BY.items() for column in columns.split()}
"""The columns whose values before and after a change are kept with its event, and the roles that read them there.

Secrets, scores, judges' words and what follows from other columns are in none: they are not kept at all. Neither are
states, reasons and instants of an act, which the particulars of its event have. A new column is kept once it is here.
"""
VALUES = "values_digest"
"""The name of the digest of the kept differences among an event's particulars, which the chain covers."""
TRACES = frozenset({"address", "client"})
"""Particulars of an event that say where somebody was: they are kept beside it, too, and erased before all else."""
TRACE = "trace"
"""Their name in what is kept beside an event."""
LONGEST = 300
"""Characters of a text that are kept of each side of a change: of a longer one the beginning of what differs.

An application's whole texts are in its versions.
"""
MOST = 60
"""Differences that are kept of one change of a document, such as a campaign's settings."""


_name = itemgetter("name")


def changes(subject: str, values: Mapping[str, tuple[object, object]]) -> list[dict[str, object]]:
    """Return the differences to keep of a change: for each column, or each place in a document, before and after."""
    kept = ((name, pair) for name, pair in values.items() if f"{subject}.{name}" in READ_BY)
    found = [difference for name, pair in kept for difference in _differences(name, *_opened(*pair))]
    return [{"name": name, "before": before, "after": after} for name, before, after in found[:MOST]]


def disclosed(subject: str, kept: list[dict[str, object]], role: Role) -> list[dict[str, object]]:
    """Return the differences that this role may read."""
    columns = (str(_name(each)).partition("/")[0] for each in kept)
    return [each for each, column in zip(kept, columns, strict=True) if role in READ_BY.get(f"{subject}.{column}", ())]


def _opened(before: object, after: object) -> tuple[object, object]:
    """Return a document that came or went beside an empty one, so that no more of it is kept than of another."""
    if isinstance(before, Mapping | list):
        return before, {} if after is None else after
    return {} if before is None and isinstance(after, Mapping | list) else before, after


def _differences(name: str, before: object, after: object) -> Iterator[tuple[str, object, object]]:
    if same_value(before, after):
        return
    if isinstance(before, Mapping | list) and isinstance(after, Mapping | list):
        old, new = _document(before), _document(after)
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(f"{name}/{key}", old.get(key), new.get(key))
    elif isinstance(before, str | None) and isinstance(after, str | None):
        yield name, *_excerpts(before, after)
    else:
        yield name, before, after


def _document(value: Mapping[str, object] | list[object]) -> Mapping[str, object]:
    """Return a list as a document: its items by their id or code, else by their place."""
    if isinstance(value, Mapping):
        return value
    for key in ("id", "code"):
        if all(isinstance(item, Mapping) and item.get(key) for item in value):
            return {str(item[key]): item for item in value if isinstance(item, Mapping)}
    return {str(place): item for place, item in enumerate(value)}


def _excerpts(before: str | None, after: str | None) -> tuple[object, object]:
    """Return two texts, or what differs in them where one is long."""
    old, new = before or "", after or ""
    if max(len(old), len(new)) <= LONGEST:
        return before, after
    begin = _alike(old, new)
    old, new = old[begin:], new[begin:]
    end = _alike(old[::-1], new[::-1])
    return before and _excerpt(old, begin, end), after and _excerpt(new, begin, end)


def _excerpt(rest: str, begin: int, end: int) -> str:
    part = rest[: min(len(rest) - end, LONGEST)]
    return f"{'…' if begin else ''}{part}{'…' if len(part) < len(rest) else ''}"


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
