"""Tickets over HTTP: addresses of files that a browser can load by itself."""

from typing import Annotated

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field

from app.api.http.dependencies import Keys, Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.api.http.ticketing import is_file, with_ticket
from app.inputs import Input
from app.services.people import tickets
from app.services.policies.people.tickets import MOST

router = Router(tags=["sessions"], in_a_seat=True)
_IMAGE = "/api/v1/applications/0198f1c2-7a3b-7c4d-8e5f-6a7b8c9d0e1f/images/0198f1c2-7a3b-7c4d-8e5f-6a7b8c9d0e20"
_TICKET = "AZjxwnoge0x9jl9qe4ydDg"
Href = Annotated[str, Field(max_length=200, pattern=r"^/api/v1/[0-9A-Za-z/_.-]+(\?[0-9A-Za-z_=&.-]+)?$")]


class TicketsCreate(Input):
    """The files of a screen."""

    hrefs: list[Href] = Field(
        description="Addresses of files as answers name them (`thumbnail_href`, `content_href`, `scan_href`, …), or of "
        "any other operation with the security scheme `ticket`; with their query, if they have one.",
        min_length=1,
        max_length=MOST,
        examples=[[f"{_IMAGE}/thumbnail"]],
    )


class TicketOut(Out):
    """An address that opens one file."""

    href: str = Field(description="The address that was sent.", max_length=200, examples=[f"{_IMAGE}/thumbnail"])
    ticketed_href: str = Field(
        description="The same with its ticket, for `src` and `href` in a page. Do not store it or show it to others.",
        max_length=400,
        examples=[f"{_IMAGE}/thumbnail?ticket={_TICKET}"],
    )


class TicketsOut(Out):
    """The addresses of some files, each with a ticket."""

    tickets: list[TicketOut] = Field(description="One for each address, in their order.", max_length=MOST)
    expires_at: Instant = Field(description="They end then, or with the session: in five to ten minutes.")


@router.post("/tickets")
async def issue_tickets(body: TicketsCreate, request: Request, view: Reads, keyring: Keys) -> TicketsOut:
    """Get addresses of files that work without a header, for `<img>` and `<a download>`: one call for a whole page.

    Each opens one file, to `GET` and `HEAD`, for a few minutes. At each use it is you who asks, in the seat of this
    request: it ends with the session, and what you may no longer see is not found. Within five minutes the same file
    has the same address. An address that is no file's is refused (422); of what you may not see nothing is said before
    it is used. Nothing is stored.
    """
    refused = [("body", "hrefs", place) for place, href in enumerate(body.hrefs) if not is_file(request.app, href)]
    if refused:
        raise RequestValidationError([{"type": "not_a_file", "loc": place} for place in refused])
    issued = tickets.issue(keyring, view.actor, body.hrefs, view.now)
    pairs = zip(body.hrefs, issued.texts, strict=True)
    rows = [TicketOut(href=href, ticketed_href=with_ticket(href, text)) for href, text in pairs]
    return TicketsOut(tickets=rows, expires_at=issued.until)
