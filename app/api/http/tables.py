"""Every list as a table: asked for by `Accept`, a page is the whole list from there on, as CSV or XLSX.

A route that answers a `Page` gets this from its `Router`, without a word of its own: the same statement with the same
filters is read page by page, each through a connection of its own, and written by a process for this table.
"""

import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date
from functools import cache, wraps
from operator import itemgetter
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from fastapi import Request, Response, params
from pydantic import AwareDatetime, BaseModel

from app.api.http.dependencies import PageRequest, get_view, open_view, page_request
from app.api.http.downloads import Download, saved
from app.api.http.headings import HEADINGS, LABEL, TITLES
from app.api.http.output import Page
from app.api.http.table_words import CODE_LIST, OWN, kept_in, said_in
from app.file_names import CSV, XLSX, Part, named
from app.findings import CHINA
from app.models.enums import Labelled
from app.services.limits import Meter
from app.services.pages import id_of
from app.tables.process import Tables

Endpoint = Callable[..., Awaitable[Any]]
Pages = AsyncIterator[bytes]
Written = tuple[str | None, bytes]
"""Where the next page begins, if there is one; and the rows of this one as JSON."""
FORMS = {CSV: "csv", XLSX: "xlsx"}
ALSO = {"x-also-answers": list(FORMS)}
"""The media types in the contract: among the answer's own they would make every list a union to typed clients."""
ITEMS = "items"
JSON = "application/json"
_QUALITY = re.compile(r";\s*q=\s*([01](?:\.[0-9]{0,3})?)", re.IGNORECASE)
MOST = 100
"""Rows of a page."""
COST, COST_OF_ROW = 1.0, 0.0002
"""Seconds of the processing that an account may use: of a table, and of each of its rows."""
FOR_PROGRAMS = re.compile(r"etag|actions|.*_hrefs?")
"""Members that are no columns, as identities are none, nor codes that have their name beside them."""
HISTORY = "-history"
TOLD_BESIDE = {"kind", "action", "task"}, {"summary", "text"}
"""Members that are codes of what a sentence beside them says."""
_KINDS = {AwareDatetime: "time", date: "date"}


def row_of(answer: Any) -> type[BaseModel] | None:
    """Return the model of the rows where an answer is a page of a list."""
    if not (isinstance(answer, type) and issubclass(answer, Page)):
        return None
    items = answer.model_fields.get(ITEMS)
    row: type[BaseModel] | None = get_args(items.annotation)[0] if items else None
    return row


@cache
def columns_of(row: type[BaseModel]) -> list[dict[str, object]]:
    """Return the columns of a list: their headings, kinds, the labels of their words, and the same of their members."""
    leaves = {name: _leaf(field.annotation) for name, field in row.model_fields.items()}
    return [
        {
            "name": name,
            "heading": heading_of(row, name),
            "kind": _KINDS.get(leaf, ""),
            "labels": _labels(row, name, leaf),
            "members": columns_of(leaf) if issubclass(leaf, BaseModel) else [],
        }
        for name, leaf in leaves.items()
        if leaf is not UUID and not FOR_PROGRAMS.fullmatch(name) and f"{name}_name" not in leaves
        if not (leaf is str and name in TOLD_BESIDE[0] and TOLD_BESIDE[1] & leaves.keys())
    ]


def _labels(row: type[BaseModel], name: str, leaf: Any) -> dict[str, str]:
    """Return the Chinese labels of a vocabulary, or of a choice that the contract labels."""
    if issubclass(leaf, Labelled):
        return {word.value: word.label for word in leaf}
    field = row.model_fields[name]
    more = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    said = more.get("x-enum-descriptions")
    return dict(zip(get_args(field.annotation), map(str, said), strict=True)) if isinstance(said, list) else {}


@cache
def kept_of(row: type[BaseModel]) -> Mapping[str, str]:
    """Return the members that hold words the office keeps, each with its vocabulary."""
    extras = {name: field.json_schema_extra for name, field in row.model_fields.items()}
    return {name: str(more[CODE_LIST]) for name, more in extras.items() if isinstance(more, dict) and CODE_LIST in more}


@cache
def own_of(row: type[BaseModel]) -> frozenset[str]:
    """Return the members that hold codes of a campaign's own."""
    return frozenset(
        name for name in OWN if name in row.model_fields and _leaf(row.model_fields[name].annotation) is str
    )


def heading_of(row: type[BaseModel], name: str) -> str:
    """Return the Chinese words with which a member's description begins, or else those of its name."""
    said = LABEL.match(row.model_fields[name].description or "")
    return HEADINGS.get(f"{row.__name__}.{name}") or (said[0] if said else HEADINGS.get(name, name))


def asked_for(accept: str) -> str | None:
    """Return the kind of table that is preferred to JSON, by its quality value (RFC 9110, 12.5.1) or its place."""
    ranges = [(_QUALITY.search(part), part.partition(";")[0].strip().lower()) for part in accept.split(",")]
    wanted = [(float(found[1]) if found else 1.0, media) for found, media in ranges]
    known = [(quality, media) for quality, media in wanted if quality and (media in FORMS or media == JSON)]
    best = max(known, key=itemgetter(0), default=(0.0, JSON))[1]
    return best if best in FORMS else None


def with_tables(otherwise: Endpoint, endpoint: Endpoint, row: type[BaseModel], tag: str) -> Endpoint:
    """Let a list be answered as a table, too, of the pages of its endpoint; otherwise it is answered as before."""
    signature, asked_of = inspect.signature(otherwise), inspect.signature(endpoint).parameters
    places = {_dependency(each): name for name, each in signature.parameters.items()}
    view, paging = places[get_view], places[page_request]
    own = next((name for name, each in signature.parameters.items() if each.annotation is Request), None)

    @wraps(otherwise)
    async def answer(**given: Any) -> Any:
        request: Request = given[own] if own else given.pop(_REQUEST.name)
        media = asked_for(request.headers.get("accept", ""))
        if media is None:
            return await otherwise(**given)
        arguments = {name: given[name] for name in asked_of}
        asked: PageRequest = arguments[paging]
        meter: Meter = request.app.state.upload_limits.processing
        account_id = request.state.caller.actor.id
        if account_id:
            meter.use(account_id, COST)

        async def read(context: Any, there: PageRequest) -> Written:
            page = await endpoint(**arguments | {paging: there, view: context})
            rows = await said_in(context, page.model_dump(mode="json")[ITEMS], arguments, own_of(row))
            rows = await kept_in(context, rows, kept_of(row))
            return page.next_cursor, json.dumps({ITEMS: rows}, ensure_ascii=False).encode()

        first = await read(arguments[view], PageRequest(asked.after, MOST))

        return _table(request, media, row, (name_of(endpoint), tag), _pages(request, first, read))

    parameters = [*signature.parameters.values(), *([] if own else [_REQUEST])]
    answer.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    return answer


async def _pages(request: Request, first: Written, read: Callable[[Any, PageRequest], Awaitable[Written]]) -> Pages:
    """Yield the page that is read, and those after it, each through a connection of its own."""
    cursor, written = first
    while True:
        yield written
        if cursor is None:
            return
        async with open_view(request) as fresh:
            cursor, written = await read(fresh, PageRequest(id_of(cursor), MOST))


_REQUEST = inspect.Parameter("_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)


def _table(request: Request, media: str, row: type[BaseModel], listed: tuple[str, str], pages: Pages) -> Response:
    """Answer with the file as it is written."""
    tables: Tables = request.app.state.tables
    title = title_of(*listed, _titles(request))
    today = f"{request.state.caller.now.astimezone(CHINA):%Y%m%d}"
    head = {"form": FORMS[media], "title": title, "zone": CHINA.key, "columns": columns_of(row)}
    headers = saved(named(media, Part(title, listed[0]), today))
    public = request.state.caller.actor.id is None
    return Download(tables.write(head, pages, public=public), headers, media)


def name_of(endpoint: Endpoint) -> str:
    """Return the name of a list in ASCII: that of its operation, which no other has."""
    return endpoint.__name__.removeprefix("list_").replace("_", "-")


def title_of(name: str, tag: str, titles: Mapping[str, str]) -> str:
    """Return what people call a list: as its group is called that it alone is, else by what it is in the group."""
    of = name.removesuffix(HISTORY)
    return TITLES.get(name) or (titles[f"{of}s"] + titles[tag] if of != name else titles[tag])


def _titles(request: Request) -> Mapping[str, str]:
    """Return what each group of operations is called."""
    tags = request.app.openapi_tags or ()
    pairs = map(itemgetter("name", "description"), tags)
    return {name: description.partition(":")[0].strip() for name, description in pairs}


def _dependency(parameter: inspect.Parameter) -> Any:
    marks = getattr(parameter.annotation, "__metadata__", ())
    return next((mark.dependency for mark in marks if isinstance(mark, params.Depends)), None)


def _leaf(annotation: Any) -> Any:
    """Return the type of a value, or of each of several, where it is there."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in {Annotated, list}:
        return _leaf(inner[0])
    if origin in {Union, UnionType}:
        return _leaf(next(each for each in inner if each is not type(None)))
    if origin is Literal:
        return type(inner[0])
    return annotation if isinstance(annotation, type) else object
