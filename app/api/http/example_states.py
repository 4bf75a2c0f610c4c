"""Examples of a thing in each of its states, and of a list's first and last page: what a screen has to draw.

They are composed like all others. What a state brings with it is told here; the acts that it allows are read from
`x-transitions`, as whoever does most with the thing has them.
"""

import re
from collections.abc import Iterator
from uuid import UUID

from app.api.http.document import SCHEMAS, Json, by_method, components, resolve
from app.api.http.examples import example
from app.api.http.output import Action
from app.models.enums import Language, Role
from app.services.pages import cursor_of
from app.services.policies import WRONG_STATE

JSON_MEDIA, OK = "application/json", "200"
WAYS = "x-transitions"
IDENTITY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SUBMITTED_AT, FILED_AT, JUDGED_AT = "2015-09-08T01:30:00Z", "2015-09-13T08:20:00Z", "2015-10-16T07:00:00Z"
GIVEN_AT, DELIVERED_AT, ANSWERED_AT = "2015-11-16T02:00:00Z", "2015-11-20T02:00:00Z", "2015-12-01T06:40:00Z"

_SUBMITTED: Json = {"submitted_at": SUBMITTED_AT, "versions": 1, "recommended_rank": None}
_SEALED = _SUBMITTED | {"sealed": True, "recommended_rank": 1}
_FILED = _SEALED | {"filed_at": FILED_AT, "versions": 2}
_OPEN: Json = {"opened_at": SUBMITTED_AT, "created_at": SUBMITTED_AT, "updated_at": SUBMITTED_AT}
_AWARDED: Json = {"awarded_at": GIVEN_AT, "verification_code": "7K4M-Q2XA-9TCE-H5WP"}
_DELIVERED: Json = {"delivered_at": DELIVERED_AT, "award_status": "awarded"}
_ANSWERED = _DELIVERED | {"answered_at": ANSWERED_AT}

TOLD: dict[str, dict[str, Json]] = {
    "ApplicationOut": {
        "draft": {"recommended_rank": None},
        "submitted": _SUBMITTED,
        "paused": _SUBMITTED | {"reason": "待核实活动数据。"},
        "returned": _SUBMITTED | {"reason": "请补充活动开展的具体数据。"},
        "declined": _SUBMITTED | {"reason": "同类案例较多，本次未入选。"},
        "endorsed": _SEALED,
        "filed": _FILED,
        "accepted": _FILED,
        "disqualified": _FILED | {"reason": "与另一件内容相同。", "reason_codes": ["duplicate"]},
        "withdrawn": _FILED | {"reason": "单位提出撤回。"},
    },
    "PlanOut": {
        "draft": {},
        "submitted": {"submitted_at": SUBMITTED_AT},
        "returned": {"submitted_at": SUBMITTED_AT, "return_reason": "请写明实施单位。"},
    },
    "RoundOut": {
        "draft": _OPEN | {"opened_at": None},
        "open": _OPEN,
        "closed": _OPEN | {"closed_at": JUDGED_AT, "updated_at": JUDGED_AT},
    },
    "CommendationOut": {
        "draft": {"document_number": None},
        "publicised": {
            "document_number": None,
            "publicised_at": "2015-11-09T00:00:00Z",
            "publicity_ends_at": "2015-11-13T16:00:00Z",
        },
        "published": {
            "publicised_at": "2015-11-09T00:00:00Z",
            "publicity_ends_at": "2015-11-13T16:00:00Z",
            "published_at": GIVEN_AT,
        },
    },
    "AwardOut": {
        "proposed": {"certificate_number": None},
        "held": {"certificate_number": None},
        "dropped": {"certificate_number": None},
        "awarded": _AWARDED,
        "revoked": _AWARDED | {"revoked_at": ANSWERED_AT, "revocation_reason": "经查实，材料不实。"},
    },
    "NominationOut": {
        "prepared": {"award_status": "awarded"},
        "delivering": {"award_status": "awarded"},
        "delivered": _DELIVERED,
        "acknowledged": _ANSWERED,
        "returned": _ANSWERED | {"return_reason": "请补充2015年的数据。"},
        "accepted": _ANSWERED,
        "decided": _ANSWERED | {"result": "全市优秀案例"},
        "replaced": _ANSWERED,
        "withdrawn": _DELIVERED | {"withdrawn_at": ANSWERED_AT, "withdrawal_reason": "奖项已撤销。"},
    },
}
"""Members of a thing in each state, beside what its author wrote of every one."""
READERS = {"ApplicationOut": Role.COMMITTEE, "PlanOut": Role.COMMITTEE}
"""Readers that have most acts; otherwise the office."""


def show_states(document: Json) -> None:
    """Show what has states in each of them where it is read, and where an act answers it, in the one it led to."""
    shared, schemas = (components(document, name) for name in ("examples", "schemas"))
    for kind in TOLD.keys() & schemas.keys():
        states = TOLD[kind]
        shared |= {_name(kind, state): {"value": _in_state(document, kind, state)} for state in states}
    for operation, method, kind, content in _answers(document):
        if kind in TOLD:
            shown = TOLD[kind] if method == "get" else [_reached(document, kind, operation)]
            content |= {"examples": {state: _reference(_name(kind, state)) for state in shown}}


def show_pages(document: Json) -> None:
    """Show two rows on the first page of every list, and on its last one the third."""
    shared = components(document, "examples")
    for _, _, name, content in _answers(document):
        if {"items", "next_cursor"} <= _members(document, name).keys():
            first, last = _pages(document, name)
            shared |= {name: {"value": first}, f"{name}Last": {"value": last}}
            content |= {"examples": {each: _reference(each) for each in (name, f"{name}Last")}}


def _answers(document: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Yield each operation with its method, and the schema's name and the content of what it answers with 200."""
    for method, operation in by_method(document):
        for status, response in operation.get("responses", {}).items():
            content = response.get("content", {}).get(JSON_MEDIA, {})
            name = content.get("schema", {}).get("$ref", "").removeprefix(SCHEMAS)
            if status == OK and name:
                yield str(operation.get("operationId")), method, name, content


def _members(document: Json, kind: str) -> Json:
    properties: Json = components(document, "schemas")[kind].get("properties", {})
    return properties


def _member(document: Json, kind: str, name: str) -> Json:
    return resolve(document, _members(document, kind)[name])


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/examples/{name}"}


def _name(kind: str, state: str) -> str:
    """Name the example of a state; the first is the thing's own."""
    return kind if state == next(iter(TOLD[kind])) else f"{kind}In{state.title()}"


def _in_state(document: Json, kind: str, state: str) -> Json:
    shown: Json = example(document, {"$ref": SCHEMAS + kind})
    return shown | {"status": state, "actions": dict(_acts(document, kind, state))} | TOLD[kind][state]


def _acts(document: Json, kind: str, state: str) -> Iterator[tuple[str, Json]]:
    """Yield the acts that the reader has, as the state alone allows or refuses them."""
    refused = WRONG_STATE(state=state, label=_label(_member(document, kind, "status"), state))
    for name, act in _member(document, kind, "actions").get("properties", {}).items():
        ways = [each.get("from") for each in act.get(WAYS) if READERS.get(kind, Role.OFFICE) in each.get("roles")]
        if ways:
            allowed = any(state in way for way in ways)
            yield name, Action.of([] if allowed else [refused], Language.ZH).model_dump(mode="json")


def _label(vocabulary: Json, state: str) -> str:
    labels = dict(zip(vocabulary.get("enum", ()), vocabulary.get("x-enum-descriptions", ()), strict=True))
    return str(labels[state])


def _reached(document: Json, kind: str, operation: str) -> str:
    """Return the state that an operation leads to by an act of its own; the first where it has none."""
    acts = _member(document, kind, "actions").get("properties", {}).values()
    ways = [way for act in acts if act.get("x-operations") == [operation] for way in act.get(WAYS)]
    reached = {way.get("to") for way in ways if "to" in way}
    return reached.pop() if len(reached) == 1 else next(iter(TOLD[kind]))


def _pages(document: Json, name: str) -> tuple[Json, Json]:
    """Compose the first page of a list with three rows, and the last."""
    page: Json = example(document, {"$ref": SCHEMAS + name})
    page |= {"total": 3} if "total" in page else {}
    row = _member(document, name, "items").get("items", {})
    first, second, third = (_row(document, row, place) for place in range(3))
    cursor = cursor_of(UUID(next(value for value in second.values() if _is_id(value))))
    return page | {"items": [first, second], "next_cursor": cursor}, page | {"items": [third], "next_cursor": None}


def _row(document: Json, schema: Json, place: int) -> Json:
    """Compose one row of several: each has an id of its own, and the next of the examples that a member has."""
    row: Json = example(document, schema)
    for name, member in resolve(document, schema).get("properties", {}).items():
        written = member.get("examples", [])
        row |= {name: written[place % len(written)]} if len(written) > 1 else {}
    return row | {name: f"{id_[:-1]}{int(id_[-1], 16) ^ place:x}" for name, id_ in row.items() if name == "id"}


def _is_id(value: object) -> bool:
    return isinstance(value, str) and IDENTITY.fullmatch(value) is not None
