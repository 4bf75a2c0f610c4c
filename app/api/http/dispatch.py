"""The table that finds a request's routes by the first parts of its path, and by how many it has.

A router tries its routes one after another, each with a pattern; with more than three hundred of them that took longer
than reading a row. Here a request meets a handful of routes, in the order they were added.
"""

from fastapi import FastAPI
from fastapi.routing import APIRouter
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

PARTS = 3
"""How many parts of a path name its concept: `api`, `v1`, `applications`."""

Shape = tuple[int, tuple[str, ...]]


def install(app: FastAPI) -> None:
    """Answer by the table; every route of a concept must be added before."""
    app.router.middleware_stack = Dispatch(app.router)


class Dispatch:
    """An application that hands each request to the routes whose addresses have the shape of its path."""

    def __init__(self, router: APIRouter) -> None:
        self._all = router
        self._by_shape = {
            shape: APIRouter(routes=routes, redirect_slashes=False) for shape, routes in _grouped(router.routes).items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; starting and stopping, which have no path, are the whole router's."""
        await self.router_for(scope.get("path", "")).app(scope, receive, send)

    def router_for(self, path: str) -> APIRouter:
        """Return the router of the routes that have a path's shape, or the one of all routes."""
        return self._by_shape.get(_shape(path), self._all)


def _grouped(routes: list[BaseRoute]) -> dict[Shape, list[BaseRoute]]:
    grouped: dict[Shape, list[BaseRoute]] = {}
    for route in routes:
        assert isinstance(route, Route), "only a route with one path has a shape"
        shape = _shape(route.path)
        assert "{" not in "".join(shape[1]), "a parameter is no name of a concept"
        grouped.setdefault(shape, []).append(route)
    return grouped


def _shape(path: str) -> Shape:
    parts = path.split("/")
    return len(parts), tuple(parts[1 : 1 + PARTS])
