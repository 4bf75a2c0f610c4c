"""Refusals of what Starlette overlooks in a request: unknown query parameters, and whatever is sent twice.

A misspelt filter would list everything; of two parameters, parts of a form or members of JSON another reader may take
the first where we take the last. A seat where none can be taken would be done under the account's own role.

One thing is read that others do not: a file that has only the extended form of its name.
"""

import json
import math
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response, params
from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from app.api.http import bodies

ACT_FOR = "Act-For"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Pairs = list[tuple[str, Any]]
Path = tuple[str | int, ...]
PLAIN_NAME = re.compile(rb";\s*filename=", re.IGNORECASE)
EXTENDED_NAME = re.compile(rb"(;\s*)filename\*=[^;]*", re.IGNORECASE)


class StrictRoute(APIRoute):
    """A route that answers 422 to what its contract does not name, and refuses a body by its headers."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        fields = [each for each in get_flat_params(self.dependant) if isinstance(each.field_info, params.Query)]
        known = {each.alias for each in fields}
        single = {each.alias for each in fields if not field_annotation_is_sequence(each.field_info.annotation)}

        takes_seats = ACT_FOR in {each.alias for each in get_flat_params(self.dependant)}

        async def strict(request: Request) -> Response:
            asked = _StrictRequest(request.scope, request.receive)
            if self.body_field:
                bodies.check(asked.headers, request.scope["path"])
            sent = asked.query_params  # of the one that goes on, which keeps what it has read
            _refuse("extra_forbidden", [("header", ACT_FOR)] if ACT_FOR in asked.headers and not takes_seats else [])
            _refuse("extra_forbidden", (("query", name) for name in sent if name not in known))
            _refuse("repeated_part", (("query", name) for name in sent if name in single and _is_repeated(sent, name)))
            try:
                return await handle(asked)
            except HTTPException:  # made by FastAPI of whatever fails in reading a body
                _refuse("repeated_part", (("body", *path) for path in asked.repeated))
                raise

        return strict


def refuse_repeated(form: FormData) -> None:
    """Refuse a form that has a part twice."""
    _refuse("repeated_part", (("body", name) for name in form if _is_repeated(form, name)))


def _is_repeated(parts: ImmutableMultiDict[str, object], name: str) -> bool:
    return len(parts.getlist(name)) > 1


class _StrictRequest(Request):
    """A request whose JSON has each member once; `repeated` are the paths of the others."""

    repeated: Sequence[Path] = ()

    async def _get_form(self, **limits: Any) -> FormData:
        if self._form is None and self.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            try:
                async with aclosing(self.stream()) as stream:
                    self._form = await _TolerantParser(self.headers, stream, **limits).parse()
            except MultiPartException as broken:
                raise HTTPException(HTTPStatus.BAD_REQUEST, broken.message) from broken
        return await super()._get_form(**limits)

    async def json(self) -> Any:
        body = await self.body()
        try:
            return json.loads(body, object_pairs_hook=_members, parse_float=_number)
        except _RepeatedMemberError:
            self.repeated = tuple(_repeated(json.loads(body, object_pairs_hook=_Members)))
            raise


class _TolerantParser(MultiPartParser):
    """A parser of forms that knows a file also by the extended name alone, which RFC 7578 forbids and some send."""

    def on_headers_finished(self) -> None:
        part = self._current_part
        if (given := part.content_disposition) and not PLAIN_NAME.search(given):
            part.content_disposition = EXTENDED_NAME.sub(rb'\1filename=""', given)
        super().on_headers_finished()


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


def _number(written: str) -> float:
    """Read a number; one that is too small to be told from 0 becomes none, which every field refuses."""
    number, digits = float(written), written.lower().partition("e")[0]
    return math.nan if not number and digits.strip("-0.") else number


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
