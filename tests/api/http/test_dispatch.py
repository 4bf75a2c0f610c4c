"""The table of routes finds what a search through all of them finds."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, Route

from app.api.http.dispatch import Dispatch
from app.main import create_app
from app.settings import Settings

ID = str(UUID(int=7))
MANY = 40


@pytest.fixture(scope="module")
def undisturbed() -> FastAPI:
    return create_app(Settings.model_construct())


def requests(app: FastAPI) -> list[tuple[str, str]]:
    """List every method with every path, whether they go together or not."""
    routes = [each for each in app.routes if isinstance(each, Route)]
    methods = sorted({method for each in routes for method in each.methods or ()})
    paths = sorted({each.path_format.format(**dict.fromkeys(each.param_convertors, ID)) for each in routes})
    return [(method, path) for path in paths for method in methods]


def found(routes: Sequence[BaseRoute], method: str, path: str) -> tuple[Match, BaseRoute | None]:
    """Return what a router chooses of its routes: the first that answers, else the first with this path."""
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    matches = [(each.matches(scope)[0], each) for each in routes]
    for wanted in (Match.FULL, Match.PARTIAL):
        if first := next((each for match, each in matches if match is wanted), None):
            return wanted, first
    return Match.NONE, None


def test_every_request_finds_what_a_search_through_all_routes_finds(undisturbed: FastAPI) -> None:
    dispatch = undisturbed.router.middleware_stack
    assert isinstance(dispatch, Dispatch)
    for method, path in requests(undisturbed):
        looked_up = found(dispatch.router_for(path).routes, method, path)
        assert looked_up == found(undisturbed.routes, method, path), (method, path)


def test_no_request_is_compared_with_many_routes(undisturbed: FastAPI) -> None:
    dispatch = undisturbed.router.middleware_stack
    assert isinstance(dispatch, Dispatch)
    assert max(len(dispatch.router_for(path).routes) for _, path in requests(undisturbed)) < MANY


def test_what_has_the_shape_of_no_route_is_left_to_the_whole_router(undisturbed: FastAPI) -> None:
    dispatch = undisturbed.router.middleware_stack
    assert isinstance(dispatch, Dispatch)
    assert [dispatch.router_for(path) for path in ("", "/", "/nowhere", "/api/v1/applications/")] == [
        undisturbed.router
    ] * 3 + [dispatch.router_for(f"/api/v1/applications/{ID}")]
