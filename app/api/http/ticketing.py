"""Files at addresses that carry a ticket: the operations that take one, and the ticket of a request.

A browser loads what an `<img>`, an `<a download>` or an `<embed>` names, and sends no header of the page's choice.
"""

import re
from functools import cache
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Scope

from app.api.http.document import Json
from app.problems import Unauthenticated

TICKET = "ticket"
_PART = f"{TICKET}=".encode()
SCHEME = {
    "type": "apiKey",
    "in": "query",
    "name": TICKET,
    "description": "The ticket of one file, for minutes: part of an address that `POST /api/v1/tickets` answers.",
}


def takes_tickets(route: APIRoute) -> bool:
    """Return true for a read that answers nothing but bytes, to whoever is signed in: a browser loads it by address."""
    is_read, answer = "GET" in (route.methods or ()), route.responses.get(HTTPStatus.OK, {})
    return is_read and Unauthenticated.status in route.responses and is_of_bytes(answer)


def is_of_bytes(answer: Json) -> bool:
    """Return true for an answer, as it is documented, that is a file."""
    contents = answer.get("content", {}).values()
    return bool(contents) and all(each.get("schema", {}).get("format") == "binary" for each in contents)


@cache
def _addresses(app: FastAPI) -> re.Pattern[str]:
    """Return what the addresses of all these operations look like."""
    routes = (each for each in app.routes if isinstance(each, APIRoute) and takes_tickets(each))
    return re.compile("|".join(re.sub(r"\{\w+\}", "[^/]+", each.path_format) for each in routes))


def is_file(app: FastAPI, href: str) -> bool:
    """Return true for the address of an operation that takes a ticket, with or without a query."""
    return bool(_addresses(app).fullmatch(href.partition("?")[0]))


def with_ticket(href: str, ticket: str) -> str:
    return f"{href}{'&' if '?' in href else '?'}{TICKET}={ticket}"


def taken(scope: Scope) -> tuple[str, str] | None:
    """Take the ticket out of the query of a read, and return it with the address that is left: nothing else sees it."""
    query: bytes = scope["query_string"]
    rest, found, ticket = query.rpartition(_PART)
    if scope["method"] != "GET" or not found or rest[-1:] not in (b"", b"&"):
        return None
    scope["query_string"] = without = rest[:-1]
    asked = without.decode("ascii", "replace")
    return ticket.decode("ascii", "replace"), f"{scope['path']}?{asked}" if asked else scope["path"]
