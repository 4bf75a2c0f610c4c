"""Codes in the rows of a table, in the words of people: those of a campaign's own by its settings, states by subject.

A row says its campaign itself, or its round does; a list of one round or one campaign says it in its address.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.api.http.headings import HEADINGS
from app.context import View
from app.models.enums import Labelled
from app.services.filing import campaigns
from app.services.judging.visibility import campaign_of
from app.services.people import vocabularies
from app.services.policies.filing.notice import CampaignSettings

Words = Mapping[str, str]
Named = Mapping[str, Any]
OWN = ("category", "topic", "kind", "grade")
"""Members that hold codes of the campaign, where they are of no vocabulary."""
STATES = {each.__name__.removesuffix("Status").lower(): each for each in Labelled.__subclasses__()}
"""The states of each kind of subject, by its name."""
CODE_LIST = "x-code-list"
"""The mark, in the contract, of a code of a vocabulary that the office keeps."""
Place = tuple[str, UUID]
"""A campaign or a round, by the member that names it."""
MOVES = {"from": "原", "to": "现", "changed": "变更项"}


async def said_in(view: View, rows: list[dict[str, Any]], address: Named, own: frozenset[str]) -> list[dict[str, Any]]:
    """Return the rows with the words of their codes; `own` are the members that hold codes of the campaign."""
    known: dict[Place, Mapping[str, Words]] = {}
    said = []
    for row in rows:
        place = _place(row, address) if own & row.keys() else None
        if place and place not in known:
            known[place] = words_of(await campaigns.settings_in(view, await _campaign_of(view, *place)))
        words = known.get(place, {}) if place else {}
        named = {name: words[name].get(row[name], row[name]) for name in own & row.keys() & words.keys()}
        said.append(row | named | _particulars(row))
    return said


async def kept_in(view: View, rows: list[dict[str, Any]], kept: Named) -> list[dict[str, Any]]:
    """Return the rows with the labels of words that the office keeps; `kept` are their members, with the vocabulary."""
    terms = {name: await vocabularies.terms(view, vocabulary) for name, vocabulary in kept.items()} if rows else {}
    labels = {name: {code: term.label for code, term in known.items()} for name, known in terms.items()}
    return [row | {name: known.get(row[name], row[name]) for name, known in labels.items()} for row in rows]


def words_of(settings: CampaignSettings) -> Mapping[str, Words]:
    """Return the names of the campaign's categories, topics, kinds of awards and grades by their codes."""
    groups, kinds = settings.categories, settings.award_kinds
    return {
        "category": {each.code: each.name for each in groups},
        "topic": {each.code: each.name for group in groups for each in group.topics},
        "kind": {each.code: each.name for each in kinds},
        "grade": {each.code: each.name for kind in kinds for each in kind.grades},
    }


def _place(row: Named, address: Named) -> Place | None:
    """Return the campaign of a row, or else its round."""
    given = ((name, row.get(name) or address.get(name)) for name in ("campaign_id", "round_id"))
    return next(((name, UUID(str(found))) for name, found in given if found), None)


async def _campaign_of(view: View, name: str, found: UUID) -> UUID:
    return found if name == "campaign_id" else await campaign_of(view, found)


def _particulars(row: Named) -> dict[str, Any]:
    """Word what an event tells: the names of its members, and the states between which its subject moved."""
    if not isinstance(row.get("data"), dict):
        return {}
    states = STATES.get(str(row.get("subject_type")), ())
    labels = {each.value: each.label for each in states}
    return {"data": {_heading(name): _moved(name, value, labels) for name, value in row["data"].items()}}


def _heading(name: str) -> str:
    return MOVES.get(name, HEADINGS.get(name, name))


def _moved(name: str, value: Any, labels: Words) -> Any:
    if name == "changed" and isinstance(value, list):
        return [_heading(str(each)) for each in value]
    return labels.get(value, value) if name in MOVES and isinstance(value, str) else value
