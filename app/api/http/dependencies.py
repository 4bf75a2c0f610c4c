"""One request: who asks, through which connection, and — for a change — in one transaction.

The transaction commits after the answer is built and before it is sent (`scope="function"`): a client never holds a
2xx for something that was not stored.
"""

import inspect
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Any, TypedDict
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile

from app.api.http.addressing import client_of
from app.api.http.admission import Caller
from app.api.http.problems import raises
from app.api.http.strictness import ACT_FOR
from app.context import Context, Effect, OpenContext, OpenView, View
from app.database import Database
from app.keyring import Keyring
from app.models.enums import Language
from app.problems import IdempotencyKeyRequired, IdempotencyKeyReused, IfMatchRequired, SeatNotOpen, StaleVersion
from app.services import idempotency
from app.services.pages import Filter, FilterValue, id_of, offered
from app.services.people import seats, sessions
from app.services.policies.limits import Quotas


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def get_view(request: Request) -> AsyncIterator[View]:
    async with open_view(request) as view:
        yield view


@asynccontextmanager
async def open_view(request: Request) -> AsyncIterator[View]:
    caller = _caller(request)
    async with _database(request).reading() as reader:
        yield View(caller.actor, caller.now, caller.language, caller.request_id, reader)


async def get_context(request: Request) -> AsyncIterator[Context]:
    async with open_context(request) as ctx:
        yield ctx


@asynccontextmanager
async def open_context(request: Request) -> AsyncIterator[Context]:
    caller, database = _caller(request), _database(request)
    # the body is here: from now on no wait, in the queue or for a lock, costs anybody the deadline
    now = database.clock.later(caller.now, time.monotonic() - caller.read_at)
    async with database.transaction() as session:
        ctx = Context.within(session, caller.actor, now, caller.language, caller.request_id)
        await sessions.confirm(ctx)
        yield ctx


async def get_opener(request: Request) -> OpenContext:
    return lambda: open_context(request)


async def get_effect(request: Request) -> AsyncIterator[Effect]:
    async with AsyncExitStack() as stack:
        yield Effect(lambda: open_context(request), stack)


async def get_viewer(request: Request) -> OpenView:
    return lambda: open_view(request)


@raises(SeatNotOpen)
async def act_for(
    request: Request,
    seat_id: Annotated[
        UUID | None,
        Header(
            alias=ACT_FOR,
            description="A seat (席位) of `GET /seats`: the request is answered as whoever sits there, and the history"
            " records your account with the seat. Keys, limits and sessions remain your account's. Without it, the seat"
            " that was chosen with the sign-in; your account's own id stands for your own seat.",
        ),
    ] = None,
) -> None:
    """Give the caller the seat that is named or was chosen, before anything else asks who it is."""
    caller = _caller(request)
    seat_id = seat_id or caller.actor.chosen_seat_id
    if seat_id is not None and seat_id != caller.actor.id:
        request.state.caller = replace(caller, actor=await seats.take(_database(request), caller.actor, seat_id))


@raises(SeatNotOpen)
async def chosen_seat(
    seat_id: Annotated[
        UUID | None,
        Header(
            alias=ACT_FOR,
            description="A seat of this account: requests of the session are made in it, unless they name another.",
        ),
    ] = None,
) -> UUID | None:
    """Return the seat that a session is opened with."""
    return seat_id


ChosenSeat = Annotated[UUID | None, Depends(chosen_seat)]
Reads = Annotated[View, Depends(get_view, scope="function")]
Ctx = Annotated[Context, Depends(get_context, scope="function")]
Opener = Annotated[OpenContext, Depends(get_opener)]
Viewer = Annotated[OpenView, Depends(get_viewer)]
LateEffect = Annotated[Effect, Depends(get_effect, scope="function")]
"""The `Ctx` of an act that works before its effect; it is read through when the answer is made."""


async def client_address(request: Request) -> str:
    return client_of(request.scope, request.app.state.settings.trusted_proxies)


Address = Annotated[str, Depends(client_address)]


async def language_asked(request: Request) -> Language:
    language: Language = request.state.language
    return language


Asked = Annotated[Language, Depends(language_asked)]
"""The language of an answer that needs nothing else of the request."""


async def get_keyring(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.keyring
    return keyring


Keys = Annotated[Keyring, Depends(get_keyring)]


async def get_quotas(request: Request) -> Quotas:
    quotas: Quotas = request.app.state.quotas
    return quotas


Limits = Annotated[Quotas, Depends(get_quotas)]


ENTITY_TAG = r'(W/)?"[\x21\x23-\x7e]*"'
"""RFC 9110 §8.8.3."""


@raises(IfMatchRequired, StaleVersion)
async def if_match(
    header: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description='The `ETag` that was read: `"0"` where there is nothing yet. `*` means any.',
            max_length=200,
            examples=['"3"'],
        ),
    ] = None,
) -> int | None:
    """Return the version a change is meant for; None for `*`, which means any."""
    if header is None:
        raise IfMatchRequired
    if header.strip() == "*":
        return None
    if not re.fullmatch(f"{ENTITY_TAG}( *, *{ENTITY_TAG})*", header.strip()):
        raise RequestValidationError([{"type": "malformed_etag", "loc": ("header", "If-Match")}])
    match = re.fullmatch(r'"([0-9]{1,9})"', header.strip())
    if match is None:
        raise StaleVersion  # well formed, and no version of ours
    return int(match[1])


IfMatch = Annotated[int | None, Depends(if_match)]


class PageBinds(TypedDict):
    """The arguments of a list's `search` that say which page."""

    after: UUID | None
    limit: int


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The beginning and the length of a page."""

    after: UUID | None
    limit: int

    @property
    def binds(self) -> PageBinds:
        return {"after": self.after, "limit": self.limit}


async def page_request(
    limit: Annotated[int, Query(ge=1, le=100, description="Rows per page.")] = 20,
    cursor: Annotated[str | None, Query(max_length=40, description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    try:
        return PageRequest(id_of(cursor), limit)
    except ValueError:
        raise RequestValidationError([{"type": "unknown_cursor", "loc": ("query", "cursor")}]) from None


Paging = Annotated[PageRequest, Depends(page_request)]
Chosen = dict[str, FilterValue]
"""The values of a list's filters by their names; None for one that was not sent."""


def filtered_by(filters: Mapping[str, Filter], *, of_list: bool = True) -> Any:
    """Read a list's filters from the query string, as their service describes them.

    `filters: Annotated[Chosen, filtered_by(rounds.FILTERS)]` is passed on whole: `rounds.search(view, **filters, …)`.
    """

    async def chosen(**values: FilterValue) -> Chosen:
        return values

    every = offered(filters) if of_list else filters
    parameters = [_query_parameter(name, each) for name, each in every.items()]
    chosen.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    return Depends(chosen)


def _query_parameter(name: str, described: Filter) -> inspect.Parameter:
    kind = described.kind if described.default is not None else described.kind | None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=described.default,
        annotation=Annotated[kind, Query(description=described.description, **described.limits)],
    )


KEY = r"[\x21-\x7e]{8,255}"
_KEY_EXAMPLE = "0d5c1c1e-9f0a-4c5e-8f57-2a3b4c5d6e7f"


@raises(IdempotencyKeyRequired, IdempotencyKeyReused)
async def idempotency_key(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A new random value (8–255 characters) per act; a repeated send with it has one effect.",
            max_length=257,
            examples=[_KEY_EXAMPLE],
        ),
    ] = None,
) -> idempotency.Key:
    """Return the key, bare or quoted, and the fingerprint of the request it came with."""
    value = (key or "").strip().strip('"')
    if not re.fullmatch(KEY, value):
        raise IdempotencyKeyRequired
    return await _key_of(request, value)


@raises(IdempotencyKeyReused)
async def possible_key(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A new random value (8–255 characters), if a repeated send is to have one effect.",
            min_length=8,
            max_length=257,
            pattern=f'^("{KEY}"|{KEY})$',
            examples=[_KEY_EXAMPLE],
        ),
    ] = None,
) -> idempotency.Key | None:
    """Return the same where the act does not demand a key, or None."""
    return None if key is None else await _key_of(request, key.strip('"'))


PossibleKey = Annotated[idempotency.Key | None, Depends(possible_key)]


async def _key_of(request: Request, value: str) -> idempotency.Key:
    actor = _caller(request).actor  # an actor whose rights changed since must not get the earlier answer
    parts = [request.method, request.url.path, request.headers.get("if-match", ""), str(actor.binds)]
    return idempotency.Key(value, idempotency.fingerprint(parts, await _content(request)))


async def _content(request: Request) -> bytes:
    """Return the body, or what stands for a form: its parts, whatever a client writes between them."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        return await request.body()
    parts = [(name, await _part(value)) for name, value in (await request.form()).multi_items()]
    return json.dumps(parts).encode()


async def _part(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return value
    digest = sha256(await value.read()).hexdigest()
    await value.seek(0)
    return digest


async def get_once(
    request: Request, key: Annotated[idempotency.Key, Depends(idempotency_key)]
) -> AsyncIterator[idempotency.KeyedContext]:
    async with open_context(request) as ctx:
        yield idempotency.KeyedContext.of(ctx, key)


Once = Annotated[idempotency.KeyedContext, Depends(get_once, scope="function")]
"""The `Ctx` of an act that has one effect per Idempotency-Key: a `Router` provides it where a route asks for this."""
