"""The routers of the concepts, laid out flat in one list, each route's contract derived from its signature.

FastAPI keeps an included router as a node of its own and matches a request once per level of nesting: with a hundred
routes that costs more than the request's own work. Here every route is directly in the application's list, which
`dispatch` looks up by the path.

A route of a `Router` writes down only what its signature does not say:

    @router.post("/{application_id}/submission", raises=[WrongState, RulesViolated])
    async def submit_application(application_id: ApplicationId, ctx: Once) -> ApplicationOut:
        await applications.submit(ctx, application_id)
        return await ApplicationOut.read(ctx, application_id)

Derived are: `NotFound` from a parameter in the path; what the dependencies declare with `problems.raises`; what all
routes share, `Forbidden` included, from `include`; the `ETag` header from an `etag` member; the `Location` of a 201;
one effect per key, which `Once` demands, and any other `POST` that changes something gives where a key is sent.
The routes of a `Router(in_a_seat=True)` are answered to whoever sits in the seat that `Act-For` names.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from http import HTTPStatus
from typing import Any, TypedDict, TypeVar, Unpack

from fastapi import FastAPI, Request, Response, params
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api.http import bodies, row_actions, tables
from app.api.http.dependencies import (
    LateEffect,
    Opener,
    PossibleKey,
    act_for,
    get_context,
    get_effect,
    get_once,
    get_opener,
    get_view,
)
from app.api.http.deprecation import Deprecation
from app.api.http.downloads import IfNoneMatch
from app.api.http.links import LOCATION
from app.api.http.problems import problems, raised_by
from app.api.http.published import MADE_ONCE, Shelf
from app.api.http.sharing import share
from app.api.http.strictness import StrictRoute
from app.context import Context, Effect, OpenContext
from app.problems import InvalidRequest, NotFound, Problem, Unauthenticated
from app.services import idempotency
from app.services.idempotency import KeyedContext, StoredAnswer

Endpoint = Callable[..., Awaitable[Any]]
AnyEndpoint = TypeVar("AnyEndpoint", bound=Endpoint)
OK, CREATED = 200, 201
CHANGING = frozenset({get_context, get_effect, get_opener})


class Options(TypedDict, total=False):
    """Everything a route may say beside its path and its signature."""

    raises: Sequence[type[Problem]]
    """The problems that its signature does not imply."""
    status_code: int
    location: str
    """The address of what a 201 created, as a format of `out` and the route's arguments: "/objections/{out.id}".

    Without it, the route's own path and the `id` of the answer.
    """
    headers: Mapping[str, str]
    """Headers that every success has."""
    offers: row_actions.Offers
    """The acts of several rows at once: a page of the list may have its rows' `actions`."""
    made_once: bool
    """Everybody gets the same bytes: they are made once per change, and any cache may keep them for a minute."""
    response_class: type[Response]
    responses: dict[int | str, dict[str, Any]]
    """Successes beside the one of the status code."""
    deprecated: Deprecation
    """Its end, and what to use instead: each of its answers says so, and the contract."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation as its concept declares it."""

    method: str
    path: str
    endpoint: Endpoint
    options: Options

    @property
    def status_code(self) -> int | None:
        return self.options.get("status_code")

    @property
    def successes(self) -> dict[int | str, dict[str, Any]]:
        return self.options.get("responses", MADE_ONCE if self.is_made_once else {})

    @property
    def response_class(self) -> type[Response] | None:
        """Return the class of its successes; an answer without a body has no media type (RFC 9110, 8.3)."""
        return self.options.get("response_class", Response if self.status_code == HTTPStatus.NO_CONTENT else None)

    @property
    def is_made_once(self) -> bool:
        return self.options.get("made_once", False)

    @property
    def raises(self) -> Sequence[type[Problem]]:
        return self.options.get("raises", ())


def derived(path: str, endpoint: Endpoint, always: Sequence[Endpoint] = ()) -> Iterator[type[Problem]]:
    """Yield the problems that a path with its parameters and a signature with its dependencies imply."""
    if "{" in path:
        yield NotFound
    for dependency in (*always, *dependencies(endpoint)):
        yield from raised_by(dependency)


class Router:
    """The routes of a concept; `include` puts them into an application."""

    def __init__(
        self, prefix: str = "", *, tags: Sequence[str] = (), in_contract: bool = True, in_a_seat: bool = False
    ) -> None:
        self.routes: list[Route] = []
        self.always = (act_for,) if in_a_seat else ()
        self._prefix = prefix
        self.tags = list(tags)
        self.in_contract = in_contract

    def get(self, path: str, **options: Unpack[Options]) -> Callable[[AnyEndpoint], AnyEndpoint]:
        return self._adding("GET", path, options)

    def post(self, path: str, **options: Unpack[Options]) -> Callable[[AnyEndpoint], AnyEndpoint]:
        return self._adding("POST", path, options)

    def put(self, path: str, **options: Unpack[Options]) -> Callable[[AnyEndpoint], AnyEndpoint]:
        return self._adding("PUT", path, options)

    def patch(self, path: str, **options: Unpack[Options]) -> Callable[[AnyEndpoint], AnyEndpoint]:
        return self._adding("PATCH", path, options)

    def delete(self, path: str, **options: Unpack[Options]) -> Callable[[AnyEndpoint], AnyEndpoint]:
        return self._adding("DELETE", path, options)

    def _adding(self, method: str, path: str, options: Options) -> Callable[[AnyEndpoint], AnyEndpoint]:
        def add(endpoint: AnyEndpoint) -> AnyEndpoint:
            self.routes.append(Route(method, self._prefix + path, endpoint, options))
            return endpoint

        return add


def include(app: FastAPI, router: Router, *, prefix: str = "", raises: Sequence[type[Problem]] = ()) -> None:
    """Add a concept's routes under a prefix, with the problems that all of them may raise."""
    for route in router.routes:
        endpoint, end = answering(route, prefix, has_actor=Unauthenticated in raises), route.options.get("deprecated")
        row = tables.row_of(inspect.signature(route.endpoint).return_annotation)
        if offers := route.options.get("offers"):
            endpoint = row_actions.with_actions(endpoint, offers, _view_of(endpoint))
        if row:
            endpoint = tables.with_tables(endpoint, route.endpoint, row, router.tags[0])
        app.router.add_api_route(
            prefix + route.path,
            endpoint,
            methods=[route.method],
            dependencies=[params.Depends(each) for each in router.always],
            route_class_override=StrictRoute if InvalidRequest in raises else None,
            tags=[*router.tags],
            status_code=route.status_code,
            include_in_schema=router.in_contract,
            deprecated=bool(end),
            openapi_extra=(tables.ALSO if row else {}) | (end.extra if end else {}) | located(route, prefix),
            response_class=route.response_class or app.router.default_response_class,
            responses=problems(*raises, *derived(route.path, endpoint, router.always), *route.raises) | route.successes,
        )
        added = app.router.routes[-1]
        assert isinstance(added, APIRoute)
        share(added)
        if added.body_field is None:
            for refusal in bodies.REFUSALS:
                added.responses.pop(refusal.status, None)
        if end:
            added.app = end.told_by(added.app)


def located(route: Route, prefix: str) -> dict[str, Any]:
    """Note where what the route creates can be found: the links of its answer are made of it."""
    location = Head.of(route, prefix).location
    return {LOCATION: location} if location else {}


def dependencies(call: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Yield what a function depends on, and what that depends on."""
    for parameter in inspect.signature(call).parameters.values():
        if dependency := _dependency_of(parameter):
            yield dependency
            yield from dependencies(dependency)


def _dependency_of(parameter: inspect.Parameter) -> Callable[..., Any] | None:
    marks = getattr(parameter.annotation, "__metadata__", ())
    return next((mark.dependency for mark in marks if isinstance(mark, params.Depends)), None)


def _view_of(endpoint: Endpoint) -> str:
    """Name the parameter through which an endpoint reads."""
    parameters = inspect.signature(endpoint).parameters
    return next(name for name, each in parameters.items() if _dependency_of(each) is get_view)


@dataclass(frozen=True, slots=True)
class Head:
    """The headers of a route's successes."""

    location: str | None
    status_code: int | None
    constant: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, route: Route, prefix: str) -> "Head":
        location = route.options.get("location")
        if location is None and route.status_code == CREATED:
            location = route.path + "/{out.id}"
        address = None if location is None else prefix + location
        return cls(address, route.status_code, route.options.get("headers", {}))

    def write(self, out: Any, arguments: dict[str, Any], status_code: int | None = None) -> dict[str, str]:
        """Return the headers of this answer; the status code is what the route set by hand, if it did."""
        headers = dict(self.constant)
        if tag := getattr(out, "etag", None):
            headers["ETag"] = tag
        was_made = CREATED in {self.status_code, status_code} and not _is_tried(arguments)
        if self.location and was_made:
            headers["Location"] = self.location.format(out=out, **arguments)
        return headers


def _is_tried(arguments: Mapping[str, Any]) -> bool:
    """Return true for a dry run: of what it made there is no address."""
    return any(getattr(each, "dry_run", False) is True for each in arguments.values())


def answering(route: Route, prefix: str, *, has_actor: bool) -> Endpoint:
    """Return the route's function as FastAPI is to call it: with what its signature and its answer imply done."""
    signature, head = inspect.signature(route.endpoint), Head.of(route, prefix)
    if route.is_made_once:
        return _made_once(route.endpoint, signature)
    keyed = [name for name, each in signature.parameters.items() if _dependency_of(each) is get_once]
    if keyed:
        return _once(route.endpoint, keyed[0], head)
    has_file = "response_class" in route.options  # which changes nothing: there is no answer to be kept
    if has_actor and route.method == "POST" and not has_file and not CHANGING.isdisjoint(dependencies(route.endpoint)):
        return _once_if_asked(_with_headers(route.endpoint, signature, head), head)
    if head.location or head.constant or _has_etag(signature.return_annotation):
        return _with_headers(route.endpoint, signature, head)
    return route.endpoint


def _made_once(endpoint: Endpoint, signature: inspect.Signature) -> Endpoint:
    """Answer from the shelf of the process, which has the endpoint asked where something changed."""
    view = _view_of(endpoint)

    @wraps(endpoint)
    async def answer(_request: Request, _known: str | None, **arguments: Any) -> Response:
        shelf: Shelf = _request.app.state.shelf
        address = f"{_request.url.path}?{_request.url.query}"
        found = await shelf.at(address, arguments[view], lambda: endpoint(**arguments))
        return found.answer(_request, _known)

    parameters = [*signature.parameters.values(), _REQUEST, _KNOWN]
    answer.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    return answer


_REQUEST = inspect.Parameter("_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
_KNOWN = inspect.Parameter("_known", inspect.Parameter.KEYWORD_ONLY, annotation=IfNoneMatch, default=None)


def _has_etag(answer: Any) -> bool:
    return isinstance(answer, type) and issubclass(answer, BaseModel) and "etag" in answer.model_fields


def _with_headers(endpoint: Endpoint, signature: inspect.Signature, head: Head) -> Endpoint:
    """Set the headers on FastAPI's own response, which the function may ask for too."""
    own = [name for name, each in signature.parameters.items() if each.annotation is Response]

    @wraps(endpoint)
    async def answer(**arguments: Any) -> Any:
        response: Response = arguments[own[0]] if own else arguments.pop(_RESPONSE.name)
        out = await endpoint(**arguments)
        response.headers.update(head.write(out, arguments, response.status_code))
        return out

    parameters = [*signature.parameters.values(), *([] if own else [_RESPONSE])]
    answer.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    return answer


_RESPONSE = inspect.Parameter("_response", inspect.Parameter.KEYWORD_ONLY, annotation=Response)


def _once(endpoint: Endpoint, keyed: str, head: Head) -> Endpoint:
    """Give an act that demands a key one effect per key; a dry run, of which nothing stays, sets its own status."""
    parameters = inspect.signature(endpoint).parameters
    written = next((name for name, each in parameters.items() if each.annotation is Response), None)

    @wraps(endpoint)
    async def answer(**arguments: Any) -> Response:
        async def act() -> StoredAnswer:
            out: BaseModel = await endpoint(**arguments)
            by_hand = arguments[written].status_code if written else None
            its = replace(head, status_code=by_hand or head.status_code or OK)
            return StoredAnswer(its.status_code or OK, its.write(out, arguments), _body_of(out))

        ctx: KeyedContext = arguments[keyed]
        return await _in_one_transaction(ctx, ctx.key, act)

    return answer


def _once_if_asked(endpoint: Endpoint, head: Head) -> Endpoint:
    """Give an act one effect per key where a key was sent."""
    signature = inspect.signature(endpoint)
    own = next((name for name, each in signature.parameters.items() if _dependency_of(each) is get_context), None)
    written = next(name for name, each in signature.parameters.items() if each.annotation is Response)

    @wraps(endpoint)
    async def answer(_key: idempotency.Key | None, _open: OpenContext, _effect: Effect, **arguments: Any) -> Any:
        async def act() -> StoredAnswer:
            out: BaseModel | None = await endpoint(**arguments)
            hand: Response = arguments[written]
            return StoredAnswer(hand.status_code or head.status_code or OK, dict(hand.headers), _body_of(out))

        if _key is None:
            return await endpoint(**arguments)
        if own is None:
            return await _in_several_transactions(_open, _effect, _key, act)
        return await _in_one_transaction(arguments[own], _key, act)

    parameters = [*signature.parameters.values(), _KEY, _OPEN, _EFFECT]
    answer.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    return answer


_KEY = inspect.Parameter("_key", inspect.Parameter.KEYWORD_ONLY, annotation=PossibleKey)
_OPEN = inspect.Parameter("_open", inspect.Parameter.KEYWORD_ONLY, annotation=Opener)
_EFFECT = inspect.Parameter("_effect", inspect.Parameter.KEYWORD_ONLY, annotation=LateEffect)
Act = Callable[[], Awaitable[StoredAnswer]]


async def _in_one_transaction(ctx: Context, key: idempotency.Key, act: Act) -> Response:
    """Act, or repeat the stored answer: the key's row, the effect and the answer are stored together.

    A second sender waits for the first at the key's unique index; if the first fails, nothing was stored and the second
    acts.
    """
    if stored := await idempotency.claim(ctx, key):
        return _sent(stored, {"Idempotency-Replayed": "true"})
    answered = await act()
    await idempotency.keep(ctx, key, answered)
    return _sent(answered)  # the very bytes a repeated send will get


async def _in_several_transactions(opened: OpenContext, effect: Effect, key: idempotency.Key, act: Act) -> Response:
    """Do the same where the act has transactions of its own: a second sender is asked to come again meanwhile.

    The answer is stored in the transaction of the effect: whoever takes over from a dead process finds both or neither.
    """
    async with opened() as ctx:
        stored = await idempotency.claim(ctx, key)
    if stored:
        return _sent(stored, {"Idempotency-Replayed": "true"})
    try:
        async with effect.until:
            answered = await act()
            await idempotency.keep(await effect.begun(), key, answered)
    except BaseException:
        async with opened() as ctx:
            await idempotency.release(ctx, key)
        raise
    return _sent(answered)


def _body_of(out: BaseModel | None) -> bytes:
    return out.model_dump_json(by_alias=True).encode() if out else b""


def _sent(answer: StoredAnswer, more: Mapping[str, str] | None = None) -> Response:
    media_type = "application/json" if answer.body else None
    return Response(answer.body, answer.status, {**answer.headers, **(more or {})}, media_type)
