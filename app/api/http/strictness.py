"""Refusals of what Starlette overlooks in a request: unknown query parameters, a JSON member sent twice.

A misspelt filter would list everything, and of two members another reader may take the first where we take the last.
"""

import json
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any

from fastapi import Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Pairs = list[tuple[str, Any]]
Path = tuple[str | int, ...]


class StrictRoute(APIRoute):
    """A route that answers 422 to what its contract does not name."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        known = {each.alias for each in get_flat_params(self.dependant) if isinstance(each.field_info, params.Query)}

        async def strict(request: Request) -> Response:
            _refuse("extra_forbidden", (("query", name) for name in request.query_params if name not in known))
            asked = _StrictRequest(request.scope, request.receive)
            try:
                return await handle(asked)
            except HTTPException:  # made by FastAPI of whatever fails in reading a body
                _refuse("repeated_part", (("body", *path) for path in asked.repeated))
                raise

        return strict


class _StrictRequest(Request):
    """A request whose JSON has each member once; `repeated` are the paths of the others."""

    repeated: Sequence[Path] = ()

    async def json(self) -> Any:
        body = await self.body()
        try:
            return json.loads(body, object_pairs_hook=_members)
        except _RepeatedMemberError:
            self.repeated = tuple(_repeated(json.loads(body, object_pairs_hook=_Members)))
            raise


class _RepeatedMemberError(Exception):
    pass


class _Members:
    """An object of JSON as it was written."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs


def _members(pairs: Pairs) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _RepeatedMemberError
    return members


def _repeated(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each member that its object has twice."""
    if isinstance(value, _Members):
        seen: set[str] = set()
        for name, each in value.pairs:
            if name in seen:
                yield (*path, name)
            seen.add(name)
            yield from _repeated(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _repeated(each, (*path, place))


def _refuse(code: str, places: Iterable[Path]) -> None:
    if errors := [{"type": code, "loc": place} for place in places]:
        raise RequestValidationError(errors)
