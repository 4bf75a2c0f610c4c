"""A route's signature is its contract: over all routes that there are, and in each detail on a few of its own."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import httpx2
import pytest
from fastapi import Depends, FastAPI, Path, Query, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app import main
from app.api.http import bodies
from app.api.http.dependencies import IfMatch, Once, get_once, idempotency_key, if_match
from app.api.http.output import ETag, Out, ResourceId
from app.api.http.problems import ALWAYS, SIGNED_IN, raises
from app.api.http.routing import Router, dependencies, derived, include
from app.problems import (
    Forbidden,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    IfMatchRequired,
    NotFound,
    Problem,
    StaleVersion,
    Unauthenticated,
    WrongState,
)
from app.settings import Settings

DERIVED = (NotFound, IfMatchRequired, StaleVersion, IdempotencyKeyRequired, IdempotencyKeyReused)
NOT_FOUND_WITHOUT_A_PATH = {
    "read_account",
    "update_account",
    "read_session",
    "sign_out",
    "read_progress",
    "read_statistics",
    "read_own_identity",
    "delete_own_identity",
}
"""Routes that look for what no path names: the caller's own, or what a query names."""
SHARED: list[tuple[Any, Sequence[type[Problem]]]] = [
    *((part, SIGNED_IN) for part in main.PRIVATE),
    *((part, ALWAYS) for part in main.PUBLIC),
]


def documented(route: APIRoute) -> set[str]:
    contents = [each.get("content", {}).get("application/problem+json", {}) for each in route.responses.values()]
    return {code for content in contents for code in content.get("examples", {})}


def codes(kinds: Any) -> set[str]:
    return {kind.code() for kind in kinds}


def test_what_a_signature_implies_is_what_is_documented() -> None:
    """Derived and declared refusals of a concept's routes agree everywhere."""
    routes = [each for each in main.create_app(Settings.model_construct()).routes if isinstance(each, APIRoute)]
    differing = {
        route.name: declared ^ implied
        for route in routes
        if (declared := documented(route) & codes(DERIVED))
        != (implied := codes(derived(route.path, route.endpoint)) & codes(DERIVED))
    }
    assert len(routes) > 190
    assert differing == dict.fromkeys(NOT_FOUND_WITHOUT_A_PATH, codes([NotFound]))


def test_a_route_names_only_what_its_signature_does_not_say() -> None:
    twice = {
        route.endpoint.__name__: codes(repeated)
        for part, shared in SHARED
        if isinstance(part.router, Router)
        for route in part.router.routes
        if (repeated := {*route.raises} & {*shared, *derived(route.path, route.endpoint)})
    }
    assert twice == {}


class Thing(Out):
    """Something with a version."""

    id: ResourceId
    etag: ETag


class Things(Out):
    """Several."""

    items: list[Thing]


THING = Thing(id=UUID(int=7), etag='"3"')
AGAIN = Thing(id=UUID(int=8), etag='"1"')
ThingId = Annotated[UUID, Path()]
router = Router("/things", tags=["things"])


@router.get("/{thing_id}")
async def read_thing(thing_id: ThingId) -> Thing:
    return Thing(id=thing_id, etag='"9"')


@router.get("", headers={"Cache-Control": "public"})
async def list_things() -> Things:
    return Things(items=[THING])


@router.post("", status_code=201, raises=[WrongState])
async def create_thing() -> Thing:
    return THING


@router.post("/{thing_id}/parts", status_code=201)
async def create_part(thing_id: ThingId) -> Thing:
    return THING


@router.post("/{thing_id}/revision", status_code=201, location="/things/{out.id}")
async def revise_thing(thing_id: ThingId) -> Thing:
    return THING


@router.post("/several", status_code=201, location="/things/{out.items[0].id}")
async def create_things() -> Things:
    return Things(items=[THING])


@router.put("/{thing_id}", location="/things/{thing_id}")
async def put_thing(thing_id: ThingId, version: IfMatch, response: Response) -> Thing:
    response.status_code = 200 if version else 201
    return THING


@router.post("/{thing_id}/answers", status_code=201)
async def answer_thing(thing_id: ThingId, response: Response) -> Thing:
    response.status_code = 200
    return THING


@router.delete("/{thing_id}", status_code=204)
async def delete_thing(thing_id: ThingId, version: IfMatch) -> None: ...


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    include(app, router, prefix="/v1", raises=(*ALWAYS, Unauthenticated))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as client:
        yield client


SOME = UUID(int=10)


@pytest.mark.parametrize(
    ("method", "path", "status", "headers"),
    [
        ("GET", f"/things/{SOME}", 200, {"etag": '"9"'}),
        ("GET", "/things", 200, {"cache-control": "public"}),
        ("POST", "/things", 201, {"etag": '"3"', "location": f"/v1/things/{THING.id}"}),
        ("POST", f"/things/{str(SOME).upper()}/parts", 201, {"location": f"/v1/things/{SOME}/parts/{THING.id}"}),
        ("POST", f"/things/{SOME}/revision", 201, {"location": f"/v1/things/{THING.id}"}),
        ("POST", "/things/several", 201, {"location": f"/v1/things/{THING.id}"}),
        ("PUT", f"/things/{SOME}", 201, {"location": f"/v1/things/{SOME}", "etag": '"3"'}),
        ("POST", f"/things/{SOME}/answers", 200, {"location": f"/v1/things/{SOME}/answers/{THING.id}"}),
        ("DELETE", f"/things/{SOME}", 204, {}),
    ],
)
async def test_headers_follow_from_the_answer(
    client: httpx2.AsyncClient, method: str, path: str, status: int, headers: dict[str, str]
) -> None:
    answer = await client.request(method, "/v1" + path, headers={"If-Match": "*"})
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in headers} == headers


async def test_what_was_changed_and_not_created_has_no_address(client: httpx2.AsyncClient) -> None:
    answer = await client.put(f"/v1/things/{SOME}", headers={"If-Match": '"3"'})
    assert (answer.status_code, "location" in answer.headers) == (200, False)


@raises(WrongState)
async def first(version: IfMatch) -> int | None:
    return version


async def second(of_first: Annotated[int | None, Depends(first)]) -> int | None:
    return of_first


async def act(thing_id: ThingId, of_second: Annotated[int | None, Depends(second)]) -> None: ...


async def act_once(ctx: Once) -> None: ...


def test_a_dependency_brings_what_it_depends_on() -> None:
    assert list(dependencies(act)) == [second, first, if_match]
    assert list(dependencies(act_once)) == [get_once, idempotency_key]


def test_problems_come_from_the_path_and_from_every_dependency() -> None:
    assert list(derived("/things/{thing_id}", act)) == [NotFound, WrongState, IfMatchRequired, StaleVersion]
    assert list(derived("/things", act_once)) == [IdempotencyKeyRequired, IdempotencyKeyReused]


def test_a_problem_that_is_shared_derived_and_named_is_documented_once() -> None:
    app, own = FastAPI(), Router("/things")
    own.get("/{thing_id}", raises=[Forbidden, NotFound, WrongState])(read_thing)
    include(app, own, raises=(*ALWAYS, Forbidden))
    [route] = (each for each in app.routes if isinstance(each, APIRoute))
    shared = set(ALWAYS) - set(bodies.REFUSALS)  # it has no body to refuse
    assert documented(route) == codes([*shared, Forbidden, NotFound, WrongState])


def test_routes_share_what_they_take_and_answer() -> None:
    """A parameter of a dependency, or a kind of answer, costs memory once and not once per route."""
    routes = [each for each in main.create_app(Settings.model_construct()).routes if isinstance(each, APIRoute)]
    answers = {id(vars(each.response_field)["_type_adapter"]) for each in routes if each.response_field}
    models = {each.response_model for each in routes if each.response_field}
    assert len(answers) == len(models)
    dependants = [below for each in routes for below in each.dependant.dependencies if not below.path_params]
    kinds = {(below.call, below.name, below.scope) for below in dependants}
    assert len({id(below) for below in dependants}) == len(kinds)


def test_every_model_is_made_at_its_first_use() -> None:
    """No validator is made of a model that a process never sends or receives.

    The settings are read at once, with the part that single sign-on has; the messages of webhooks belong to routes of
    FastAPI's own.
    """
    ours = [each for each in _below(BaseModel) if each.__module__.startswith("app.") and not issubclass(Settings, each)]
    ours = [each for each in ours if each.__module__ != "app.services.policies.events"]
    assert [each.__qualname__ for each in ours if not each.model_config.get("defer_build")] == []


def _below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


async def test_parameters_that_differ_stay_apart() -> None:
    """Names, types, limits and descriptions are each route's own where they are not the same."""
    router = Router()

    @router.get("/low")
    async def low(number: Annotated[int, Query(le=1)]) -> int:
        return number

    @router.get("/high")
    async def high(number: Annotated[int, Query(le=9)]) -> int:
        return number

    app = FastAPI()
    include(app, router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        found = [(await client.get(path, params={"number": 5})).status_code for path in ("/low", "/high")]
    assert found == [422, 200]
