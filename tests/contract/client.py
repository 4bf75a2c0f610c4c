"""An HTTP client that refuses every answer which the contract does not promise."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import jsonschema_rs
from fastapi import FastAPI
from httpx2 import URL, ASGITransport, AsyncClient, Request, Response

from app.api.http.document import METHODS, Json, nodes, resolve

JSON = "application/json"
PROBLEM = "application/problem+json"
EVENTS = "text/event-stream"
DOCUMENT = "urn:contract"

# Served beside the contract: the page that shows it, its parts, and the document itself.
BESIDE = ("/api/docs", "/api/v1/openapi.json")

SET_BY_PEOPLE = "Window"  # it answers with the instant as it was sent, in its own offset
WHOLE_SECONDS = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"

# Any path may be answered like this before the routes are asked; the members are those of RFC 9457 that we always send.
ANY_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:problem-type:pinpai:[a-z0-9-]+$"},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "minLength": 1},
        "instance": {"type": "string", "pattern": "^urn:uuid:"},
    },
}


class ContractBrokenError(AssertionError):
    """The server answered something that its contract does not promise."""


@dataclass(frozen=True)
class Promise:
    """One documented response: its headers, and a validator (or None) for each media type."""

    headers: dict[str, Json]
    content: dict[str, jsonschema_rs.Validator | None]


@dataclass(frozen=True)
class Event:
    """An event of a stream."""

    name: str
    data: Json
    id: str


class Contract:
    """The promises of an OpenAPI document, by method, path and status."""

    def __init__(self, document: Json) -> None:
        self.document = closed(document)
        self.registry = jsonschema_rs.Registry([(DOCUMENT, self.document)])
        self.promises: dict[tuple[str, str, str], Promise | None] = {}

    @cached_property
    def templates(self) -> dict[int, list[tuple[re.Pattern[str], str]]]:
        """The paths by their length, those with the fewest parameters first: a literal wins over a parameter."""
        templates: dict[int, list[tuple[re.Pattern[str], str]]] = {}
        for path in sorted(self.document["paths"], key=lambda path: path.count("{")):
            pattern = re.compile(re.sub(r"\\{.+?\\}", "[^/]+", re.escape(path)))
            templates.setdefault(path.count("/"), []).append((pattern, path))
        return templates

    def template(self, path: str) -> str | None:
        candidates = self.templates.get(path.count("/"), [])
        return next((template for pattern, template in candidates if pattern.fullmatch(path)), None)

    def methods(self, template: str) -> set[str]:
        return {method for method in self.document["paths"][template] if method in METHODS}

    def promise(self, template: str, method: str, status: str) -> Promise | None:
        """Schema of this answer, or None without one; compiled at first use."""
        key = (template, method, status)
        if key not in self.promises:
            self.promises[key] = self._compiled(*key)
        return self.promises[key]

    def _compiled(self, template: str, method: str, status: str) -> Promise | None:
        operation = self.document["paths"][template][method]
        if status not in operation["responses"]:
            return None
        response = resolve(self.document, operation["responses"][status])
        headers = {name: resolve(self.document, each) for name, each in response.get("headers", {}).items()}
        content = response.get("content", {})
        return Promise(headers, {media: self._validator(media, each["schema"]) for media, each in content.items()})

    def _validator(self, media: str, schema: Json) -> jsonschema_rs.Validator | None:
        if not media.endswith("json"):
            return None
        absolute = deepcopy(schema)
        for node in nodes(absolute):
            if "$ref" in node:
                node["$ref"] = DOCUMENT + node["$ref"]
        return jsonschema_rs.Draft202012Validator(absolute, registry=self.registry, validate_formats=True)

    def event_objections(self, template: str, name: str, data: Any) -> Iterator[str]:
        """Every way in which an event of a stream differs from what was promised under its name."""
        promised = self.document["paths"][template]["get"]["responses"]["200"]["content"][EVENTS]["schema"]["$defs"]
        if name not in promised:
            yield f"{name!r} is no event of it"
        elif validator := self._validator(JSON, promised[name]):
            yield from (
                f"/{'/'.join(map(str, each.instance_path))}: {each.message}" for each in validator.iter_errors(data)
            )

    def objections(self, request: Request, response: Response, role: str | None = None) -> Iterator[str]:
        """Every way in which this answer, to whoever has this role, differs from what was promised."""
        path, method = request.url.path, "get" if request.method == "HEAD" else request.method.lower()
        if path.startswith(BESIDE) or method == "options":
            return
        template = self.template(path)
        if template is None or method not in self.methods(template):
            yield from self._unknown(template, response)
        elif self._is_table(template, method, response):
            return
        elif promise := self.promise(template, method, str(response.status_code)):
            yield from header_objections(promise, response)
            yield from name_objections(promise, response)
            yield from self._keeping(template, method, response)
            yield from code_objections(self.document["paths"][template][method], response)
            if role:
                yield from role_objections(self.document["paths"][template][method], role, response)
            yield from body_objections(promise, request, response)
        else:
            yield f"{response.status_code} is not documented"

    def _is_table(self, template: str, method: str, response: Response) -> bool:
        """A list is answered in other media types, too, if it is asked for in them."""
        media = response.headers.get("content-type", "").partition(";")[0]
        also = self.document["paths"][template][method].get("x-also-answers", [])
        return media in also and media in response.request.headers.get("accept", "")

    def _keeping(self, template: str, method: str, response: Response) -> Iterator[str]:
        """Only what is said to everybody may be kept, and only where the address holds nothing that opens it.

        A file that came by a ticket stays with its reader, who asks before it is shown again.
        """
        operation = self.document["paths"][template][method]
        is_open = not operation["security"] and "code}" not in template and response.status_code < 400
        caching = response.headers.get("cache-control", "")
        by_ticket = "ticket=" in response.request.url.query.decode() and caching == "private, no-cache"
        if "no-store" not in caching and not by_ticket and not (is_open and caching.startswith("public")):
            yield f"it may be kept on its way: {caching!r}"

    def _unknown(self, template: str | None, response: Response) -> Iterator[str]:
        """A path or a method outside the contract is refused, in the form that every refusal has."""
        if response.status_code < 400:
            yield "it is answered, but not documented"
            return
        any_problem = {PROBLEM: jsonschema_rs.Draft202012Validator(ANY_PROBLEM)}
        yield from body_objections(Promise({}, any_problem), response.request, response)  # type: ignore[arg-type]  # dict is invariant
        if response.status_code == 405:
            allowed = set(response.headers.get("allow", "").replace(" ", "").lower().split(",")) - {"head", "options"}
            documented = self.methods(template) if template else set()
            if allowed != documented:
                yield f"Allow names {sorted(allowed)}, the contract {sorted(documented)}"


def closed(document: Json) -> Json:
    """The document with every object limited to its members, one that is not promised may be a leak; whole seconds."""
    strict = deepcopy(document)
    schemas = strict.get("components", {}).get("schemas", {})
    for node in nodes({name: schema for name, schema in schemas.items() if name != SET_BY_PEOPLE}):
        if node.get("format") == "date-time":
            node.setdefault("pattern", WHOLE_SECONDS)
    for node in nodes(schemas):
        if node.get("type") in ("object", ["object", "null"]) and "properties" in node:
            node.setdefault("additionalProperties", False)
    return strict


def code_objections(operation: Json, response: Response) -> Iterator[str]:
    """Findings refuse with the codes that the operation names, and with no others."""
    if response.status_code == 409 and response.is_stream_consumed:
        codes = {finding["code"] for finding in response.json().get("findings", ())}
        yield from (f"{code} is no code of it" for code in codes - set(operation.get("x-finding-codes", ())))


def role_objections(operation: Json, role: str, response: Response) -> Iterator[str]:
    """Nobody succeeds but the roles that the operation names."""
    if response.status_code < 400 and role not in operation.get("x-roles", [role]):
        yield f"it is answered to the role {role}"


def header_objections(promise: Promise, response: Response) -> Iterator[str]:
    for name, header in promise.headers.items():
        value = response.headers.get(name)
        if value is None:
            if header.get("required"):
                yield f"the header {name} is missing"
        elif header["schema"].get("type") == "integer" and not value.isdecimal():
            yield f"the header {name} is not an integer: {value!r}"


def name_objections(promise: Promise, response: Response) -> Iterator[str]:
    """Bytes are saved under a name in ASCII that says what they are, and under one that anybody reads."""
    kind = response.headers.get("content-type", "")
    if response.status_code != 200 or "json" in kind or kind not in promise.content:
        return
    name = response.headers.get("content-disposition", "")
    ending = r"\.(jpg|pdf|docx|zip|csv|xlsx|txt|svg|png)"
    if not re.fullmatch(
        rf"attachment; filename=\"[\w.-]+{ending}\"; filename\*=UTF-8''[\w.%-]+{ending}", name, re.ASCII
    ):
        yield f"it has no name to be saved under: {name!r}"


def body_objections(promise: Promise, request: Request, response: Response) -> Iterator[str]:
    media = response.headers.get("content-type", "").partition(";")[0]
    if not promise.content:
        if response.is_stream_consumed and response.content:
            yield "it has a body, and none is documented"
        if media:
            yield f"it names the media type {media}, and has no body"
    elif media not in promise.content:
        yield f"the content type is {media!r} and not one of {sorted(promise.content)}"
    elif (validator := promise.content[media]) and request.method != "HEAD" and response.is_stream_consumed:
        yield from json_objections(validator, response)


def json_objections(validator: jsonschema_rs.Validator, response: Response) -> Iterator[str]:
    body = response.json()
    for error in validator.iter_errors(body):
        yield f"/{'/'.join(map(str, error.instance_path))}: {error.message}"
    if response.status_code >= 400 and body.get("status") != response.status_code:
        yield "the status in the body is another"


class ContractClient(AsyncClient):
    """Sends requests as any client would; an answer that breaks the contract fails the test."""

    def __init__(self, contract: Contract, **options: Any) -> None:
        super().__init__(**options)
        self.contract = contract
        self.role: str | None = None
        """The role of the account that it signed in with, where the test says so."""

    @classmethod
    def asgi(cls, app: FastAPI, contract: Contract | None = None, **options: Any) -> Self:
        """A client of this application without a socket; pass the contract to compile it only once."""
        options = {"base_url": URL("http://testserver"), **options}
        transport = ASGITransport(app=app, raise_app_exceptions=False)
        return cls(contract or Contract(app.openapi()), transport=transport, **options)

    @asynccontextmanager
    async def events(self, path: str, **headers: str) -> AsyncIterator[AsyncIterator[Event]]:
        """The events of a stream as they come, each with the data that the contract promises for its name."""
        async with self.stream("GET", path, headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            yield self._events(self.contract.template(path) or "", response)

    async def _events(self, template: str, response: Response) -> AsyncIterator[Event]:
        lines: dict[str, str] = {}
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                lines[name] = value
            elif "data" in lines:
                data = json.loads(lines["data"])
                if objections := list(self.contract.event_objections(template, lines.get("event", ""), data)):
                    raise ContractBrokenError(f"{lines}: {objections}")
                yield Event(lines["event"], data, lines["id"])
            lines = lines if line else {}

    async def send(self, request: Request, **options: Any) -> Response:
        response = await super().send(request, **options)
        role = None if "Act-For" in request.headers else self.role
        if objections := list(self.contract.objections(response.request, response, role)):
            body = response.text[:600] if response.is_stream_consumed else "(a stream)"
            lines = "\n  ".join([f"{request.method} {request.url} -> {response.status_code}", *objections, body])
            raise ContractBrokenError(lines)
        return response
