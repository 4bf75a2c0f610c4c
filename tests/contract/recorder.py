"""The requests to the program and their answers, and a round of everybody who reads everything."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from gzip import decompress as gunzip
from itertools import product
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI

from app.api.http.document import Json, resolve
from tests.contract.client import JSON, Contract, ContractClient
from tests.scenarios.asking import PLACES, answers_at_once
from tests.scenarios.strangers import in_path

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
MOST, FEW = 40, 12
"""Ids that are tried in an address: enough to meet each state, and fewer where they are tried together."""
GOOD = range(200, 300)
GONE = "nobody's any more"


@dataclass(frozen=True)
class Exchange:
    """A request that succeeded and its answer, as far as they are JSON."""

    operation: str
    status: int
    request: Any
    answer: Any


@dataclass
class Recorder:
    """The exchanges of each world in their order, the ids in addresses of the last, and the sessions of who asked."""

    contract: Contract
    worlds: list[list[Exchange]] = field(default_factory=list)
    ids: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    bearers: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin with another world, of which nothing is known."""
        self.worlds.append([])
        self.ids.clear()
        self.bearers.clear()

    def listen(self, app: FastAPI) -> None:
        """Hear whatever this program is asked from now on."""
        inner = app.middleware_stack or app.build_middleware_stack()

        async def heard(scope: Any, receive: Any, send: Any) -> None:
            await (self._hear(inner, scope, receive, send) if scope["type"] == "http" else inner(scope, receive, send))

        app.middleware_stack = heard

    async def _hear(self, inner: Any, scope: Any, receive: Receive, send: Send) -> None:
        asked, answered = _Heard(), _Heard()

        async def received() -> dict[str, Any]:
            return asked.add(await receive())

        async def sent(message: dict[str, Any]) -> None:
            await send(answered.add(message))

        await inner(scope, received, sent)
        if answered.status in GOOD:
            asked.headers = dict(scope["headers"])
            self._keep(scope["path"], scope["method"].lower(), asked, answered)

    def _keep(self, path: str, method: str, asked: "_Heard", answered: "_Heard") -> None:
        template = self.contract.template(path)
        if template and method in self.contract.document["paths"][template]:
            operation = self.contract.document["paths"][template][method]["operationId"]
            self.worlds[-1].append(Exchange(operation, answered.status, asked.json(), answered.json()))
            self.learn(template, path)
            if bearer := asked.headers.get(b"authorization", b"").decode():
                self.bearers.setdefault(bearer, "")
            self._look_into(template, self.worlds[-1][-1].answer)

    def learn(self, template: str, path: str) -> None:
        for name, value in in_path(template, path):
            self.ids[name][value] = None

    def _look_into(self, template: str, answer: Any) -> None:
        """Learn the ids of a list's rows, by the parameter that takes one of them."""
        rows = answer.get("items", []) if isinstance(answer, dict) else []
        below = [each for each in self.contract.document["paths"] if each.startswith(template + "/{")]
        for name in {each.removeprefix(template + "/{").partition("}")[0] for each in below}:
            self.ids[name] |= {str(row.get(name) or row["id"]): None for row in rows if "id" in row}

    async def read_everything(self, app: FastAPI, *, ending: tuple[str, ...] = ("",), people: int = 6) -> None:
        """Read, as somebody of each role and as nobody, at every address that can be made of the ids known so far."""
        readers = [reader async for reader in self._readers(app)][:people]
        for template, path in self.contract.document["paths"].items():
            if template.endswith(ending) and answers_at_once(path) and JSON in _answered(path):
                for href in self._addresses(template, path["get"]):
                    for reader in readers:
                        await reader.get(href)

    async def _readers(self, app: FastAPI) -> AsyncIterator[ContractClient]:
        """Yield the first person of each role, and somebody without a session."""
        found: set[str] = set()
        for bearer, role in [*self.bearers.items()]:
            client = ContractClient.asgi(app, self.contract, headers={"Authorization": bearer})
            if not role:
                account = await client.get("/api/v1/account")
                self.bearers[bearer] = account.json()["role"] if account.is_success else GONE
            if self.bearers[bearer] not in {GONE, *found}:
                found.add(self.bearers[bearer])
                yield client
        yield ContractClient.asgi(app, self.contract)

    def _addresses(self, template: str, operation: Json) -> Iterator[str]:
        """Yield an address of every few ids together, with what the query must have."""
        asked = [resolve(self.contract.document, each) for each in operation.get("parameters", ())]
        names = [each["name"] for each in asked if each["in"] == "path" or each.get("required")]
        query = urlencode({name: f"{{{name}}}" for name in names if f"{{{name}}}" not in template}, safe="{}")
        form, most = f"{template}?{query}" if query else template, MOST if len(names) < len("ab") else FEW
        known = [list(self.ids.get(name, ()))[:most] or [PLACES.get(name, "")] for name in names]
        return (form.format(**dict(zip(names, values, strict=True))) for values in product(*known))


def _answered(path: Json) -> Json:
    content: Json = path["get"]["responses"]["200"].get("content", {})
    return content


@dataclass
class _Heard:
    """One side of an exchange."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""

    def add(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        self.body += message.get("body", b"")
        return message

    def json(self) -> Any:
        media = self.headers.get(b"content-type", b"").decode().partition(";")[0]
        packed = self.headers.get(b"content-encoding") == b"gzip"
        return json.loads(gunzip(self.body) if packed else self.body) if media.endswith("json") and self.body else None
