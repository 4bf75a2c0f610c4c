"""The examples of the contract, chosen from what was recorded: those that tell of the same things, and tell most."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from app.api.http.document import SCHEMAS, Json, nodes, resolve
from app.api.http.example_states import KINDS, name_of
from app.services.pages import cursor_of
from tests.contract.client import JSON
from tests.contract.recorder import Exchange

SOUGHT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DRAWN = re.compile(
    rf"{SOUGHT.pattern}|\b(?:[0-9A-Z]{{4}}-){{3,}}[0-9A-Z]{{4}}\b|(?<![\w.-])[\w-]{{20,}}(?![\w.-])", re.ASCII
)
"""Ids, codes, digests and tokens: different in every recording."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
COARSE = 600
"""Seconds to which the instants of the play are told: it never lasts as long."""
SECRET = {
    *("password", "current_password", "new_password", "client_secret", "secret", "token", "access_token", "challenge"),
    *("activation_code", "recovery_codes", "signature", "client_data", "attestation_object", "authenticator_data"),
}
"""Members of which the example of their author is told, and not what was recorded."""
LONGEST, SHOWN = 100, 80
"""Characters of a text that is told whole, and those of a longer one that are."""
ROWS = 3
"""Of a list: two on its first page, and one on its last."""
FIRST = ("NominationOut", "AwardOut", "CommendationOut", "RoundOut", "ApplicationOut", "PlanOut", "CampaignOut")
"""What is chosen first, and so what everything else tells of as far as it can."""


@dataclass
class Told:
    """The ids that examples mention, and those of which they are."""

    mentioned: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    def news(self, value: Any) -> tuple[bool, int]:
        """Return whether it is of nothing that waits to be shown, and how many other things it mentions first."""
        own = str(value.get("id")) if isinstance(value, dict) else ""
        return own not in self.mentioned - self.shown, len(ids(value) - self.mentioned)

    def tell(self, value: Any) -> None:
        self.mentioned |= ids(value)
        self.shown |= {str(value.get("id"))} if isinstance(value, dict) else set()


def chosen(document: Json, worlds: Sequence[Sequence[Exchange]]) -> Json:
    """Choose an example of each schema of a body, of each state of a thing, and two pages of each list.

    What the first world has is taken from there; lists of which none has three rows are filled up at the end.
    """
    told = Told()
    examples: Json = {}
    for exchanges in worlds:
        for name, candidates in in_order(document, exchanges):
            for shown, alike in _kinds(document, name, candidates):
                if shown not in examples and (not _is_page(alike[0]) or len(_rows(alike)) >= ROWS):
                    examples |= _pages(shown, alike, told) if _is_page(alike[0]) else {shown: _best(alike, told)}
    for name, candidates in in_order(document, [*chain(*worlds)]):
        if _is_page(candidates[0]) and name not in examples:
            examples |= _pages(name, candidates, told)
    stable: Json = _Stable(document).value(dict(sorted(examples.items())))
    return {name: _continued(value) if _is_page(value) else value for name, value in stable.items()}


def in_order(document: Json, exchanges: Iterable[Exchange]) -> list[tuple[str, list[Any]]]:
    """List the schemas with all that was sent or answered in their form, what the rest tells of first."""
    found: dict[str, list[Any]] = defaultdict(list)
    operations = {each["operationId"]: each for path in document["paths"].values() for each in path.values()}
    for each in exchanges:
        operation = operations[each.operation]
        answer = resolve(document, operation["responses"].get(str(each.status), {}))
        for body, said in ((operation.get("requestBody", {}), each.request), (answer, each.answer)):
            schema = body.get("content", {}).get(JSON, {}).get("schema", {})
            if "$ref" in schema and said is not None:
                found[schema["$ref"].removeprefix(SCHEMAS)].append(said)
    return sorted(found.items(), key=lambda each: _turn(*each))


def _turn(name: str, candidates: list[Any]) -> tuple[int, bool, str]:
    return FIRST.index(name) if name in FIRST else len(FIRST), _is_page(candidates[0]), name


def _kinds(document: Json, name: str, candidates: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the names of the examples of a schema, each with what may become it."""
    if name not in KINDS:
        yield name, candidates
    else:
        for state in {each["status"]: None for each in candidates}:
            yield name_of(document, name, state), [each for each in candidates if each["status"] == state]


def _best(candidates: Iterable[Any], told: Told) -> Any:
    """Choose what tells of most acts, of what was mentioned and of little else, with the fewest members empty."""
    best = min(candidates, key=lambda each: (-_acts(each), *told.news(each), _empty(each), len(str(each))))
    told.tell(best)
    return best


def _is_page(value: Any) -> bool:
    return isinstance(value, dict) and {"items", "next_cursor"} <= value.keys()


def _rows(pages: list[Any]) -> dict[str, Any]:
    return {row.get("id", str(row)): row for page in pages for row in page["items"]}


def _pages(name: str, candidates: list[Any], told: Told) -> Json:
    """Compose two pages of a list with three rows that were recorded; of fewer there are copies with another id."""
    rows, picked = _rows(candidates), list[Any]()
    while rows and len(picked) < ROWS:
        picked.append(_best(rows.values(), told))
        rows = {each: row for each, row in rows.items() if row is not picked[-1]}
    while picked and len(picked) < ROWS:
        picked.append(picked[0] | ({"id": str(uuid5(NAMESPACE_URL, str(picked)))} if "id" in picked[0] else {}))
    page = max(candidates, key=lambda each: len(each["items"]))
    page |= {"total": len(picked)} if "total" in page else {}
    pages = {name: page | {"items": picked[:-1]}, f"{name}Last": page | {"items": picked[-1:], "next_cursor": None}}
    return pages if picked else {}


def _continued(page: Json) -> Json:
    """Let the first page of a list go on after its last row."""
    found = ids(page["items"][-1])
    goes_on = len(page["items"]) > 1 and found
    return page | {"next_cursor": cursor_of(UUID(page["items"][-1].get("id") or min(found))) if goes_on else None}


def ids(value: Any) -> set[str]:
    return {found for text in _texts(value) for found in SOUGHT.findall(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def _acts(value: Any) -> int:
    return len((value.get("actions") or {}) if isinstance(value, dict) else ())


def _empty(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(_empty, inner)) if inner else value in (None, [], {}, "")


class _Stable:
    """The same words for what differs between two recordings, and an author's own for what is secret."""

    def __init__(self, document: Json) -> None:
        self._named: dict[str, str] = {}
        properties = [each["properties"] for each in nodes(document) if isinstance(each.get("properties"), dict)]
        found = [(name, each[name]) for each in properties for name in SECRET & each.keys()]
        self._authors = [(name, each) for name, each in found if "examples" in each]

    def value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._authored(name, each) or self.value(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return self._text(value) if isinstance(value, str) else value

    def _authored(self, name: str, value: Any) -> Any:
        """Return the author's example of a secret of this form."""
        alike = (
            member["examples"][0]
            for named, member in self._authors
            if named == name and value and (isinstance(value, list) or re.search(member.get("pattern", ""), value))
        )
        return next(alike, None)

    def _text(self, text: str) -> str:
        text = INSTANT.sub(_coarse, DRAWN.sub(self._renamed, text))
        return text if len(text) <= LONGEST or text.isascii() else text[:SHOWN] + "……"

    def _renamed(self, found: re.Match[str]) -> str:
        return self._named.setdefault(found[0], self._new(found[0])) if re.search(r"\d", found[0]) else found[0]

    def _new(self, word: str) -> str:
        number = sha256(str(len(self._named)).encode())
        if SOUGHT.fullmatch(word):
            return str(UUID(f"0149d3c45d6e7{number.hexdigest()[:3]}9{number.hexdigest()[3:18]}"))
        return "".join(map(_alike, word, number.digest() * (1 + len(word) // 32)))


def _alike(character: str, number: int) -> str:
    """Return a character of the same kind: of the digits and letters that a code may have; digits of 16 remain such."""
    for kind in ("abcdef", "23456789", "ghijklmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ"):
        if character in kind:
            return kind[number % len(kind)]
    return {"0": "2", "1": "3", "I": "J", "O": "P"}.get(character, character)


def _coarse(found: re.Match[str]) -> str:
    if found[0].endswith(":59:59Z"):
        return found[0]
    instant = datetime.fromisoformat(found[0]).timestamp()
    return f"{datetime.fromtimestamp(instant - instant % COARSE, UTC):%Y-%m-%dT%H:%M:%SZ}"
