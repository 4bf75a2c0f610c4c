"""The routers of the concepts, laid out flat in one list.

FastAPI keeps an included router as a node of its own and matches a request once per level of nesting: with a hundred
routes that costs more than the request's own work. Here every route stands directly in the application's list, and the
list begins with what is asked for most.
"""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

_KEPT = (
    *("response_model", "status_code", "tags", "summary", "description", "response_description", "methods"),
    *("deprecated", "name", "response_class", "openapi_extra", "dependencies", "include_in_schema"),
)


def include(app: FastAPI, router: APIRouter, *, prefix: str = "", responses: dict[int | str, Any]) -> None:
    """Add a concept's routes under a prefix; a route's own answer replaces the shared one of the same status."""
    for route in router.routes:
        assert isinstance(route, APIRoute), "concepts have plain routes only"
        app.router.add_api_route(
            prefix + route.path,
            route.endpoint,
            responses=responses | route.responses,
            **{name: getattr(route, name) for name in _KEPT},
        )
