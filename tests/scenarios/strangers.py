"""Strangers to all that a chapter of acts does: whatever is done and can be read there, they try it too.

Everything is asked twice, about what there is and about what never was. A new operation is in it by having an act,
which `test_audit_everywhere` demands, or an address with ids that the acts make.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Request, Response

from app.models import Base
from app.models.enums import Role
from tests.contract.client import Contract, ContractClient
from tests.scenarios.asking import answers_at_once
from tests.scenarios.steps import seen
from tests.world import World, key

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UUID_BYTES = re.compile(UUID.pattern.encode())
OF_ONESELF = {
    *("createActivation", "createReadings", "createSession", "createToken", "replacePassword"),
    *("issueTickets", "moveSessionToCookie", "signOut", "signOutEverywhere", "updateAccount"),
    *("askForPasskey", "signInWithPasskey", "completeSignIn", "reauthenticate", "reauthenticateWithPasskey"),
    *("beginSignOn", "signInBySignOn", "endByProvider", "beginIdentity", "createIdentity", "deleteOwnIdentity"),
    *("beginPasskey", "createPasskey", "createTotp", "confirmFactor", "createRecoveryCodes"),
}
"""Operations on whoever sends them, and on nobody else."""
SIGNED_IN = ("committee", "unit", "reviewer", "municipal")
BY_RIGHT = {
    ("createAccount", "committee"): "it manages the accounts of its own units",
    ("importAccountList", "committee"): "it may send a list, and its allowance counts the file that is then refused",
    ("markAccountList", "committee"): "the same",
    ("createApplication", "unit"): "it takes part in the campaign, too",
    ("createApplicationFromForm", "unit"): "it takes part in the campaign, too",
    ("createApplicationsFromForms", "unit"): "the same",
    (
        "createApplicationsFromForms",
        "committee",
    ): "it may send forms, of which each names a unit of its own or is refused",
    **{("createObjection", name): "all may object to what is publicised" for name in SIGNED_IN},
    ("createPlan", "committee"): "it takes part in the campaign, too",
    ("createPlanFromForm", "committee"): "it takes part in the campaign, too",
    ("createUnit", "committee"): "it keeps its own units",
}
"""Operations that a stranger does with things of its own when it sends the same body, each with the reason."""
OPEN = ("campaigns", "programmes", "commendations", "awards", "public/commendations", "public/awards")
"""Lists of what is published: the ids in them are hidden from nobody who reads them there."""
OPEN_PAGES = ("public/campaigns", "public/documents", "public/programmes")
"""A published campaign and its documents for everybody: to whoever has the address they are there, the same for all."""
PUBLISHES = {
    "addDocument",
    "closeCampaign",
    "moveCampaignDeadline",
    "publiciseCommendation",
    "publishCampaign",
    "publishCommendation",
    "reopenCampaign",
    "revokeAward",
}
"""Acts after which these lists may read otherwise, and `progress`, which has a campaign's deadlines."""
NAMED_BY = {
    "filing": {
        *("announcement_id", "attachment_id", "document_id"),
        *("application_id", "campaign_id", "committee_id", "decision_id"),
        *("earlier_win_id", "exemption_id", "extension_id", "factor_id"),
        *(
            "filing_id",
            "image_id",
            "number",
            "paper",
            "plan_id",
            "programme_id",
            "resemblance_id",
            "seat_id",
            "session_id",
            "swap_id",
            "unit_id",
        ),
    },
    "judging": {
        *(
            "account_id",
            "award_id",
            "case_id",
            "commendation_id",
            "composite_id",
            "figure_table_id",
            "objection_id",
            "proposal_id",
            "recusal_id",
            "review_id",
        ),
        *("place", "round_id", "slot"),
    },
    "handover": {
        "answer_id",
        "campaign_id",
        "delivery_id",
        "digest",
        "endpoint_id",
        "grant_id",
        "job_id",
        "nomination_id",
    },
}
"""The parameters of addresses of which the acts of a chapter give an example."""
FOR_ALL = {"name", "subject", "verification_code"}
"""Parameters of addresses that are there for whoever has the word."""
COUNTED = {"number": "1", "place": "1", "slot": "1"}
"""Parameters that count from one."""
LEFT_BY_REFUSALS = {"idempotency_keys", "sign_in_attempts"}
WRITTEN = " UNION ALL ".join(
    f"SELECT '{name}', count(*), sum(hashtextextended(xmin::text || ctid::text, 0)) FROM {name}"
    for name in sorted(Base.metadata.tables.keys() - LEFT_BY_REFUSALS)
)
"""A figure of each table that changes with any row of it."""
Named = Callable[[str], str]


@dataclass
class Strangers:
    """Somebody of each role without anything to do with what happens, and all that was learnt of it meanwhile."""

    world: World
    owner: Any
    clients: Mapping[str, ContractClient]
    people: dict[str, ContractClient] = field(default_factory=dict)
    ids: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    asked: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    open: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def contract(self) -> Contract:
        return self.world.contract

    def learn(self, request: Request, role: str | None) -> None:
        """Remember who asks, and the ids in the address."""
        bearer = request.headers.get("authorization")
        if bearer and bearer not in self.people:
            self.people[bearer] = self.world.client(Authorization=bearer)
            self.people[bearer].role = role
        self.learn_ids(request.url.path)

    def touch(self, request: Request, answer: Response) -> None:
        """Remember every id in what was sent and answered: at addresses with them there may be something new."""
        self.touched.update(UUID.findall(request.url.path))
        for said in (request, answer):
            if said.headers.get("content-type") == "application/json":
                self.touched.update(UUID.findall(said.content.decode()))

    def learn_ids(self, path: str) -> None:
        if template := self.contract.template(path):
            for name, value in in_path(template, path):
                self.ids[name][value] = None

    async def try_it(self, operation: str, request: Request) -> None:
        """Send the request of an act as each stranger, before it is sent as it was meant."""
        before = await self.written()
        for name, client in self.clients.items():
            if operation not in OF_ONESELF and (operation, name) not in BY_RIGHT:
                answers = [await sent(client, request, named) for named in (str, renamed(self.known(name)))]
                self.compare(f"{operation} by {name}", *answers)
                if answers[0].is_success:
                    self.faults.append(f"{operation} by {name}: done")
        after = await self.written()
        self.faults += [f"{operation} by a stranger changed {table}" for table, figure in after - before]

    async def read_all(self, templates: set[str], *, anew: bool = False) -> None:
        """Read what there is at each address as each stranger, and what never was; take out those at which it was.

        Where nothing was, it is looked for again when an id of the address was touched, or `anew`.
        """
        if anew:
            self.asked.clear()
        for template in sorted(templates):
            if href := await self.existing(template):
                templates.remove(template)
                await (self.read_open if is_open(template) else self.read_hidden)(template, href)
        self.touched.clear()

    async def read_hidden(self, template: str, href: str) -> None:
        """Find there what is where nothing ever was."""
        for name, client in self.clients.items():
            absent = with_ids(href, renamed(self.known(name)))
            if absent != href:
                self.compare(f"{template} by {name}", await client.get(href), await client.get(absent))

    async def read_open(self, template: str, href: str) -> None:
        """Find there what one's neighbour finds, byte for byte."""
        if len({plain(await client.get(href)) for client in self.clients.values()}) > 1:
            self.faults.append(f"{template} is not the same for all")

    def compare(self, what: str, existing: Response, absent: Response) -> None:
        if plain(existing) != plain(absent):
            self.faults.append(f"{what}: {plain(existing)} about what there is, {plain(absent)} about nothing")

    async def written(self) -> set[tuple[Any, ...]]:
        return {(row[0], tuple(row)) for row in await self.owner.fetch(WRITTEN)}

    async def look(self) -> bool:
        """Read the lists of what is open as each stranger; whether one of them has changed."""
        before, self.open = self.open, {name: await open_to(client) for name, client in self.clients.items()}
        return before != self.open

    def known(self, name: str) -> set[str]:
        """The ids that this stranger last read there."""
        return {found for answer in self.open[name] for found in UUID.findall(answer[1])}

    async def existing(self, template: str) -> str | None:
        """An address of this form at which one of the people of the chapter reads something."""
        names = [name for name, _ in in_path(template, template)]
        roles = self.contract.document["paths"][template]["get"].get("x-roles")
        readers = [each for each in self.people.values() if not (roles and each.role) or each.role in roles]
        for values in product(*([COUNTED[name]] if name in COUNTED else reversed(self.ids[name]) for name in names)):
            href = template.format(**dict(zip(names, values, strict=True)))
            if href in self.asked and self.touched.isdisjoint(values):
                continue
            self.asked.add(href)
            for client in readers:
                answer = await client.get(href)
                if answer.is_success:
                    self.look_into(template, answer)
                    return href
        return None

    def look_into(self, template: str, answer: Response) -> None:
        """Remember the ids of what a list has, and the digests of files."""
        if answer.headers["content-type"] == "application/json":
            body = answer.json()
            for item in body.get("items", []):
                for name in self.below(template):
                    self.ids[name][item["id"]] = None
            for file in body.get("files", []):
                self.ids["digest"][file["sha256"]] = None

    def below(self, template: str) -> list[str]:
        """The parameter by which one thing of a list is read."""
        one = re.compile(re.escape(template) + r"/\{([a-z_]+)\}")
        return [found[1] for each in self.contract.document["paths"] if (found := one.fullmatch(each))]


class Watch:
    """The way of every request: those of an act are first tried by strangers."""

    def __init__(self, strangers: Strangers, patch: pytest.MonkeyPatch) -> None:
        self.strangers, self.operation = strangers, ""
        self._send = ContractClient.send

        async def send(client: ContractClient, request: Request, **options: Any) -> Response:
            return await self.send(client, request, **options)

        patch.setattr(ContractClient, "send", send)

    async def send(self, client: ContractClient, request: Request, **options: Any) -> Response:
        if client not in self.strangers.clients.values():
            await request.aread()
            self.strangers.learn(request, client.role)
            if self.operation and self.is_it(request):
                await self.strangers.try_it(self.operation, request)
        answer = await self._send(client, request, **options)
        self.strangers.learn_ids(answer.headers.get("location", ""))
        if client not in self.strangers.clients.values() and request.method != "GET":
            self.strangers.touch(request, answer)
        return answer

    def is_it(self, request: Request) -> bool:
        contract = self.strangers.contract
        asked = contract.document["paths"].get(contract.template(request.url.path) or "", {})
        return bool(asked.get(request.method.lower(), {}).get("operationId") == self.operation)


async def strangers(world: World, owner: Any) -> Strangers:
    committee = await world.committee()
    unit = await world.unit(committee)
    clients = {
        "committee": await world.client_of(Role.COMMITTEE, committee=committee),
        "unit": await world.client_of(Role.UNIT, unit=unit),
        "reviewer": await world.client_of(Role.REVIEWER),
        "municipal": await world.client_of(Role.MUNICIPAL),
        "public": world.client(),
    }
    return Strangers(world, owner, clients)


def is_open(address: str) -> bool:
    return address.removeprefix("/api/v1/").startswith(OPEN_PAGES)


async def open_to(client: ContractClient) -> list[tuple[Any, ...]]:
    """The lists of what is open, as this client reads them."""
    return [seen(await client.get(f"/api/v1/{each}", params={"limit": 100})) for each in OPEN]


async def sent(client: ContractClient, request: Request, named: Named) -> Response:
    """Send this request by another client, with its ids as they are `named`."""
    headers = {name: value for name, value in request.headers.items() if name in {"content-type", "if-match"}}
    body = request.content
    if headers.get("content-type") == "application/json":
        body = with_ids(body.decode(), named).encode()
    path = with_ids(request.url.raw_path.decode(), named)
    return await client.request(request.method, path, content=body, headers=key() | headers)


def with_ids(text: str, named: Named) -> str:
    return UUID.sub(lambda found: named(found[0]), text)


def renamed(known: Collection[str]) -> Named:
    """Give each id that is not known a name of nothing, the same one wherever it stands."""
    names: dict[str, str] = {}
    return lambda found: found if found in known else names.setdefault(found, str(uuid4()))


def plain(answer: Response) -> tuple[Any, ...]:
    """All of an answer but for ids that the request named."""
    return answer.status_code, UUID_BYTES.sub(b"", answer.content), answer.headers.get("etag")


def in_path(template: str, path: str) -> Iterator[tuple[str, str]]:
    for expected, given in zip(template.split("/"), path.split("/"), strict=True):
        if expected.startswith("{"):
            yield expected[1:-1], given


def readable(contract: Contract) -> Iterator[str]:
    yield from (template for template, path in contract.document["paths"].items() if answers_at_once(path))
