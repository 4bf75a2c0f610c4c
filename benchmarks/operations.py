"""The measured operations: the calls of each, and its intended ratio to the bare program."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from uuid import uuid4

from benchmarks.seed import District

API = "/api/v1/applications"


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    token: str

    @property
    def reading(self) -> "Call":
        """Reading what this act was done to."""
        return Call("GET", self.path.removesuffix("/submission"), self.token)

    @property
    def headers(self) -> dict[str, str]:
        """Every act has a new key: what is repeated is answered from the store."""
        key = {"Idempotency-Key": str(uuid4()), "Content-Length": "0"} if self.method == "POST" else {}
        return {"Authorization": f"Bearer {self.token}", **key}

    @property
    def wire(self) -> bytes:
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


@dataclass(frozen=True)
class Operation:
    """An operation and its calls; `aim` and `floor` are shares of the bare program's requests per second.

    `statements` are those of one request, of ours and of the bare program: a table that every run compares.
    """

    name: str
    aim: float
    floor: float
    statements: tuple[int, int]
    calls: Iterator[Call]
    repeatable: bool = True


def operations(district: District) -> list[Operation]:
    """The three of every day: an application opened, a committee's list, an application handed in."""
    owners = [Call("GET", f"{API}/{one.id}", one.unit) for one in district.settled[::2]]
    committees = [Call("GET", f"{API}/{one.id}", one.committee) for one in district.settled[1::2]]
    lists = [Call("GET", f"{API}?limit=50", token) for token in {one.committee for one in district.settled}]
    acts = (Call("POST", f"{API}/{one.id}/submission", one.unit) for one in district.drafts)
    reads = (call for both in cycle(zip(owners, committees, strict=True)) for call in both)
    return [
        Operation("one application", 0.45, 0.30, (3, 3), reads),
        Operation("page of 50", 0.50, 0.35, (2, 2), cycle(lists)),
        Operation("submission", 0.45, 0.35, (15, 15), acts, repeatable=False),
    ]
