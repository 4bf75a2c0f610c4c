"""The end of an operation, told while it is still answered: `Deprecation` (RFC 9745), `Sunset` (RFC 8594)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.http.document import Json, components, operations

KEPT_FOR = timedelta(days=365)
"""The time for which an operation is answered at least once it is deprecated: a campaign takes a year."""
HEADERS = {
    "Deprecation": "Instant from which the operation is deprecated, as `@` and Unix seconds (RFC 9745).",
    "Sunset": "Instant at which it ends (RFC 8594).",
    "Link": 'Address to use instead, with `rel="successor-version"`.',
}


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The first day on which an operation is deprecated, the last on which it is answered, and its successor."""

    since: date
    until: date
    successor: str

    def __post_init__(self) -> None:
        if self.until - self.since < KEPT_FOR:
            raise ValueError(f"A deprecated operation is kept for {KEPT_FOR.days} days")

    @property
    def headers(self) -> dict[str, str]:
        since, until = (datetime.combine(day, time(), UTC) for day in (self.since, self.until + timedelta(days=1)))
        return {
            "Deprecation": f"@{int(since.timestamp())}",
            "Sunset": format_datetime(until, usegmt=True),
            "Link": f'<{self.successor}>; rel="successor-version"',
        }

    @property
    def extra(self) -> dict[str, Any]:
        """Members of the operation in the contract."""
        return {"x-sunset": self.until.isoformat(), "x-successor": self.successor}

    def told_by(self, app: ASGIApp) -> ASGIApp:
        """Return the app of a route with these headers on each of its answers, refusals too."""

        async def telling(scope: Scope, receive: Receive, send: Send) -> None:
            async def with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).update(self.headers)
                await send(message)

            await app(scope, receive, with_headers)

        return telling


def announce_ends(document: Json) -> None:
    """Say of a deprecated operation when it ends and what to use instead, and promise the headers that repeat it."""
    for operation in operations(document):
        if until := operation.get("x-sunset"):
            words = f"Deprecated; answered until {until}. Use `{operation.get('x-successor')}` instead."
            operation |= {"description": f"{operation.get('description', '')}\n\n{words}".strip()}
            for status, response in operation.get("responses", {}).items():
                if status < "400":
                    response.setdefault("headers", {}).update(_promised(document))


def _promised(document: Json) -> Json:
    for name, description in HEADERS.items():
        components(document, "headers")[name] = {
            "description": description,
            "required": True,
            "schema": {"type": "string"},
        }
    return {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
